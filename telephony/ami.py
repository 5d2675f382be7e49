"""The manager link: Asterisk's live events as facts and line states, and what we ask of Asterisk.

One thread keeps the connection, with a growing pause between attempts and a ping against a stalled Asterisk. The log
has one line for each change of state.
"""

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from asterisk.manager import Event, ManagerAuthException, ManagerException

from models.settings import Pbx
from telephony.ami_events import Lines, Translator
from telephony.ami_requests import PbxUnreachable, Requests
from telephony.ami_wire import GuardedManager
from telephony.facts import Fact, LineState
from telephony.text import recover

log = logging.getLogger(__name__)

PATIENCE = 5.0
PING_EVERY = 10.0
PAUSES = (0.5, 30.0)
STEADY = 30.0
"""Seconds online after which the next pause is a short one again."""


class LinkState(StrEnum):
    """Where the link stands. REFUSED: the manager does not accept our name and secret."""

    CONNECTING = "connecting"
    ONLINE = "online"
    LOST = "lost"
    REFUSED = "refused"
    STOPPED = "stopped"


def _nobody(_: object) -> None:
    """Hear and forget."""


class AmiLink(Requests):
    """Keeps a manager connection from start() to stop(); every method may be called from any thread.

    `submit` and `on_line` get what happens, in order, from one thread; `on_state` the state and its reason. When they
    raise, that is one log line. Methods that ask Asterisk raise PbxUnreachable or PbxRefused within seconds.
    """

    def __init__(
        self,
        pbx: Pbx,
        submit: Callable[[Fact], None],
        on_state: Callable[[LinkState, str], None] | None = None,
        on_line: Callable[[LineState], None] = _nobody,
        *,
        patience: float = PATIENCE,
        ping_every: float = PING_EVERY,
        pauses: tuple[float, float] = PAUSES,
    ) -> None:
        self._pbx, self._submit, self._on_state, self._on_line = pbx, submit, on_state, on_line
        self._patience, self._ping_every, self._pauses = patience, ping_every, pauses
        self.where = f"{pbx.ami_host}:{pbx.ami_port}"
        self._state, self._reason = LinkState.STOPPED, ""
        self._manager: GuardedManager | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> LinkState:
        """Where the link stands now."""
        return self._state

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._keep, name="ami", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Disconnect; a few seconds at most."""
        self._stop.set()
        manager = self._manager
        if manager is not None:
            manager.gone.set()
        if self._thread is not None:
            self._thread.join(self._patience * 2 + 2)
            self._thread = None

    def _online(self) -> GuardedManager:
        manager = self._manager
        if manager is None or self._state is not LinkState.ONLINE:
            reason = f" ({self._reason})" if self._reason else ""
            raise PbxUnreachable(
                "Asterisk's manager at {where} is not connected{reason}; try again.", where=self.where, reason=reason
            )
        return manager

    def _keep(self) -> None:
        pause = self._pauses[0]
        self._now(LinkState.CONNECTING)
        while not self._stop.is_set():
            since = time.monotonic()
            self._once()
            if time.monotonic() - since > STEADY:
                pause = self._pauses[0]
            self._stop.wait(pause)
            pause = min(pause * 2, self._pauses[1])
        self._now(LinkState.STOPPED)

    def _once(self) -> None:
        """One connection from its beginning to its end."""
        manager = GuardedManager(self._patience)
        self._manager = manager
        try:
            manager.connect(self._pbx.ami_host, self._pbx.ami_port)
            self._listen(manager)
            manager.login(self._pbx.ami_user, self._pbx.ami_secret.get_secret_value())
            self._now(LinkState.ONLINE, manager.title or "")
            for question in ("CoreShowChannels", "PJSIPShowRegistrationsOutbound", "PJSIPShowEndpoints"):
                manager.send_action({"Action": question})
            while not manager.gone.wait(self._ping_every):
                manager.ping()
            reason = manager.reason
        except ManagerAuthException:
            if not self._stop.is_set():
                self._now(LinkState.REFUSED, "check pbx.ami_user and pbx.ami_secret against manager.conf")
            return
        except ManagerException as error:
            reason = manager.reason or str(error.args[-1] if error.args else error)
        except Exception as error:  # a fault of the library or ours must not leave the room without its link
            log.exception("Asterisk manager %s: unexpected error", self.where)
            reason = repr(error)
        finally:
            manager.close()
        if not self._stop.is_set():
            self._now(LinkState.LOST, reason)

    def _listen(self, manager: GuardedManager) -> None:
        translator, lines = Translator(), Lines()
        for name in translator.events:
            manager.register_event(name, self._guarded(lambda event: translator.facts(event.headers), self._submit))
        for name in Lines.EVENTS:
            manager.register_event(name, self._guarded(lambda event: lines.states(event.headers), self._on_line))

    def _guarded(
        self, read: Callable[[Event], list[Any]], hand_on: Callable[[Any], None]
    ) -> Callable[[Event, GuardedManager], None]:
        def hear(event: Event, _manager: GuardedManager) -> None:
            try:
                found = read(event)
            except Exception as error:  # noqa: BLE001 - no event may end the delivery of those that follow
                log.warning("manager event %s not understood: %r", recover(event.name)[:40], error)
                return
            for item in found:
                try:
                    hand_on(item)
                except Exception as error:  # noqa: BLE001 - whatever a consumer fails on, the link lives
                    log.error("%s from the manager not recorded: %s", type(item).__name__, error)

        return hear

    def _now(self, state: LinkState, reason: str = "") -> None:
        reason = recover(reason)
        if (state, reason) == (self._state, self._reason):
            return
        self._state, self._reason = state, reason
        level = logging.WARNING if state in {LinkState.LOST, LinkState.REFUSED} else logging.INFO
        log.log(level, "Asterisk manager %s: %s%s", self.where, state, f" ({reason})" if reason else "")
        if self._on_state is not None:
            try:
                self._on_state(state, reason)
            except Exception as error:  # noqa: BLE001 - the link lives
                log.error("state %s of the manager link not recorded: %s", state, error)
