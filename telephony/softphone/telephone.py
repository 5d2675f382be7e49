"""The telephone itself: pjsua2's library, one account, its calls. All of it happens in the thread that calls tick()."""

import gc
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pjsua2 as pj

from telephony.errors import TelephonyError
from telephony.softphone import addresses, commands, events
from telephony.softphone.account import SipAccount, account_config, caller_headers
from telephony.softphone.alert import Alert
from telephony.softphone.board import Board, whole
from telephony.softphone.calls import SipCall, invite
from telephony.softphone.commands import CallCommand, Command, Configuration, SoundKind
from telephony.softphone.events import Event, Registration
from telephony.softphone.guard import explain
from telephony.softphone.sound import SoundDesk

log = logging.getLogger(__name__)

MAX_CALLS = 4
"""What the library was built for; a further caller hears busy (486) from it."""
RATE = 8000
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - compared with, not bound to: others must be told where to answer
CLOSING = 3.0
"""Seconds for the far ends and the PBX to confirm that we go, and for a recording to be closed."""


class Telephone:
    """One library, one account. `emit` is called for everything that happens."""

    def __init__(self, configuration: Configuration, emit: Callable[[Event], None]) -> None:
        self.configuration = configuration
        self.emit = emit
        self._calls: dict[str, SipCall] = {}
        self._over: list[tuple[SipCall, events.Ended]] = []
        self._closing: list[tuple[Path, float, events.Ended]] = []
        self._arrived = 0
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._account: SipAccount | None = None
        self.board = Board(configuration.sound, SoundDesk(SoundKind.NULL))

    def start(self) -> None:
        """Take the address, open the sound, register. Raises TelephonyError when the telephone cannot be used."""
        self._library()
        bind = self.configuration.bind
        own = addresses.own(self.configuration.domain) if bind in {"", ANY_ADDRESS} else bind
        transport = self._transport(own)
        desk = SoundDesk(self.configuration.sound.kind)
        self.board = Board(self.configuration.sound, desk)
        try:
            self._account = SipAccount(self)
            self._account.create(account_config(self.configuration, own))
        except (pj.Error, ValueError) as error:
            what = f"{self.configuration.user}@{self.configuration.domain}"
            raise TelephonyError(
                "{what} is no usable SIP identity: {reason}", what=what, reason=explain(error)
            ) from error
        if self.configuration.register:
            self._account.registration = Registration.TRYING
        self.emit(desk.state)
        host, _, port = transport.rpartition(":")
        self.emit(events.Ready(address=host, port=int(port)))

    def tick(self, milliseconds: int = 20) -> None:
        """Let the library work for at most `milliseconds`, then tell what came of it."""
        self._endpoint.libHandleEvents(milliseconds)
        for call, wav in self.board.played():
            self.emit(events.Played(call=call, wav=wav))
        for over, ended in self._over:
            recorded = self.board.drop(over.name)
            self._calls.pop(over.name, None)
            if recorded:
                self._closing.append((recorded, time.monotonic() + CLOSING, ended))
            else:
                self.emit(ended)
        self._over.clear()
        self._tell_closed()
        self._mind_the_sound()
        if self._account:
            self._account.tick()

    def carry_out(self, command: Command) -> None:
        """Do what the parent asks. A command that cannot be carried out becomes an error event."""
        name = getattr(command, "call", "")
        try:
            match command:
                case commands.Dial():
                    self._dial(command)
                case CallCommand():
                    self._about(command, self._call(name))
                case _:
                    self.emit(events.Failure(sentence=f"'{command.kind}' cannot be asked of a running telephone"))
        except TelephonyError as error:
            self.emit(events.Failure(sentence=str(error), call=name))
        except pj.Error as error:
            log.warning("%s of call %s: %s", command.kind, name, error.reason)
            self.emit(events.Failure(sentence=f"'{command.kind}' is not possible now: {error.reason}", call=name))

    def incoming(self, account: SipAccount, number: int) -> None:
        """A call has come: it rings (180), and the parent decides."""
        self._arrived += 1
        call = SipCall(self, account, f"in-{self._arrived}", number)
        self._calls[call.name] = call
        who = addresses.party(call.getInfo().remoteUri)
        self.emit(events.Incoming(call=call.name, number=who.number, name=who.name, uri=who.uri))
        call.accept(pj.PJSIP_SC_RINGING)

    def over(self, call: SipCall, ended: events.Ended) -> None:
        """The call has ended; it is told and forgotten by tick(), when no callback of it is running."""
        self._over.append((call, ended))

    def close(self) -> None:
        """Hang up, take back the registration, end the library."""
        try:
            self._end_calls()
            self._pump(lambda: not self._calls and not self._closing)
            if self._account:
                self._account.unregister()
        except pj.Error as error:
            log.warning("not everybody could be told that the telephone closes: %s", error.reason)
        if self._account:
            self._pump(lambda: self._account is None or self._account.registration is not Registration.TRYING)
            self._account.shutdown()
        self._calls.clear()
        self.board.close()
        self._account = None
        gc.collect()  # a call or an account that outlives the library aborts the process
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)  # without the flag it waits a second for late answers

    def _end_calls(self) -> None:
        """Apart from close(): its frame must not keep the last call."""
        for call in self._calls.values():
            call.end()

    def _pump(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + CLOSING
        while not until() and time.monotonic() < deadline:
            self.tick()

    def _mind_the_sound(self) -> None:
        """Tell when the device went or came; let the officer hear what rings."""
        changed = self.board.look()
        if changed:
            self.emit(changed)
            for call in self._calls.values():
                call.reconnect()
        speaking = any(call.answered and not call.held for call in self._calls.values())
        ringing = {call.incoming for call in self._calls.values() if call.rings}
        if True in ringing:
            self.board.alert(Alert.ONE_MORE if speaking else Alert.RINGING_HERE)
        else:
            self.board.alert(Alert.RINGING_THERE if ringing and not speaking else Alert.NONE)

    def _tell_closed(self) -> None:
        """An end is told when the recording of the call can be read."""
        still = []
        for recorded, deadline, ended in self._closing:
            if whole(recorded) or time.monotonic() > deadline:
                self.emit(ended)
            else:
                still.append((recorded, deadline, ended))
        self._closing = still

    def _call(self, name: str) -> SipCall:
        """The call of that name. Raises TelephonyError."""
        try:
            return self._calls[name]
        except KeyError as error:
            raise TelephonyError("there is no call {name} any more", name=name) from error

    def _dial(self, command: commands.Dial) -> None:
        """A call that cannot even be begun is told as a failure and as ended, so that nobody waits for it."""
        if command.call in self._calls:
            raise TelephonyError("there is a call {call} already", call=command.call)
        try:
            self._invite(command)
        except (TelephonyError, pj.Error) as error:
            reason = explain(error)
            self.emit(events.Failure(sentence=f"{command.target} was not called: {reason}", call=command.call))
            self.emit(events.Ended(call=command.call, code=0, reason=reason, seconds=0.0))

    def _invite(self, command: commands.Dial) -> None:
        if self._account is None or len(self._calls) >= MAX_CALLS:
            raise TelephonyError("this telephone has four calls already; end one of them first")
        uri = addresses.target(command.target, self.configuration.domain)
        sender, headers = caller_headers(self.configuration)
        call = SipCall(self, self._account, command.call)
        invite(call, uri, sender=sender, headers=headers)
        self._calls[command.call] = call

    def _about(self, command: CallCommand, call: SipCall) -> None:
        match command:
            case commands.Answer():
                call.accept(pj.PJSIP_SC_OK)
            case commands.Hangup():
                call.end()
            case commands.Reject(code=code):
                call.accept(code)
            case commands.Hold():
                call.hold()
            case commands.Resume():
                call.resume()
            case commands.BlindTransfer(target=target):
                call.xfer(addresses.target(target, self.configuration.domain), pj.CallOpParam(True))
            case commands.AttendedTransfer(other=other):
                call.xferReplaces(self._call(other), pj.CallOpParam(True))
            case commands.Dtmf(digits=digits):
                call.dialDtmf(digits)
            case commands.Play(wav=wav):
                call.hear(wav)

    def _library(self) -> None:
        """No worker thread: the library's callbacks come out of libHandleEvents and out of nowhere else."""
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = 2
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = MAX_CALLS
        config.uaConfig.userAgent = "Dutyline"
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
        self._endpoint.libInit(config)
        self._endpoint.audDevManager().setNullDev()

    def _transport(self, own: str) -> str:
        """Where our SIP is, as host:port, on our address `own`."""
        config = pj.TransportConfig()
        config.boundAddress = config.publicAddress = own
        config.port = self.configuration.port
        try:
            number = self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, config)
        except pj.Error as error:
            where = f"{own}:{self.configuration.port}"
            raise TelephonyError(
                "the softphone cannot use {where} (UDP): {reason}", where=where, reason=error.reason
            ) from error
        self._endpoint.libStart()
        for codec in self._endpoint.codecEnum2():
            name = codec.codecId.partition("/")[0]
            wanted = self.configuration.codecs
            self._endpoint.codecSetPriority(codec.codecId, 255 - wanted.index(name) if name in wanted else 0)
        return str(self._endpoint.transportGetInfo(number).localName)
