"""A terminal with one program in it, and when which words came onto its screen."""

import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
import threading
import time


class Terminal:
    """`line` as a process of its own behind a pseudo-terminal. Clock of all times: time.time()."""

    def __init__(self, line: list[str], rows: int = 40, columns: int = 120) -> None:
        self.began = time.time()
        self._seen, self._times = bytearray(), [(0, self.began)]
        self._news = threading.Condition()
        self._over = False
        self.pid, self._screen = pty.fork()
        if self.pid == 0:
            os.execvpe(line[0], line, os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8"})  # noqa: S606
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def shows(self, words: str, since: int = 0, limit: float = 40) -> float:
        """When `words` came, wherever on the screen; only what was drawn after `since` (see `drawn`) counts."""
        end = time.monotonic() + limit
        with self._news:
            while (found := self._seen.find(words.encode(), since)) < 0:
                left = end - time.monotonic()
                assert left > 0, f"not in {limit:g} s: {words}\n{self._seen[-3000:].decode(errors='replace')}"
                assert not self._over, f"the program ended:\n{self._seen[-3000:].decode(errors='replace')}"
                self._news.wait(left)
            last = found + len(words.encode())
            return next(at for length, at in self._times if length >= last)

    @property
    def drawn(self) -> int:
        """How much has been drawn so far."""
        return len(self._seen)

    def close(self) -> None:
        """End the program at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._thread.join(20)
        os.close(self._screen)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._screen, 65536)
            except OSError:
                data = b""
            now = time.time()
            with self._news:
                self._seen += data
                self._times.append((len(self._seen), now))
                self._over = not data
                self._news.notify_all()
            if not data:
                return
