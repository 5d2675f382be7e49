"""Calls that nobody takes, hidden numbers and hostile names: each is one call in the log, as it was."""

import time
from collections.abc import Iterator

import pytest
from pbx import start_pbx
from raw_invite import invite
from watch import Watch, share

from models.rules.calls import CallState, EventKind
from models.tables.recordings import RecordingState

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]
CALLER = 1500
LINE = "07593181234"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """A room where the spoken message comes after four seconds."""
    found = Watch(start_pbx(tmp_path_factory.mktemp("unanswered"), escalate_after=2, message_after=4))
    found.start()
    found.officer("王海", "6001")
    yield found
    found.stop()
    found.pbx.instance.stop()
    found.record.close()


@pytest.fixture
def watch(room: Watch) -> Iterator[Watch]:
    yield room
    room.pbx.hang_up()


def test_missed(watch: Watch) -> None:
    one, caller = watch.pbx.seat("6001"), watch.pbx.carrier("13800000021", 0)
    caller.call(watch.pbx.uri(LINE))
    one.wait("incoming")
    one.ended()
    caller.ended(90)
    found = watch.only_call("13800000021")
    assert found.call.state is CallState.MISSED
    assert not found.call.message_left
    assert watch.entry(found).row.owner_id is None


def test_message_left(watch: Watch) -> None:
    one, caller = watch.pbx.seat("6001"), watch.pbx.carrier("13800000022", CALLER)
    caller.call(watch.pbx.uri(LINE))
    one.wait("incoming")
    one.ended()
    caller.connected()
    time.sleep(5)
    caller.do("hangup")
    found = watch.only_call("13800000022")
    assert found.call.state is CallState.MISSED
    assert found.call.message_left
    assert EventKind.MESSAGE in [event.kind for event in found.events]
    left, _ = watch.audio(found.call.id)
    assert share(left, CALLER) > 0.6, "what he said is in the recording"
    assert found.call.officer_id is None


def test_hidden_number(watch: Watch) -> None:
    before = {detail.call.id for detail in watch.calls()}
    invite(watch.pbx.block, LINE, b'"Anonymous"', b"anonymous")
    new = watch.wait(
        lambda: [one for one in watch.calls() if one.call.id not in before and one.call.state.over], "the hidden call"
    )
    assert len(new) == 1
    assert (new[0].call.number, new[0].call.state) == ("", CallState.ABANDONED)


@pytest.mark.parametrize(
    ("number", "display", "name"),
    [
        ("13800000031", '"市应急局值班"'.encode("gbk"), "市应急局值班"),
        ("13800000032", b'"he said \\"hi\\""', 'he said "hi"'),
        ("13800000033", b'"[/markup] [@click=app.quit]x[/]"', "[/markup] [@click=app.quit]x[/]"),
        ("13800000034", b'"one\rtwo' + "\u2028three\u0085four".encode() + b'"', "one two three four"),
        ("13800000035", b'"a,b;c)^d=${EPOCH}"', "a,b;c)^d=${EPOCH}"),
    ],
    ids=["gbk", "quotes", "markup", "line-breaks", "dialplan"],
)
def test_hostile_names(watch: Watch, number: str, display: bytes, name: str) -> None:
    """A line feed never gets here: the SIP stack refuses such a header. Every other break of a line does."""
    invite(watch.pbx.block, LINE, display, number.encode())
    found = watch.only_call(number)
    assert found.call.caller_name == name
    assert watch.entry(found).row.source == name
    assert {one.state for one in watch.entry(found).recordings} <= {RecordingState.EMPTY, RecordingState.SEALED}
