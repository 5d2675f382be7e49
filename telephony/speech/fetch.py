"""`dutyline model fetch`: a faster-whisper model into the models folder, the only place where speech uses a network.

What has arrived stays in a hidden folder beside the target and is gone on with next time. The target appears by one
rename, after every file has its published size and hash and the model has been looked over.
"""

import hashlib
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from telephony.speech import models
from telephony.speech.errors import FetchCancelled, FetchFailed
from telephony.speech.models import Presence

log = logging.getLogger(__name__)

REPOSITORIES = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
"""The multilingual models by the names people use; any other `owner/name` is taken as it is."""
WANTED = {"config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.json", "vocabulary.txt"}
READ = 1 << 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes of the whole model; `file` is the one that is coming."""

    file: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Remote:
    name: str
    size: int
    sha256: str
    """Of the content, for big files."""
    blob: str
    """Git's name of the content, for small ones."""


@dataclass(frozen=True, slots=True)
class _Origin:
    repository: str
    commit: str
    endpoint: str | None

    def url(self, name: str) -> str:
        """Where a file of this very commit is."""
        from huggingface_hub import hf_hub_url  # noqa: PLC0415

        return hf_hub_url(self.repository, name, revision=self.commit, endpoint=self.endpoint)


def fetch(
    name: str,
    models_dir: Path,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    endpoint: str | None = None,
) -> Path:
    """Download the model `name` and return its folder; nothing happens when it is there and whole.

    `progress` is called every few megabytes; `cancelled` is asked as often. `endpoint`: a mirror, None for the
    library's own setting (HF_ENDPOINT). Raises FetchFailed, FetchCancelled; a partial model is never in its place.
    """
    repository = REPOSITORIES.get(name, name)
    if "/" not in repository:
        raise FetchFailed(
            "'{name}' is no model that is known here; known are {known}, or owner/name",
            name=name,
            known=", ".join(REPOSITORIES),
        )
    folder = models_dir / models.folder_name(name)
    if models.inspect(folder).presence is Presence.PRESENT:
        return folder
    try:
        origin, files = _listing(repository, endpoint)
        _check(repository, files)
        part = models_dir / f".{folder.name}.{origin.commit[:12]}.part"
        part.mkdir(parents=True, exist_ok=True)
        total, done = sum(file.size for file in files), 0
        have = sum((part / file.name).stat().st_size for file in files if (part / file.name).exists())
        if total - have > shutil.disk_usage(models_dir).free:
            raise FetchFailed(
                "{models_dir}: no space for {megabytes} MB more; free some and try again",
                models_dir=models_dir,
                megabytes=f"{(total - have) / 1000000.0:.0f}",
            )
        for file in files:
            _download(origin, file, part, _Meter(file.name, done, total, progress, cancelled))
            done += file.size
        _put_in_place(part, folder)
    except OSError as error:
        raise FetchFailed(
            "{models_dir}: cannot be written: {reason}", models_dir=models_dir, reason=error.strerror or error
        ) from error
    log.info("model %s fetched from %s at %s", name, repository, origin.commit)
    return folder


def _listing(repository: str, endpoint: str | None) -> tuple[_Origin, list[_Remote]]:
    """The newest commit and the files that a model needs, with what they must be."""
    from huggingface_hub import HfApi  # noqa: PLC0415 - half a second, for one command only

    info: Any = _online(
        repository, lambda: HfApi(endpoint=endpoint, token=False).model_info(repository, files_metadata=True)
    )
    files = [
        _Remote(entry.rfilename, entry.size or 0, entry.lfs.sha256 if entry.lfs else "", entry.blob_id or "")
        for entry in info.siblings or ()
        if entry.rfilename in WANTED
    ]
    return _Origin(repository, str(info.sha), endpoint), sorted(files, key=lambda file: file.size)


def _check(repository: str, files: list[_Remote]) -> None:
    names = {file.name for file in files}
    missing = [name for name in models.NEEDED if name not in names]
    if missing or not names & set(models.VOCABULARY):
        raise FetchFailed(
            "{repository}: not a faster-whisper model, it has no {missing}",
            repository=repository,
            missing=missing[0] if missing else "vocabulary",
        )


