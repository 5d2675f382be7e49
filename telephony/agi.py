"""FastAGI bridge: Asterisk's own call to us, the moment the telephone rings and when it is over.

The dialplan calls from a separate Local channel (a call never waits for us):
`/incoming` callref, channel name, line, number[, base64 of the From header];
`/ended` callref, DIALSTATUS, milliseconds answered, hangup cause[, uniqueid, channel name].
callref is the linkedid: the uniqueid of the call's first channel, which is meant where no other is named. A line is
its channel's endpoint, which the name tells too. Every broken conversation is one line in the log.
"""

import logging
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

from asterisk.agi import AGIError

from models.settings import Pbx
from telephony.agi_session import Lines, Session
from telephony.errors import TelephonyError
from telephony.facts import CallEnded, CallerNamed, ChannelAnswered, ChannelEnded, ChannelStarted, Fact, Source
from telephony.text import caller_number, name_in_from, recover

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_AT_ONCE = 64
_REFERENCE = re.compile(r"[A-Za-z0-9_.\-]{1,96}")


def facts_of(path: str, args: list[str], at: datetime) -> list[Fact]:
    """What a request says, as facts at `at`; pure. Raises AGIError when it makes no sense."""
    args = [*args, *[""] * 6]
    call = args[0].strip()
    if not _REFERENCE.fullmatch(call):
        raise AGIError(f"/{recover(path)[:32]} without a call reference")
    if path == "incoming":
        return _incoming(call, recover(args[1]), caller_number(args[3]), name_in_from(args[4]), at)
    if path == "ended":
        return _ended(call, args, at)
    raise AGIError(f"unknown request /{recover(path)[:32]}")


def _incoming(call: str, name: str, number: str, caller: str, at: datetime) -> list[Fact]:
    facts: list[Fact] = [
        ChannelStarted(call=call, at=at, source=Source.AGI, channel=call, name=name, number=number, caller_name=caller)
    ]
    if caller:
        facts.append(CallerNamed(call=call, at=at, source=Source.AGI, channel=call, name=name, caller_name=caller))
    return facts


def _ended(call: str, args: list[str], at: datetime) -> list[Fact]:
    status, answered_ms, cause = recover(args[1])[:32], _whole(args[2]), _whole(args[3])
    channel = args[4] if _REFERENCE.fullmatch(args[4]) else call
    name = recover(args[5])
    facts: list[Fact] = []
    if status == "ANSWER" and answered_ms:
        since = at - timedelta(milliseconds=answered_ms)
        facts.append(ChannelAnswered(call=call, at=since, source=Source.AGI, channel=channel, name=name))
    return [
        *facts,
        ChannelEnded(call=call, at=at, source=Source.AGI, channel=channel, name=name, cause=cause, dialstatus=status),
        CallEnded(call=call, at=at, source=Source.AGI),
    ]


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, pbx: Pbx, talk: Callable[[socket.socket], None], most: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in pbx.agi_host else socket.AF_INET
        self._peers = [ip_network(peer, strict=False) for peer in pbx.agi_peers]
        self._talk, self._most = talk, most
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((pbx.agi_host, pbx.agi_port), socketserver.BaseRequestHandler)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        try:
            sock, peer = self.socket.accept()
        except OSError as error:  # out of file descriptors: the same connection would be offered again at once
            log.warning("AGI connection not accepted: %s", error.strerror or error)
            threading.Event().wait(0.2)
            raise
        return sock, peer[:2]

    def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:
        peer = ip_address(client_address[0].partition("%")[0])
        if not any(peer in network for network in self._peers):
            log.warning("AGI connection from %s refused: not among pbx.agi_peers", client_address[0])
            return False
        with self._guard:
            full = len(self._open) >= self._most
            if not full and isinstance(request, socket.socket):
                self._open.add(request)
        if full:
            log.warning("AGI connection from %s refused: %d are open already", client_address[0], self._most)
        return not full

    def finish_request(self, request: object, client_address: tuple[str, int]) -> None:
        if not isinstance(request, socket.socket):
            raise TypeError("not a TCP request")
        try:
            self._talk(request)
        except (AGIError, OSError) as error:
            log.warning("AGI conversation with %s:%d given up: %s", *client_address[:2], error or type(error).__name__)
        finally:
            with self._guard:
                self._open.discard(request)

    def handle_error(self, request: object, client_address: tuple[str, int]) -> None:
        log.error("AGI conversation with %s:%d failed", *client_address[:2], exc_info=True)  # noqa: LOG014 - called in an except

    def cut(self) -> None:
        """End every conversation."""
        with self._guard:
            for sock in self._open:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it has just ended by itself


class AgiServer:
    """Answers Asterisk's FastAGI requests and hands their facts to `submit` (thread-safe; a failure is one log line).

    Raises TelephonyError from start() when the port cannot be had. stop() returns within a second, whatever peers do.
    """

    def __init__(
        self,
        pbx: Pbx,
        submit: Callable[[Fact], None],
        *,
        idle: float = IDLE_SECONDS,
        total: float = TOTAL_SECONDS,
        most: int = MOST_AT_ONCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx, self._submit, self._now = pbx, submit, now
        self._idle, self._total, self._most = idle, total, most
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that is listened on; with port 0 configured the one the system gave."""
        if self._server is None:
            raise TelephonyError("The AGI service is not running.")
        host, port = self._server.socket.getsockname()[:2]
        return host, port

    def start(self) -> None:
        """Listen."""
        where = f"{self._pbx.agi_host}:{self._pbx.agi_port}"
        try:
            self._server = _Server(self._pbx, self._talk, self._most)
        except ValueError as error:
            raise TelephonyError(
                "pbx.agi_peers: {reason}; write addresses or networks like 10.1.0.0/16.", reason=error
            ) from error
        except OSError as error:
            raise TelephonyError(
                "The AGI service cannot listen on {where} ({reason}): end what uses it, or set pbx.agi_port.",
                where=where,
                reason=error.strerror,
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="agi", daemon=True
        )
        self._thread.start()
        log.info("AGI service listens on %s:%d", *self.address)

    def stop(self) -> None:
        """Close the port and every conversation."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server.cut()
        self._thread.join()
        self._server = self._thread = None

    def _talk(self, sock: socket.socket) -> None:
        session = Session(Lines(sock, self._idle, self._total))
        noted = True
        for fact in facts_of(session.path, session.args, self._now()):
            try:
                self._submit(fact)
            except Exception as error:  # noqa: BLE001 - whatever capture fails on, the other facts and the service live
                noted = False
                log.error("AGI fact %s of call %s not recorded: %s", type(fact).__name__, fact.call, error)
        session.verbose(f"dutyline: {session.path} {'noted' if noted else 'NOT noted, the event log will tell'}", 3)
