"""Telephones for tests on the real PBX: each a process of its own with a real SIP stack (pjsua2)."""

import contextlib
import json
import math
import os
import struct
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class Phone:
    """A telephone at `bind`:`port`. `events` is all it told so far; every wait has a limit and says what it saw."""

    def __init__(
        self,
        uri: str,
        bind: str,
        *,
        port: int = 5060,
        user: str = "",
        password: str = "",
        registrar: str = "",
        wav: Path | None = None,
        rec: Path | None = None,
    ) -> None:
        self.uri, self.events, self._seen = uri, [], 0  # type: ignore[var-annotated]
        self._news = threading.Condition()
        options = {"bind": bind, "port": port, "id": uri, "user": user, "registrar": registrar}
        files = {"wav": wav or "", "rec": rec or ""}
        arguments = [f"--{key}={value}" for key, value in (options | files).items() if value]
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("phone_process.py"), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env=os.environ | {"PHONE_PASSWORD": password},
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait("ready")
        if registrar:
            assert self.wait("registered")["code"] == 200

    def do(self, what: str, **more: object) -> None:
        """Give an order; see phone_process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self._process.stdin.flush()

    def wait(self, event: str, limit: float = 30, **wanted: object) -> Event:
        """The next event of this kind with these values, from those not waited for yet."""
        return self.until(lambda e: e["event"] == event and all(e.get(k) == v for k, v in wanted.items()), limit, event)

    def until(self, fits: Callable[[Event], bool], limit: float = 30, what: str = "event") -> Event:
        """The next event that fits."""
        end = time.monotonic() + limit
        with self._news:
            while True:
                for index in range(self._seen, len(self.events)):
                    if fits(self.events[index]):
                        self._seen = index + 1
                        return self.events[index]
                left = end - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise AssertionError(f"{self.uri}: no {what}; it told {self.events}")
                self._news.wait(left)

    def call(self, to: str) -> None:
        """Dial a SIP address."""
        self.do("call", to=to)

    def connected(self, limit: float = 30) -> Event:
        """Wait until the call stands."""
        return self.wait("state", limit, state="CONFIRMED")

    def ended(self, limit: float = 60) -> Event:
        """Wait until the call is over."""
        return self.wait("state", limit, state="DISCONNECTED")

    def close(self) -> None:
        """End the process; a call that still stands is hung up."""
        with contextlib.suppress(OSError, ValueError):
            self.do("quit")
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(15)
        self._reader.join(15)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.startswith("{"):
                continue
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()


def tone(file: Path, hertz: float, seconds: float = 60) -> Path:
    """A telephone-quality WAV with one tone, so that a leg can be told from another."""
    samples = (int(8000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(int(8000 * seconds)))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file
