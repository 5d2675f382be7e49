"""`python -m telephony.softphone.process`: commands come in by stdin, events go out by stdout, talk goes to stderr.

The end of stdin is the end of the parent: hang up, take back the registration, exit 0. Exit 2: the telephone could not
be set up, the last event says why.
"""

import logging
import os
import select
import signal
import sys
from collections import deque
from collections.abc import Iterator

from telephony.errors import TelephonyError
from telephony.softphone.commands import Configuration, Quit
from telephony.softphone.events import Event, Failure
from telephony.softphone.protocol import ProtocolError, decode_command, encode
from telephony.softphone.telephone import Telephone

log = logging.getLogger("telephony.softphone")

LONGEST_LINE = 1 << 20


class Lines:
    """Lines of a file descriptor without a thread: asked for between two turns of the library."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN | select.POLLHUP)
        self._rest = b""
        self._ready: deque[bytes] = deque()
        self.ended = False

    def read(self, milliseconds: int = 0) -> Iterator[str]:
        """Every whole line that is there, after waiting at most `milliseconds` for something to come."""
        if not self._ready and not self.ended and self._poll.poll(milliseconds):
            block = os.read(self._descriptor, 65536)
            *lines, self._rest = (self._rest + block).split(b"\n")
            self._ready.extend(lines)
            self.ended = not block or len(self._rest) > LONGEST_LINE
        while self._ready:
            yield self._ready.popleft().decode(errors="replace")


class Output:
    """Events as lines on what used to be stdout; from now on whatever a library prints there goes to stderr."""

    def __init__(self) -> None:
        self._descriptor = os.dup(1)
        os.dup2(2, 1)
        self.broken = False

    def emit(self, event: Event) -> None:
        """One line; a parent that no longer reads is a parent that is gone."""
        line = encode(event).encode("ascii") + b"\n"
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except BrokenPipeError:
            self.broken = True


def main() -> int:
    """Be a telephone until told to quit."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _frame: asked.append(got))
    output, lines = Output(), Lines(0)
    try:
        configuration = _configuration(lines, asked)
    except ProtocolError as error:
        output.emit(Failure(sentence=str(error), fatal=True))
        return 2
    if configuration is None:
        return 0
    phone = Telephone(configuration, output.emit)
    try:
        phone.start()
        while not (lines.ended or output.broken or asked):
            phone.tick()
            if _obey(phone, output, lines):
                break
    except TelephonyError as error:
        output.emit(Failure(sentence=str(error), fatal=True))
        return 2
    finally:
        phone.close()
    return 0


def _configuration(lines: Lines, asked: list[int]) -> Configuration | None:
    """The first line; None when the parent went away without a word. Raises ProtocolError."""
    while not (lines.ended or asked):
        for line in lines.read(500):
            command = decode_command(line)
            if not isinstance(command, Configuration):
                raise ProtocolError("the softphone expects its configuration first, not '{kind}'", kind=command.kind)
            return command
    return None


def _obey(phone: Telephone, output: Output, lines: Lines) -> bool:
    """Carry out what has been asked since the last turn; True when that was to quit."""
    for line in lines.read():
        try:
            command = decode_command(line)
        except ProtocolError as error:
            output.emit(Failure(sentence=str(error)))
            continue
        if isinstance(command, Quit):
            return True
        phone.carry_out(command)
    return False


if __name__ == "__main__":
    # Not sys.exit: what libraries do at the exit of the interpreter may wait for a sound device that has died.
    os._exit(main())
