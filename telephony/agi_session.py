"""One FastAGI conversation: pyst2's AGI vocabulary on a socket that cannot hurt us.

pyst2 0.5.1 brings the commands, the reading of environment and answers and the exceptions. Fenced here: its __init__
(takes SIGHUP, writes to stderr), its quoting (escapes nothing), its reading (no limit, no time, end of file and HANGUP
taken for answers).
"""

import socket
import time
from collections.abc import Callable

from asterisk.agi import AGI, AGIError, AGIHangup

LONGEST_LINE = 8 * 1024
LONGEST_TALK = 64 * 1024
"""Bytes that a peer may send in one conversation; Asterisk's environment and answers are below 4 KiB."""


class Lines:
    """Lines of a peer, decoded losslessly: each within `idle` seconds, all within `total`, bounded in size.

    readline() raises AGIHangup (end, or Asterisk's HANGUP), AGIError (too much), TimeoutError or another OSError.
    """

    def __init__(
        self, sock: socket.socket, idle: float, total: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sock, self._idle, self._clock = sock, idle, clock
        self._end = clock() + total
        self._buffer = b""
        self._seen = 0

    def readline(self) -> str:
        """The next line with its line feed."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) <= LONGEST_LINE:
            if self._seen > LONGEST_TALK:
                raise AGIError(f"more than {LONGEST_TALK} bytes in one conversation")
            self._arm()
            data = self._sock.recv(4096)
            if not data:
                raise AGIHangup("half a line" if self._buffer else "the peer closed the connection")
            self._seen += len(data)
            self._buffer += data
        if not 0 <= end <= LONGEST_LINE:
            raise AGIError(f"a line of more than {LONGEST_LINE} bytes")
        line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        if line.strip() == b"HANGUP":
            raise AGIHangup("the channel was hung up")
        return line.decode("utf-8", "surrogateescape") + "\n"

    def write(self, text: str) -> None:
        """Send `text`; a peer that does not read runs into the same limits."""
        self._arm()
        self._sock.sendall(text.encode("utf-8", "surrogateescape"))

    def flush(self) -> None:
        """Nothing is held back."""

    def _arm(self) -> None:
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("the conversation took too long")
        self._sock.settimeout(min(self._idle, left))


class _Quiet:
    """Where pyst2 writes its trace."""

    def write(self, text: str) -> None:
        """Forget it: the trace holds numbers and names."""


class Session(AGI):  # type: ignore[misc]  # pyst2 has no types
    """A FastAGI request: `path` and `args` as the dialplan wrote them, then pyst2's commands.

    Raises AGIError (AGIHangup among them) or OSError.
    """

    def __init__(self, lines: Lines) -> None:
        self.stdin = self.stdout = lines
        self.stderr = _Quiet()
        self._got_sighup = False
        self.env: dict[str, str] = {}
        self._get_agi_env()
        if "agi_request" not in self.env:
            raise AGIError("no AGI request")
        self.path: str = self.env.get("agi_network_script", "").partition("?")[0].strip("/")

    @property
    def args(self) -> list[str]:
        """Arguments of the AGI() application, in their order."""
        names = (f"agi_arg_{number}" for number in range(1, 33))
        return [self.env[name] for name in names if name in self.env]

    def execute(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """One command and its answer; an answer that is none is an AGIError."""
        try:
            answer: dict[str, tuple[str, str]] = super().execute(command, *args)
        except ValueError as error:
            raise AGIError("an answer that is not AGI") from error
        return answer

    def _quote(self, string: object) -> str:
        text = str(string)
        if any(char in text for char in "\r\n\0"):
            raise AGIError("a line break in an AGI argument")
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
