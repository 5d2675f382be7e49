"""From WAVs in the spool to sealed recordings: when a call is over, and again until it works."""

import logging
import threading
from datetime import timedelta
from pathlib import Path

from models.actions import recordings
from models.errors import DutylineError
from models.queries import work
from models.store.engine import Record
from telephony.recording import seal
from telephony.recording.errors import DamagedRecording, NothingRecorded, RecordingError

log = logging.getLogger(__name__)

ACTOR = "system:sealer"
SETTLE = timedelta(seconds=1)
"""After the end of a call the recorder still writes its last block."""
RETRY = timedelta(seconds=30)
POLL_SECONDS = 0.5


class Sealer:
    """One thread that seals what waits. A failure is on record with its reason; what can pass by itself is retried."""

    def __init__(self, record: Record, folder: Path) -> None:
        self._record = record
        self._folder = folder
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the recording in hand."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                self.seal_waiting()
            except DutylineError as error:
                log.warning("sealer: %s", error)
            except Exception:
                log.exception("sealer: goes on after an unexpected error")

    def seal_waiting(self) -> int:
        """Seal everything that is due; how many were."""
        with self._record.reading() as session:
            waiting = work.unsealed(session, self._record.clock(), settle=SETTLE)
        for item in waiting:
            if self._stopping.is_set():
                break
            self._one(item)
        return len(waiting)

    def _one(self, item: work.Unsealed) -> None:
        with self._record.writing(ACTOR) as uow:
            recordings.finished(uow, item.id)
        out = self._folder / item.path
        stem = Path(item.stem)
        try:
            done = seal.seal(stem, out)
        except NothingRecorded:
            with self._record.writing(ACTOR) as uow:
                recordings.silent(uow, item.id)
            return
        except DamagedRecording as error:
            # Only a person can help: the files stay where they are.
            self._broken(item, str(error), retry=False)
            return
        except RecordingError as error:
            self._broken(item, str(error), retry=True)
            return
        with self._record.writing(ACTOR) as uow:
            recordings.sealed(
                uow,
                item.id,
                path=item.path,
                sha256=done.sha256,
                seconds=done.seconds,
                repaired=done.repaired,
                problem=", ".join(done.notes),
            )
        tidy(stem, out, done.sha256)

    def _broken(self, item: work.Unsealed, problem: str, *, retry: bool) -> None:
        log.error("sealer: %s", problem)
        with self._record.writing(ACTOR) as uow:
            recordings.broken(uow, item.id, problem=problem, retry_at=self._record.clock() + RETRY if retry else None)


def tidy(stem: Path, out: Path, sha256: str) -> None:
    """Remove what the sealed `out` stands for, a spoken message's own file too: the recording has every word of it.

    Raises RecordingError, and removes nothing, unless `out` is the file of that hash.
    """
    kept = seal.discard(stem, out, sha256)
    if kept:
        log.warning("sealer: kept beside the sealed %s: %s", out.name, ", ".join(path.name for path in kept))
    else:
        stem.with_name(f"{stem.name}-msg.wav").unlink(missing_ok=True)
