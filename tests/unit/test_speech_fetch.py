"""Fetching a model: resumed, cancelled, cut, damaged; a partial one is never taken for whole."""

import contextlib
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from telephony.speech import fetch as fetching
from telephony.speech import models
from telephony.speech.errors import FetchCancelled, FetchFailed
from telephony.speech.fetch import Progress, fetch
from telephony.speech.models import Presence

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "someone/whisper-test"


class Hub(ThreadingHTTPServer):
    """The two addresses of a model hub that a download needs, serving the practice model."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        folder = models.practice_folder()
        self.files = {name: (folder / name).read_bytes() for name in fetching.WANTED if (folder / name).exists()}
        self.published = dict(self.files)
        self.served: list[tuple[str, int]] = []
        """Name and first byte of every file asked for."""
        self.cut_after: int | None = None
        self.status = 200

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader who leaves is part of the tests."""


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if self.server.status != 200:
            self.reply(self.server.status, b"{}")
        elif path == f"/api/models/{REPOSITORY}":
            self.reply(200, json.dumps(self.listing()).encode())
        elif path.startswith(f"/{REPOSITORY}/resolve/{COMMIT}/"):
            self.file(path.rpartition("/")[2])
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def listing(self) -> dict[str, object]:
        siblings: list[dict[str, object]] = [{"rfilename": "README.md", "size": 3, "blobId": "00"}]
        for name, content in self.server.published.items():
            entry: dict[str, object] = {"rfilename": name, "size": len(content)}
            entry["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324
            if name == "model.bin":
                entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
            siblings.append(entry)
        return {"id": REPOSITORY, "sha": COMMIT, "siblings": siblings}

    def file(self, name: str) -> None:
        content = self.server.files[name]
        first = int((self.headers["Range"] or "bytes=0-")[6:].split("-")[0])
        self.server.served.append((name, first))
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(content) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        last = len(content) if self.server.cut_after is None else first + self.server.cut_after
        self.wfile.write(content[first:last])
        if last < len(content):
            self.close_connection = True

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library takes 10 MB at once; the practice model is smaller than that."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 100_000)


def get(hub: Hub, folder: Path, **options: object) -> Path:
    return fetch(REPOSITORY, folder, endpoint=hub.endpoint, **options)  # type: ignore[arg-type]


class TestFetch:
    def test_a_model_arrives_whole_with_progress_to_the_end(self, hub: Hub, tmp_path: Path) -> None:
        seen: list[Progress] = []
        folder = get(hub, tmp_path / "models", progress=seen.append)
        assert folder.name == "someone--whisper-test"
        assert models.inspect(folder).presence is Presence.PRESENT
        assert models.version(folder) == models.version(models.practice_folder())
        assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]
        assert sorted(entry.name for entry in folder.iterdir()) == sorted(hub.files)
        assert [step.done for step in seen] == sorted(step.done for step in seen)
        assert seen[-1].done == seen[-1].total == sum(map(len, hub.files.values()))
        assert len(seen) > 20

    def test_what_is_there_is_not_fetched_again(self, hub: Hub, tmp_path: Path) -> None:
        get(hub, tmp_path)
        asked = len(hub.served)
        assert models.inspect(get(hub, tmp_path)).presence is Presence.PRESENT
        assert len(hub.served) == asked

    def test_stopped_by_the_person_it_goes_on_from_there(self, hub: Hub, tmp_path: Path) -> None:
        seen: list[Progress] = []
        with pytest.raises(FetchCancelled, match="kept"):
            get(hub, tmp_path, progress=seen.append, cancelled=lambda: seen[-1].done > 1_500_000)
        assert models.state(REPOSITORY, tmp_path).presence is Presence.MISSING
        hub.served.clear()
        get(hub, tmp_path)
        ((name, first),) = hub.served
        assert name == "model.bin"
        assert first > 1_000_000
        assert models.version(tmp_path / "someone--whisper-test") == models.version(models.practice_folder())

    def test_a_damaged_folder_is_replaced_and_kept_aside(self, hub: Hub, tmp_path: Path) -> None:
        folder = get(hub, tmp_path)
        (folder / "model.bin").write_bytes(b"half")
        get(hub, tmp_path)
        assert models.inspect(folder).presence is Presence.PRESENT
        assert (tmp_path / "someone--whisper-test.damaged-1" / "model.bin").read_bytes() == b"half"

    def test_a_line_that_breaks_now_and_then_is_survived(
        self, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
        hub.cut_after = 900_000
        assert models.inspect(get(hub, tmp_path)).presence is Presence.PRESENT
        assert len([name for name, _ in hub.served if name == "model.bin"]) >= 4


class TestFailure:
    @pytest.mark.parametrize("name", ["model.bin", "config.json"])
    def test_damage_on_the_way_is_found_by_the_hash(self, hub: Hub, tmp_path: Path, name: str) -> None:
        whole = hub.files[name]
        hub.files[name] = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
        with pytest.raises(FetchFailed, match=f"{name} arrived damaged"):
            get(hub, tmp_path)
        assert models.state(REPOSITORY, tmp_path).presence is Presence.MISSING
        hub.files[name] = whole
        assert models.inspect(get(hub, tmp_path)).presence is Presence.PRESENT

    def test_published_but_unusable_weights_are_not_put_in_place(self, hub: Hub, tmp_path: Path) -> None:
        hub.files["model.bin"] = hub.published["model.bin"] = hub.files["model.bin"][:500_000]
        with pytest.raises(FetchFailed, match="not usable"):
            get(hub, tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_another_kind_of_repository_is_named(self, hub: Hub, tmp_path: Path) -> None:
        del hub.published["tokenizer.json"]
        with pytest.raises(FetchFailed, match=r"no tokenizer\.json"):
            get(hub, tmp_path)

    def test_no_such_model(self, hub: Hub, tmp_path: Path) -> None:
        with pytest.raises(FetchFailed, match="no such model"):
            fetch("someone/else", tmp_path, endpoint=hub.endpoint)
        with pytest.raises(FetchFailed, match="known are tiny"):
            fetch("smal", tmp_path, endpoint=hub.endpoint)

    def test_a_server_in_trouble(self, hub: Hub, tmp_path: Path) -> None:
        hub.status = 503
        with pytest.raises(FetchFailed, match="answered 503"):
            get(hub, tmp_path)

    def test_no_network(self, tmp_path: Path) -> None:
        with contextlib.closing(socket.socket()) as bound:
            bound.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
            with pytest.raises(FetchFailed, match="network does not reach"):
                fetch("small", tmp_path, endpoint=f"http://127.0.0.1:{bound.getsockname()[1]}")

    def test_no_space(self, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching.shutil, "disk_usage", lambda path: type("U", (), {"free": 1000})())
        with pytest.raises(FetchFailed, match="no space for 4 MB"):
            get(hub, tmp_path)
