"""One fact, one action: the mapping from what the PBX tells to what the record keeps. Pure dispatch, no state."""

from dataclasses import dataclass

from models.actions import calls, lines, recordings
from models.rules.calls import EventKind
from models.store.unit import UnitOfWork
from models.tables.lines import LineKind, LineState
from telephony import facts as f
from telephony.errands import PLAY

_STATES = {
    f.LineStatus.IDLE: LineState.IDLE,
    f.LineStatus.RINGING: LineState.RINGING,
    f.LineStatus.BUSY: LineState.BUSY,
    f.LineStatus.HELD: LineState.BUSY,
    f.LineStatus.OFFLINE: LineState.UNREACHABLE,
    f.LineStatus.UNKNOWN: LineState.UNKNOWN,
}
_TRANSFERS = {f.TransferKind.BLIND: EventKind.BLIND, f.TransferKind.ATTENDED: EventKind.ATTENDED}


@dataclass(frozen=True, slots=True)
class Numbering:
    """How seats dial: another seat as it is, outside with `prefix` before the number."""

    prefix: str = ""
    seats: frozenset[str] = frozenset()

    def meant(self, context: str, exten: str) -> str:
        """The number that was meant by `exten` dialled in `context`."""
        if context != "dutyline-seats" or exten in self.seats:
            return exten
        return exten.removeprefix(self.prefix) or exten


def put_on_record(uow: UnitOfWork, item: f.Fact | f.LineState, numbering: Numbering) -> None:
    """Do what `item` says. Idempotent; the order of facts does not matter."""
    if isinstance(item, f.Fact) and item.call.startswith(PLAY):
        return  # a recording played to a desk phone is no call of the room
    match item:
        case f.ChannelStarted():
            calls.channel_started(
                uow,
                call=item.call,
                channel=item.channel,
                name=item.name,
                at=item.at,
                number=item.number,
                caller_name=item.caller_name,
                exten=numbering.meant(item.context, item.exten),
            )
        case f.CallerNamed():
            calls.channel_named(
                uow, call=item.call, channel=item.channel, name=item.name, at=item.at, caller_name=item.caller_name
            )
        case f.ChannelAnswered():
            calls.channel_answered(uow, call=item.call, channel=item.channel, name=item.name, at=item.at)
        case f.BridgeEntered():
            calls.channel_bridged(uow, call=item.call, channel=item.channel, name=item.name, at=item.at)
        case f.ChannelEnded():
            calls.channel_ended(
                uow,
                call=item.call,
                channel=item.channel,
                name=item.name,
                at=item.at,
                cause=item.cause,
                dialstatus=item.dialstatus,
            )
        case f.Held() | f.Resumed() | f.Transferred() | f.MessageLeft():
            _happened(uow, item)
        case f.RecordingStarted():
            calls.channel_seen(uow, call=item.call, channel=item.channel, name=item.name, at=item.at)
            if not item.stem:
                return  # the manager tells that it began, the event log where
            recordings.started(uow, call=item.call, channel=item.channel, at=item.at, stem=item.stem)
        case f.CallEnded():
            calls.closed(uow, call=item.call, at=item.at)
        case f.LineState():
            _line(uow, item)
        case f.BridgeLeft() | f.FaxHeard() | f.Fact():
            # Leaving a bridge says nothing that the end, a hold or a transfer does not.
            pass


def _happened(uow: UnitOfWork, item: f.Held | f.Resumed | f.Transferred | f.MessageLeft) -> None:
    detail, other = "", ""
    match item:
        case f.Held():
            kind = EventKind.HOLD
        case f.Resumed():
            kind = EventKind.RESUME
        case f.MessageLeft():
            kind = EventKind.MESSAGE
        case f.Transferred():
            kind, detail, other = _TRANSFERS[item.kind], item.target, item.other
    calls.happened(
        uow, call=item.call, channel=item.channel, name=item.name, kind=kind, at=item.at, detail=detail, other=other
    )


def _line(uow: UnitOfWork, item: f.LineState) -> None:
    """Asterisk names endpoints; the record knows the line behind each. What is no line of ours is nobody's business."""
    endpoint = item.name.rpartition("/")[2]
    found = lines.by_endpoint(uow, endpoint)
    if found is None or item.kind is not f.LineKind.DEVICE:
        return
    state = _STATES[item.state]
    if found.name == calls.PRACTICE_LINE and state is LineState.UNREACHABLE:
        # Practice callers come and go: that none is there now is no fault.
        state = LineState.IDLE
    lines.seen(uow, name=found.name, kind=LineKind(found.kind), state=state, at=item.at)
