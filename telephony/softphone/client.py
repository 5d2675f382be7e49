"""The parent's side of the softphone: starts its process, speaks with it, and survives it.

Threads: one reads events, one passes the process's log on; `on_event` is called from the first (Textual:
`call_from_thread`). Nothing here waits for ever, and the process is always reaped.
"""

import logging
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import TracebackType
from typing import Self

from telephony.errors import TelephonyError
from telephony.softphone import commands, events
from telephony.softphone.commands import Command, Configuration
from telephony.softphone.events import Event, EventKind, Registration
from telephony.softphone.protocol import ProtocolError, decode_event, encode

log = logging.getLogger(__name__)

KEPT = 1000
"""Events kept for `wait_for` and `events`; the oldest fall out when nobody asks for them."""


class SoftphoneGone(TelephonyError):
    """The process has ended; the sentence says why, as far as it could tell."""


class NotInTime(TelephonyError):
    """What was waited for has not happened."""


class CallState(StrEnum):
    """Where a call stands."""

    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as last told of; ended calls are not kept."""

    name: str
    incoming: bool
    state: CallState
    number: str = ""
    caller_name: str = ""


_STATES = {
    EventKind.RINGING: CallState.RINGING,
    EventKind.EARLY: CallState.RINGING,
    EventKind.ANSWERED: CallState.ANSWERED,
    EventKind.HELD: CallState.HELD,
    EventKind.RESUMED: CallState.ANSWERED,
}


class Softphone:
    """One softphone process. Use as a context manager, or `start` and `close`."""

    def __init__(self, configuration: Configuration, on_event: Callable[[Event], None] | None = None) -> None:
        self.configuration = configuration
        self.registration = Registration.TRYING if configuration.register else Registration.OFF
        self.gone = ""
        """Why the process ended without having been asked to; empty while it lives."""
        self._on_event = on_event
        self._changed = threading.Condition()
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._calls: dict[str, Call] = {}
        self._dialled = 0
        self._last_words = ""
        self._closing = False
        self._ended = False
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._writing = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_for(EventKind.READY, 30)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def calls(self) -> dict[str, Call]:
        """The calls that there are, by name; a copy."""
        with self._changed:
            return dict(self._calls)

    @property
    def pid(self) -> int:
        """The process, 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def exit_code(self) -> int | None:
        """How the process ended: 0 well, 2 could not be set up, negative by that signal; None while it lives."""
        return self._process.returncode if self._process else None

    def start(self) -> None:
        """Start the process and hand it its configuration; it is usable when it says `ready`."""
        if self._process:
            raise TelephonyError("this softphone has been started already; make a new one")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "telephony.softphone.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C at the terminal is the parent's to understand
        )
        for target in (self._read_events, self._read_log):
            thread = threading.Thread(target=target, name=f"softphone-{self.configuration.user}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self.send(self.configuration)

    def send(self, command: Command) -> None:
        """Ask the process for something. Raises SoftphoneGone."""
        process = self._process
        if process is None or process.stdin is None or self._ended:
            raise SoftphoneGone(self._why())
        try:
            with self._writing:
                process.stdin.write(encode(command).encode("ascii") + b"\n")
                process.stdin.flush()
        except (OSError, ValueError) as error:
            raise SoftphoneGone(self._why()) from error

    def dial(self, target: str) -> str:
        """Call a number at the PBX or a whole sip: address. Returns the name of the call."""
        with self._changed:
            self._dialled += 1
            call = f"out-{self._dialled}"
            self._calls[call] = Call(call, incoming=False, state=CallState.DIALLING, number=target)
        self.send(commands.Dial(call=call, target=target))
        return call

    def answer(self, call: str) -> None:
        """Take an incoming call."""
        self.send(commands.Answer(call=call))

    def hangup(self, call: str) -> None:
        """End a call in whatever state it is."""
        self.send(commands.Hangup(call=call))

    def reject(self, call: str, code: int = 486) -> None:
        """Refuse an incoming call with a SIP final code."""
        self.send(commands.Reject(call=call, code=code))

    def hold(self, call: str) -> None:
        """Let the other side wait."""
        self.send(commands.Hold(call=call))

    def resume(self, call: str) -> None:
        """Come back from hold."""
        self.send(commands.Resume(call=call))

    def blind_transfer(self, call: str, target: str) -> None:
        """Pass the call on to `target`."""
        self.send(commands.BlindTransfer(call=call, target=target))

    def attended_transfer(self, call: str, other: str) -> None:
        """Join the far ends of two calls of this telephone."""
        self.send(commands.AttendedTransfer(call=call, other=other))

    def dtmf(self, call: str, digits: str) -> None:
        """Press keys."""
        self.send(commands.Dtmf(call=call, digits=digits))

    def play(self, call: str, wav: str) -> None:
        """Let the other side hear `wav` from now on."""
        self.send(commands.Play(call=call, wav=wav))

    def wait_for(self, kind: EventKind, timeout: float, *, call: str = "") -> Event:
        """The oldest event of that kind (and call) that nobody has taken yet; it is taken by this.

        Raises NotInTime after `timeout` seconds, SoftphoneGone when the process ends before.
        """
        which = f"'{kind}' of call {call}" if call else f"'{kind}'"
        return self._wait(lambda event: event.kind == kind and call in {"", getattr(event, "call", "")}, timeout, which)

    def next_event(self, timeout: float) -> Event:
        """The oldest event that nobody has taken yet, taken by this. Raises NotInTime, SoftphoneGone."""
        return self._wait(lambda _event: True, timeout, "anything")

    def _wait(self, wanted: Callable[[Event], bool], timeout: float, which: str) -> Event:
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for event in self._kept:
                    if wanted(event):
                        self._kept.remove(event)
                        return event
                if self._ended:
                    raise SoftphoneGone(self._why())
                left = deadline - time.monotonic()
                if left <= 0:
                    raise NotInTime(
                        "the softphone of {user} did not say {which} in {timeout} s",
                        user=self.configuration.user,
                        which=which,
                        timeout=f"{timeout:g}",
                    )
                self._changed.wait(left)

    def events(self) -> Iterator[Event]:
        """Every event that nobody has taken yet, then those to come; ends with the process."""
        while True:
            with self._changed:
                while not self._kept and not self._ended:
                    self._changed.wait()
                if not self._kept:
                    return
                event = self._kept.popleft()
            yield event

    def close(self, timeout: float = 10) -> None:
        """Ask it to quit; end it when it does not within `timeout` seconds. May be called again, from any thread."""
        self._closing = True
        process = self._process
        if process is None:
            return
        try:
            self.send(commands.Quit())
        except SoftphoneGone:
            log.debug("softphone of %s was gone before it was closed", self.configuration.user)
        self._close_input(process)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            log.warning("softphone of %s does not quit and is killed", self.configuration.user)
            process.kill()
            process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout)

    def _close_input(self, process: "subprocess.Popen[bytes]") -> None:
        if process.stdin:
            try:
                with self._writing:
                    process.stdin.close()
            except OSError:
                log.debug("softphone of %s had stopped listening", self.configuration.user)

    def _read_events(self) -> None:
        """Until the process closes its side, then see it off."""
        process = self._process
        assert process is not None and process.stdout is not None  # noqa: S101 - set before the thread starts
        with process.stdout as lines:
            for line in lines:
                try:
                    self._take(decode_event(line.decode("ascii", errors="replace")))
                except ProtocolError as error:
                    log.warning("softphone of %s: %s", self.configuration.user, error)
        try:
            code = process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self._close_input(process)
        if self._closing and code != 0:
            log.warning("softphone of %s ended with code %d", self.configuration.user, code)
        if not self._closing:
            self.gone = self._last_words or f"the softphone's process ended with code {code}"
            log.error("softphone of %s: %s", self.configuration.user, self.gone)
            self._take(events.Gone(reason=self.gone))
        with self._changed:
            self._ended = True
            self._calls.clear()
            self.registration = Registration.OFF
            self._changed.notify_all()

    def _read_log(self) -> None:
        """The process's log is ours."""
        process = self._process
        assert process is not None and process.stderr is not None  # noqa: S101 - set before the thread starts
        with process.stderr as lines:
            for line in lines:
                log.debug("%s: %s", self.configuration.user, line.decode(errors="replace").rstrip())

    def _take(self, event: Event) -> None:
        """Bring our picture up to date, then tell."""
        with self._changed:
            self._follow(event)
            self._kept.append(event)
            self._changed.notify_all()
        if self._on_event:
            try:
                self._on_event(event)
            except Exception:  # the listener's fault must not deafen the telephone
                log.exception("softphone of %s: listener failed on '%s'", self.configuration.user, event.kind)

    def _follow(self, event: Event) -> None:
        match event:
            case events.Registered():
                self.registration = Registration.REGISTERED
            case events.RegistrationFailed():
                self.registration = Registration.FAILED
            case events.Incoming():
                self._calls[event.call] = Call(
                    event.call, incoming=True, state=CallState.RINGING, number=event.number, caller_name=event.name
                )
            case events.Ended():
                self._calls.pop(event.call, None)
            case events.Failure(fatal=True):
                self._last_words = event.sentence
            case events.CallEvent() if event.call in self._calls and event.kind in _STATES:
                self._calls[event.call] = replace(self._calls[event.call], state=_STATES[event.kind])

    def _why(self) -> str:
        if self.gone:
            return self.gone
        if self._closing:
            return "the softphone has been closed"
        return "the softphone's process has ended" if self._process else "the softphone has not been started"
