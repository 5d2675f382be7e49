"""What consoles asked for by writing it down, carried out: dial, play to a phone, practise (invariant 3)."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from models.actions import recordings, requests
from models.errors import DutylineError
from models.queries import work
from models.settings import Settings
from models.store.engine import Record
from models.tables.requests import RequestKind
from telephony.errors import TelephonyError
from telephony.recording.replay import excerpt

log = logging.getLogger(__name__)

ACTOR = "system:errands"
POLL_SECONDS = 0.1
RING_MILLISECONDS = 30_000
PLAY = "dutyline-play"
"""Context that plays a file, and prefix of the channel ids that say so: such calls are no calls of the room."""


class Originate(Protocol):
    """The manager link's way to make a telephone ring."""

    def originate(
        self,
        channel: str,
        exten: str,
        *,
        context: str,
        caller_id: str = "",
        timeout: int = RING_MILLISECONDS,
        variables: Mapping[str, str] | None = None,
        channel_id: str = "",
    ) -> None:
        """Returns when Asterisk has accepted it; raises TelephonyError."""


class Errands:
    """One thread that takes wishes; what takes long (a practice call) gets a thread of its own."""

    def __init__(
        self, record: Record, settings: Settings, pbx: Originate, practice: Callable[[str, threading.Event], str]
    ) -> None:
        """`practice(script, stop)` places a practice call and returns what became of it."""
        self._record, self._settings, self._pbx, self._practice = record, settings, pbx, practice
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="errands", daemon=True)
        self._long: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; what a predecessor left half done is failed."""
        with self._record.writing(ACTOR) as uow:
            requests.abandon_taken(uow)
        self._thread.start()

    def stop(self) -> None:
        """End; a practice call in progress is hung up."""
        self._stopping.set()
        for thread in (self._thread, *self._long):
            thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                while not self._stopping.is_set() and self._next():
                    pass
            except DutylineError as error:
                log.warning("errands: %s", error)
            except Exception:
                log.exception("errands: go on after an unexpected error")

    def _next(self) -> bool:
        with self._record.reading() as session:
            if not work.asked(session):
                return False
        with self._record.writing(ACTOR) as uow:
            row = requests.take(uow)
            if row is None:
                return False
            wish = (row.id, row.kind, dict(row.payload), row.seat_id)
        request, kind, payload, seat = wish
        if kind is RequestKind.PRACTICE:
            self._long = [thread for thread in self._long if thread.is_alive()]
            thread = threading.Thread(
                target=self._carry_out, args=(request, kind, payload, seat), name=f"practice-{request}", daemon=True
            )
            self._long.append(thread)
            thread.start()
        else:
            self._carry_out(request, kind, payload, seat)
        return True

    def _carry_out(self, request: int, kind: RequestKind, payload: dict[str, Any], seat: int | None) -> None:
        try:
            match kind:
                case RequestKind.DIAL:
                    result = self._dial(payload, seat)
                case RequestKind.PLAY:
                    result = self._play(request, payload, seat)
                case RequestKind.PRACTICE:
                    result = self._practice(str(payload.get("script", "")), self._stopping)
        except (TelephonyError, DutylineError) as error:
            log.warning("errands: request %d: %s", request, error)
            self._finish(request, failed=str(error))
        except Exception as error:
            log.exception("errands: request %d", request)
            self._finish(request, failed=f"unexpected: {error}")
        else:
            self._finish(request, done=result)

    def _finish(self, request: int, *, done: str = "", failed: str = "") -> None:
        with self._record.writing(ACTOR) as uow:
            if failed:
                requests.failed(uow, request, failed)
            else:
                requests.done(uow, request, done)

    def _endpoint(self, seat: int | None) -> str:
        with self._record.reading() as session:
            return work.endpoint(session, seat)

    def _dial(self, payload: dict[str, Any], seat: int | None) -> str:
        number = "".join(sign for sign in str(payload.get("number", "")) if sign in "0123456789*#+")
        if not number:
            raise TelephonyError("there is no number to dial")
        self._pbx.originate(
            f"PJSIP/{self._endpoint(seat)}", number, context="dutyline-dial", caller_id=f"Dutyline <{number}>"
        )
        return number

    def _play(self, request: int, payload: dict[str, Any], seat: int | None) -> str:
        start = float(payload.get("start", 0.0))
        with self._record.reading() as session:
            sealed = work.sealed(session, int(payload["recording"]))
        if sealed is None:
            raise TelephonyError("the recording is not sealed yet: try again in a moment")
        folder = self._settings.path(self._settings.pbx.spool) / "play"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.wav"):
            if int(old.stem) < request - 20:
                old.unlink(missing_ok=True)
        target = folder / f"{request}.wav"
        excerpt(self._settings.path(self._settings.recordings.folder) / sealed.path, start, None, target)
        self._pbx.originate(
            f"PJSIP/{self._endpoint(seat)}",
            "s",
            context=PLAY,
            caller_id="Dutyline <0>",
            variables={"DL_PLAY": str(target.with_suffix(""))},
            channel_id=f"{PLAY}-{request}",
        )
        with self._record.writing(ACTOR) as uow:
            recordings.replayed(uow, int(payload["recording"]), start=start, how=f"phone, request {request}")
        return ""