class _Meter:
    """Counts what arrives and stops it when the person has enough."""

    def __init__(
        self, name: str, before: int, total: int, report: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> None:
        self.name, self.before, self.total, self.report, self.cancelled = name, before, total, report, cancelled

    def at(self, size: int) -> None:
        """`size` bytes of this file are on disk."""
        self.report(Progress(self.name, self.before + size, self.total))
        if self.cancelled():
            raise FetchCancelled("stopped; what has arrived is kept, and the next try goes on from there")


class _Metered:
    """A file under the library's download."""

    def __init__(self, file: IO[bytes], meter: _Meter) -> None:
        self.file, self.meter = file, meter

    def write(self, data: bytes) -> int:
        written = self.file.write(data)
        self.meter.at(self.file.tell())
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def _download(origin: _Origin, file: _Remote, part: Path, meter: _Meter) -> None:
    """One file, from where the last try stopped, compared with its published hash."""
    from huggingface_hub.file_download import http_get  # noqa: PLC0415 - the public download cannot go on after a stop
    from huggingface_hub.utils.tqdm import silent_tqdm  # noqa: PLC0415

    path = part / file.name
    with path.open("ab") as out:
        have = out.tell()
        if have > file.size:
            out.truncate(have := 0)
        meter.at(have)
        if have < file.size:
            _online(
                origin.repository,
                lambda: http_get(
                    origin.url(file.name),
                    _Metered(out, meter),  # type: ignore[arg-type]
                    resume_size=have,
                    headers={"Accept-Encoding": "identity"},
                    expected_size=file.size,
                    displayed_filename=file.name,
                    tqdm_class=silent_tqdm,
                ),
            )
    if path.stat().st_size != file.size or not _is_published(path, file):
        path.unlink()
        raise FetchFailed(
            "{repository}: {name} arrived damaged and was thrown away; try again",
            repository=origin.repository,
            name=file.name,
        )


def _online(repository: str, request: Callable[[], T]) -> T:
    """What goes wrong on the way, in one sentence."""
    import httpx2  # noqa: PLC0415
    from huggingface_hub.errors import (  # noqa: PLC0415
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    try:
        return request()
    except GatedRepoError as error:
        raise FetchFailed(
            "{repository}: its owner asks for a sign-in first; choose another model", repository=repository
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise FetchFailed(
            "{repository}: there is no such model; look at the spelling", repository=repository
        ) from error
    except HfHubHTTPError as error:
        raise FetchFailed(
            "{repository}: the server answered {status}; try again later",
            repository=repository,
            status=error.response.status_code,
        ) from error
    except OfflineModeIsEnabled as error:
        raise FetchFailed(
            "HF_HUB_OFFLINE is set on this machine; unset it, or copy a model folder here by hand"
        ) from error
    except OSError as error:
        if error.errno is not None:
            raise
        # Of its own making, the library raises OSError for a size that is not the published one.
        raise FetchFailed(
            "{repository}: a file did not arrive in its published size; try again", repository=repository
        ) from error
    except httpx2.HTTPError as error:
        raise FetchFailed(
            "{repository}: the network does not reach it ({kind}); what has arrived is kept: try again, or "
            "copy a model folder here by hand",
            repository=repository,
            kind=type(error).__name__,
        ) from error


def _is_published(path: Path, file: _Remote) -> bool:
    digest = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    with path.open("rb") as content:
        while block := content.read(READ):
            digest.update(block)
    return digest.hexdigest() == (file.sha256 or file.blob)


def _put_in_place(part: Path, folder: Path) -> None:
    state = models.inspect(part)
    if state.presence is not Presence.PRESENT:
        shutil.rmtree(part)
        raise FetchFailed(
            "{name}: fetched whole, but it is not usable: {reason}", name=folder.name, reason=state.reason
        )
    if folder.exists():
        # Damaged, or we would not be here; a person may have put something of his own into it.
        number = 1
        while (aside := folder.with_name(f"{folder.name}.damaged-{number}")).exists():
            number += 1
        folder.rename(aside)
    part.rename(folder)
    for leftover in folder.parent.glob(f".{folder.name}.*.part"):
        shutil.rmtree(leftover)
