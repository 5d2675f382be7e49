"""Keeps the speech worker's process alive: started again after a crash, with a growing pause."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

PAUSES = (1.0, 60.0)
STEADY = 60.0
GRACE = 15.0


class SpeechProcess:
    """One worker process of the room in `home`; `on_state` hears "" when it runs and a sentence when it does not."""

    def __init__(self, home: Path, on_state: Callable[[str], None]) -> None:
        self._home, self._on_state = home, on_state
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    @property
    def pid(self) -> int | None:
        """The worker's process while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to end (its standard input is closed), then make it."""
        self._stopping.set()
        process = self._process
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(timeout=GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._thread.join(timeout=GRACE)

    def _run(self) -> None:
        pause = PAUSES[0]
        while not self._stopping.is_set():
            began = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "telephony.speech.worker", str(self._home)],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            self._on_state("")
            code = self._process.wait()
            if self._stopping.is_set():
                return
            log.error("speech: the worker ended with %d; starting it again in %.0f s", code, pause)
            self._on_state(f"the speech worker ended ({code}) and is started again")
            if time.monotonic() - began > STEADY:
                pause = PAUSES[0]
            self._stopping.wait(pause)
            pause = min(pause * 2, PAUSES[1])
