"""One call of the softphone: pjsua2's callbacks become events, its media is tied to the sound of this telephone."""

import logging
from typing import Any, Protocol

import pjsua2 as pj

from telephony.softphone import events
from telephony.softphone.board import Board
from telephony.softphone.events import Event
from telephony.softphone.guard import guarded

log = logging.getLogger(__name__)


class Surroundings(Protocol):
    """What a call needs of its telephone."""

    board: Board

    def emit(self, event: Event) -> None:
        """Tell the parent."""

    def over(self, call: "SipCall", ended: events.Ended) -> None:
        """The call has ended: tell so and forget it, as soon as no callback of it is running."""


class SipCall(pj.Call):  # type: ignore[misc]  # an untyped library
    """A call from its first to its last moment; every method may raise pj.Error when the call is in no fit state."""

    def __init__(self, phone: Surroundings, account: "pj.Account", name: str, number: int | None = None) -> None:
        super().__init__(account, pj.PJSUA_INVALID_ID if number is None else number)
        self.phone = phone
        self.name = name
        self.incoming = number is not None
        self.answered = False
        self.rings = self.incoming
        self.held = False
        self._told: set[events.EventKind] = set()

    def tell(self, event: Event) -> None:
        """To the parent."""
        self.phone.emit(event)

    @guarded
    def onCallState(self, prm: "pj.OnCallStateParam") -> None:  # noqa: N802 - the library's names
        """Ringing, answered, ended."""
        info = self.getInfo()
        log.info("call %s: %s %s %s", self.name, info.stateText, info.lastStatusCode, info.lastReason)
        if info.state == pj.PJSIP_INV_STATE_EARLY and not self.incoming:
            self.rings = info.lastStatusCode == 180
            self._once(events.Ringing(call=self.name) if self.rings else events.Early(call=self.name))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and not self.answered:
            self.answered, self.rings = True, False
            self.tell(events.Answered(call=self.name))
            self._connect()
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            seconds = info.connectDuration.sec + info.connectDuration.msec / 1000
            code, reason = info.lastStatusCode, info.lastReason
            self.phone.over(self, events.Ended(call=self.name, code=code, reason=reason, seconds=seconds))

    @guarded
    def onCallMediaState(self, prm: "pj.OnCallMediaStateParam") -> None:  # noqa: N802
        """Sound begins, stops, begins again."""
        self._connect()

    @guarded
    def onDtmfDigit(self, prm: "pj.OnDtmfDigitParam") -> None:  # noqa: N802
        """The other side pressed a key."""
        self.tell(events.Digit(call=self.name, digit=prm.digit))

    @guarded
    def onCallTransferStatus(self, prm: "pj.OnCallTransferStatusParam") -> None:  # noqa: N802
        """What became of our transfer; once it is done nobody needs this leg any more."""
        if not prm.finalNotify:
            return
        prm.cont = False
        self.tell(events.Transferred(call=self.name, code=prm.statusCode, reason=prm.reason))
        if prm.statusCode // 100 == 2:
            self.end()

    @guarded
    def onCallTransferRequest(self, prm: "pj.OnCallTransferRequestParam") -> None:  # noqa: N802
        """Nobody may send this telephone elsewhere: transfers are the PBX's business."""
        prm.statusCode = pj.PJSIP_SC_DECLINE

    @guarded
    def onCallReplaceRequest(self, prm: "pj.OnCallReplaceRequestParam") -> None:  # noqa: N802
        """Nobody may take a call over from outside."""
        prm.statusCode = pj.PJSIP_SC_DECLINE

    def accept(self, code: int) -> None:
        """Answer an incoming call: 180 it rings, 200 taken, 4xx or 6xx refused."""
        param = pj.CallOpParam(True)
        param.statusCode = code
        self.answer(param)

    def end(self) -> None:
        """Hang up; an incoming call that was not taken is refused as busy."""
        param = pj.CallOpParam()
        if self.incoming and not self.answered:
            param.statusCode = pj.PJSIP_SC_BUSY_HERE
        if self.isActive():
            self.hangup(param)

    def hold(self) -> None:
        """The other side is to wait."""
        self.setHold(pj.CallOpParam(True))

    def resume(self) -> None:
        """Speak with the other side again."""
        param = pj.CallOpParam(True)
        param.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.reinvite(param)

    def hear(self, wav: str) -> None:
        """The other side hears `wav`: now, or as soon as it has answered. Raises SoundError."""
        self.phone.board.load(self.name, wav)
        self._connect(quietly=True)

    def reconnect(self) -> None:
        """Tie the call to a sound device that was not there before."""
        self._connect(quietly=True)

    def _connect(self, *, quietly: bool = False) -> None:
        """Tie the call's sound to the board when both sides can hear; tell about holds and codecs."""
        if not self.isActive():
            return
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE and self.answered:
                self.phone.board.connect(self.name, self.getAudioMedia(index))
                if quietly:
                    continue
                if self.held:
                    self.held = False
                    self.tell(events.Resumed(call=self.name))
                self.tell(events.Media(call=self.name, codec=self.getStreamInfo(index).codecName))
            elif media.status in {pj.PJSUA_CALL_MEDIA_LOCAL_HOLD, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD} and not self.held:
                self.held = True
                self.tell(events.Held(call=self.name, remote=media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD))

    def _once(self, event: events.Event) -> None:
        """Provisional answers are repeated on the wire; people need them once."""
        if event.kind not in self._told:
            self._told.add(event.kind)
            self.tell(event)


def invite(call: SipCall, uri: str, *, sender: str, headers: dict[str, str]) -> None:
    """Send the INVITE to `uri`; `sender` replaces the From address unless empty. Raises pj.Error."""
    param = pj.CallOpParam(True)
    if sender:
        param.txOption.localUri = sender
    extra: Any = pj.SipHeaderVector()
    for name, value in headers.items():
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        extra.append(header)
    param.txOption.headers = extra
    call.makeCall(uri, param)
