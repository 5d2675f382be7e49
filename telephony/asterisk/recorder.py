"""Keeps recordings whole when the telephone behind a recorded channel changes without the dialplan knowing.

Debian builds Asterisk with a patch (2016_opus_plc) that drops packets whose sequence number seems to go back. A second
telephone (attended transfer) or one that starts anew after a hold seems to do so every other time; the caller hears it,
the recorder does not, for up to eleven minutes. A recorder that starts again on the same files has no memory of the old
numbers. Blind transfers are mended by the dialplan itself (dutyline-record); this does the rest while the daemon lives.
Without it nothing is lost for good: whoever is consulted is recorded on his own channel too.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Iterator
from typing import Protocol

from telephony.errors import TelephonyError
from telephony.facts import Fact, Resumed, Source, TransferKind, Transferred

log = logging.getLogger(__name__)

FORGET_SECONDS = 0.1
"""Five packets: Asterisk drops the old recorder's state with the first packet after it was stopped."""


class Recorders(Protocol):
    """What the manager link must be able to do; each method raises TelephonyError."""

    def recorded(self, call: str) -> list[tuple[str, str]]:
        """The recorded channels of a call: name and stem."""

    def stop_recorder(self, channel: str) -> None:
        """Stop recording a channel."""

    def append_recorder(self, channel: str, stem: str) -> None:
        """Record a channel again, behind what its files have."""


class RecorderKeeper:
    """One thread that starts recorders again; hear() never blocks."""

    def __init__(self, recorders: Recorders) -> None:
        self._recorders = recorders
        self._calls: queue.Queue[str | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="recorders", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; a recorder that was stopped is started again first."""
        self._stopping.set()
        self._calls.put(None)
        if self._thread is not None:
            self._thread.join(timeout=10)

    def hear(self, fact: Fact) -> None:
        """Take note of what the manager tells live; what comes from elsewhere is too late to act on."""
        changed = isinstance(fact, Resumed) or (isinstance(fact, Transferred) and fact.kind is TransferKind.ATTENDED)
        if changed and fact.source is Source.AMI:
            self._calls.put(fact.call)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            with _said(f"call {call}"):
                for channel, stem in self._recorders.recorded(call):
                    with _said(channel):
                        self._again(channel, stem)

    def _again(self, channel: str, stem: str) -> None:
        self._recorders.stop_recorder(channel)
        self._stopping.wait(FORGET_SECONDS)
        self._recorders.append_recorder(channel, stem)
        log.info("recorder of %s started again", channel)


@contextlib.contextmanager
def _said(what: str) -> Iterator[None]:
    """A channel that is gone, or a lost link, is one line in the log."""
    try:
        yield
    except TelephonyError as error:
        log.info("recorder: %s: %s", what, error)
