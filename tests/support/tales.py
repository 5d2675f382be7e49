"""What a PBX would tell of each kind of call: the cases that every source, order and repetition must agree on."""

from collections.abc import Callable

from room import Tale, answered_call

from models.actions.calls import PRACTICE_LINE
from models.rules.calls import EventKind


def missed(tale: Tale) -> Tale:
    """Nobody answers; the PBX takes the caller to the spoken message, and he hangs up without leaving one."""
    caller = tale.channel("trunk-1").started(0, number="13900000001", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    desk.ended(60, cause=19, dialstatus="NOANSWER")
    caller.answered(60.1)
    caller.ended(66)
    tale.closed(caller.key, 66)
    return tale


def abandoned(tale: Tale) -> Tale:
    """The caller hangs up while it rings."""
    caller = tale.channel("trunk-1").started(0, number="13900000002", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    caller.ended(7, dialstatus="CANCEL")
    desk.ended(7.1, cause=26)
    tale.closed(caller.key, 7.1)
    return tale


def message(tale: Tale) -> Tale:
    """Nobody answers, and the caller speaks."""
    caller = tale.channel("trunk-1").started(0, number="13900000003", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    desk.ended(60, cause=19, dialstatus="NOANSWER")
    caller.answered(60.1)
    caller.happened(EventKind.MESSAGE, 85, detail="20.5")
    caller.ended(86)
    tale.closed(caller.key, 86)
    return tale


def parallel(tale: Tale) -> Tale:
    """Two desks ring, the second one takes it."""
    caller = tale.channel("trunk-1").started(0, number="13900000004", exten="3110110")
    first = tale.channel("8001").of(caller).started(0.1)
    second = tale.channel("8002").of(caller).started(0.1)
    second.answered(4)
    first.ended(4.1, cause=26)
    caller.answered(4.05)
    second.bridged(4.1)
    caller.bridged(4.1)
    second.ended(30)
    caller.ended(30.1)
    tale.closed(caller.key, 30.2)
    return tale


def hold(tale: Tale) -> Tale:
    """The officer holds the caller twice and comes back twice."""
    caller = tale.channel("trunk-1").started(0, number="13900000005", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    desk.answered(3)
    caller.answered(3)
    for kind, second in ((EventKind.HOLD, 10), (EventKind.RESUME, 15), (EventKind.HOLD, 20), (EventKind.RESUME, 24)):
        desk.happened(kind, second)
    desk.ended(40)
    caller.ended(40)
    tale.closed(caller.key, 40)
    return tale


def blind(tale: Tale) -> Tale:
    """The officer passes the caller on to another desk without asking."""
    caller = tale.channel("trunk-1").started(0, number="13900000006", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    desk.answered(3)
    caller.answered(3)
    desk.happened(EventKind.BLIND, 20, detail="8002")
    desk.ended(20.1)
    other = tale.channel("8002").of(caller).started(20.2)
    other.answered(25)
    other.bridged(25.1)
    other.ended(50)
    caller.ended(50)
    tale.closed(caller.key, 50)
    return tale


def attended(tale: Tale) -> Tale:
    """The officer asks a colleague first, by a second call, and then joins the two."""
    caller = tale.channel("trunk-1").started(0, number="13900000007", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    desk.answered(3)
    caller.answered(3)
    desk.happened(EventKind.HOLD, 10)
    asking = tale.channel("8001").started(11, exten="8002")
    colleague = tale.channel("8002").of(asking).started(11.2)
    asking.answered(11.1)
    colleague.answered(14)
    colleague.bridged(14.1)
    desk.happened(EventKind.ATTENDED, 20, other=asking.key)
    desk.ended(20.1)
    asking.ended(20.1)
    tale.closed(asking.key, 20.2)
    # From here on the PBX counts the colleague's channel to the first call.
    colleague.of(caller).bridged(20.2)
    colleague.ended(60)
    caller.ended(60)
    tale.closed(caller.key, 60.1)
    return tale


def outgoing(tale: Tale) -> Tale:
    """An officer dials out."""
    desk = tale.channel("8001").started(0, exten="913700000008")
    far = tale.channel("trunk-1").of(desk).started(0.2)
    far.answered(8)
    desk.answered(8)
    far.bridged(8.1)
    desk.bridged(8.1)
    far.ended(30)
    desk.ended(30)
    tale.closed(desk.key, 30)
    return tale


def internal(tale: Tale) -> Tale:
    """Two desks talk."""
    desk = tale.channel("8001").started(0, exten="8002")
    other = tale.channel("8002").of(desk).started(0.1)
    other.answered(2)
    desk.answered(2)
    other.ended(9)
    desk.ended(9)
    tale.closed(desk.key, 9)
    return tale


def practice(tale: Tale) -> Tale:
    """A drill call."""
    return answered_call(tale, trunk=PRACTICE_LINE, number="10010")


def unmanned(tale: Tale) -> Tale:
    """Somebody answers at a desk where nobody is signed in."""
    return answered_call(tale, seat="8003", number="13900000009")


def backup(tale: Tale) -> Tale:
    """After a while a mobile telephone outside rings too, through the PBX's own channels, and takes it."""
    caller = tale.channel("trunk-1").started(0, number="13900000010", exten="3110110")
    desk = tale.channel("8001").of(caller).started(0.1)
    late = tale.channel("x").of(caller)
    late.name = "Local/s@dutyline-late-00000001;1"
    late.started(20)
    mobile = tale.channel("trunk-1").of(caller).started(20.1, number="13600000000")
    mobile.answered(30)
    late.answered(30)
    desk.ended(30.1, cause=26)
    caller.answered(30.1)
    mobile.ended(45)
    late.ended(45)
    caller.ended(45)
    tale.closed(caller.key, 45)
    return tale


TALES: dict[str, Callable[[Tale], Tale]] = {
    tale.__name__: tale
    for tale in (
        answered_call,
        missed,
        abandoned,
        message,
        parallel,
        hold,
        blind,
        attended,
        outgoing,
        internal,
        practice,
        unmanned,
        backup,
    )
}
