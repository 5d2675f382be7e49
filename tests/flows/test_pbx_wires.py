"""AGI, manager and event log of a real Asterisk with real callers: each alone tells the same call."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
from pbx import Pbx, pbx, running_pbx  # noqa: F401
from pydantic import SecretStr
from raw_invite import invite

from telephony.agi import AgiServer
from telephony.ami import AmiLink, LinkState
from telephony.ami_requests import PbxRefused, PbxUnreachable
from telephony.cel import CelFollower, Position
from telephony.channels import endpoint
from telephony.epoch import moment
from telephony.facts import (
    BridgeEntered,
    CallEnded,
    CallerNamed,
    ChannelAnswered,
    ChannelEnded,
    ChannelFact,
    ChannelStarted,
    Fact,
    Held,
    LineState,
    LineStatus,
    RecordingStarted,
    Resumed,
    Source,
    TransferKind,
    Transferred,
)

pytestmark = pytest.mark.asterisk
LINE = "07593181234"


class Wires:
    """All three wires on one Asterisk, each with what it told."""

    def __init__(self, pbx: Pbx) -> None:  # noqa: F811
        self.pbx = pbx
        settings = pbx.settings.pbx.model_copy(update={"ami_secret": SecretStr(pbx.instance.secrets.ami)})
        self.agi_facts: list[Fact] = []
        self.ami_facts: list[Fact] = []
        self.cel_facts: list[Fact] = []
        self.lines: list[LineState] = []
        self.agi = AgiServer(settings, self.agi_facts.append)
        self.ami = AmiLink(settings, self.ami_facts.append, on_line=self.lines.append)
        self.follower = CelFollower(pbx.instance.layout.cel)
        self.position = Position()
        self.read()
        self.cel_facts.clear()

    def __enter__(self) -> "Wires":
        self.agi.start()
        self.ami.start()
        self.pbx.wait(lambda: self.ami.state is LinkState.ONLINE, "the manager link")
        return self

    def __exit__(self, *_: object) -> None:
        self.ami.stop()
        self.agi.stop()
        self.follower.close()

    def read(self) -> None:
        """Read the event log to its end."""
        before = None
        while before != self.position:
            before = self.position
            batch = self.follower.read(self.position)
            assert batch.problems == ()
            self.position = batch.next_position
            self.cel_facts += batch.facts

    def over(self) -> str:
        """Wait until all three have told the end of the first call; its id."""
        call = self.call

        def ended(facts: list[Fact]) -> bool:
            self.read()
            return any(isinstance(fact, CallEnded) and fact.call == call for fact in facts)

        for facts in (self.cel_facts, self.ami_facts, self.agi_facts):
            self.pbx.wait(lambda told=facts: ended(told), "the end of the call")  # type: ignore[misc]
        return call

    @property
    def call(self) -> str:
        """The first call that was heard of."""
        self.pbx.wait(lambda: any(isinstance(fact, ChannelStarted) for fact in self.ami_facts), "a call")
        return next(fact.call for fact in self.ami_facts if isinstance(fact, ChannelStarted))


@pytest.fixture
def wires(pbx: Pbx) -> Iterator[Wires]:  # noqa: F811
    with Wires(pbx) as wires:
        yield wires


def essence(fact: Fact) -> tuple[object, ...]:
    """Everything but who told it and when, and what only the event log knows."""
    names = (name for kind in type(fact).__mro__ for name in getattr(kind, "__slots__", ()))
    told = sorted((name, getattr(fact, name)) for name in names if name not in {"at", "source", "dialstatus", "stem"})
    return (type(fact).__name__, *told)


def same(manager: list[Fact], log: list[Fact]) -> None:
    """The manager and the event log tell the same, at the same time."""
    skipped = (Held, Resumed, RecordingStarted, CallerNamed)
    ours = sorted((essence(fact), fact.at) for fact in manager if not isinstance(fact, skipped))
    theirs = sorted((essence(fact), fact.at) for fact in log if not isinstance(fact, skipped))
    assert [what for what, _ in ours] == [what for what, _ in theirs]
    for (what, at), (_, other) in zip(ours, theirs, strict=True):
        assert abs(at - other) < timedelta(milliseconds=250), what


Kind = TypeVar("Kind", bound=Fact)


def only(facts: list[Fact], kind: type[Kind]) -> list[Kind]:
    return [fact for fact in facts if isinstance(fact, kind)]


def of(facts: list[Fact], call: str) -> list[Fact]:
    return [fact for fact in facts if fact.call == call]


def test_an_answered_call_is_told_alike_by_each(wires: Wires) -> None:
    pbx = wires.pbx  # noqa: F811
    one, two, caller = pbx.seat("6001"), pbx.seat("6002"), pbx.carrier("13800001234")
    caller.call(pbx.uri(LINE))
    one.wait("incoming")
    two.wait("incoming")
    two.do("answer")
    caller.connected()
    two.do("hold")
    pbx.wait(lambda: bool(only(wires.ami_facts, Held)), "the hold")
    two.do("resume")
    pbx.wait(lambda: bool(only(wires.ami_facts, Resumed)), "the return")
    caller.do("hangup")
    call = wires.over()
    same(of(wires.ami_facts, call), of(wires.cel_facts, call))

    for told in (wires.ami_facts, wires.cel_facts):
        first = only(told, ChannelStarted)[0]
        assert (first.call, first.channel, first.number, first.exten) == (call, call, "13800001234", LINE)
        assert endpoint(first.name) == "trunk-1"
        (answerer,) = {fact.channel for fact in only(told, BridgeEntered)} - {call}
        (leg,) = [fact for fact in only(told, ChannelStarted) if fact.channel == answerer]
        assert endpoint(leg.name) == endpoint_of_seat(pbx, "6002")
    (held,), (resumed,) = only(wires.ami_facts, Held), only(wires.ami_facts, Resumed)
    assert held.channel == resumed.channel == answerer and held.at < resumed.at
    assert {fact.stem for fact in only(wires.cel_facts, RecordingStarted)} == {f"{pbx.instance.layout.spool}/{call}"}
    assert {fact.channel for fact in only(wires.ami_facts, RecordingStarted)} == {call}

    rang, answered, ended, over = wires.agi_facts
    assert isinstance(rang, ChannelStarted) and isinstance(answered, ChannelAnswered)
    assert isinstance(ended, ChannelEnded) and isinstance(over, CallEnded)
    by_log = {type(fact): fact for fact in reversed(of(wires.cel_facts, call)) if getattr(fact, "channel", "") == call}
    for fact in (rang, answered, ended):
        twin = by_log[type(fact)]
        assert fact.channel == call and fact.source is Source.AGI and isinstance(twin, ChannelFact)
        assert abs(fact.at - twin.at) < timedelta(seconds=2), "told live, by our clock"
    assert (rang.number, rang.name) == (first.number, first.name if told is wires.cel_facts else "")
    assert (ended.dialstatus, ended.cause) == ("ANSWER", 16)


def endpoint_of_seat(pbx: Pbx, number: str) -> str:  # noqa: F811
    return next(seat.endpoint or seat.number for seat in pbx.settings.seats if seat.number == number)


def test_transfers_are_told_alike(wires: Wires) -> None:
    pbx = wires.pbx  # noqa: F811
    one, two, caller = pbx.seat("6001"), pbx.seat("6002"), pbx.carrier()
    caller.call(pbx.uri(LINE))
    two.wait("incoming")
    one.wait("incoming")
    one.do("answer", call=0)
    caller.connected()
    one.do("hold", call=0)
    one.call(pbx.uri("6002"))
    two.wait("incoming")
    two.do("answer")
    two.connected()
    one.do("attended", call=0, **{"with": 1})
    one.ended()
    two.do("transfer", to=pbx.uri("6001"))
    one.wait("incoming")
    one.do("answer")
    one.connected()
    caller.do("hangup")
    call = wires.over()
    same(wires.ami_facts, wires.cel_facts)
    attended, blind = only(wires.cel_facts, Transferred)
    assert (attended.kind, attended.call) == (TransferKind.ATTENDED, call)
    assert (blind.kind, blind.target, blind.call) == (TransferKind.BLIND, "6001", call)
    joined = next(fact.call for fact in only(wires.cel_facts, ChannelStarted) if fact.channel == attended.other)
    assert joined != call
    assert sorted(fact.call for fact in only(wires.ami_facts, CallEnded)) == sorted([call, joined])


def test_an_abandoned_call(wires: Wires) -> None:
    pbx = wires.pbx  # noqa: F811
    one, caller = pbx.seat("6001"), pbx.carrier()
    caller.call(pbx.uri(LINE))
    one.wait("incoming")
    caller.do("hangup")
    call = wires.over()
    same(of(wires.ami_facts, call), of(wires.cel_facts, call))
    assert not [fact for fact in of(wires.cel_facts, call) if isinstance(fact, BridgeEntered)]
    assert [type(fact) for fact in wires.agi_facts] == [ChannelStarted, ChannelEnded, CallEnded]
    assert only(wires.agi_facts, ChannelEnded)[0].dialstatus == "CANCEL"


@pytest.mark.parametrize(
    ("display", "name"),
    [
        ('"市应急局 [/red]"'.encode("gbk"), "市应急局 [/red]"),
        ('"值班室"'.encode(), "值班室"),
        (b'"he said \\"hi\\", a\\\\b"', 'he said "hi", a\\b'),
        (b'"a,b;c)^d=${EPOCH}"', "a,b;c)^d=${EPOCH}"),
        (b'"))}]((${{"', "))}]((${{"),
        (b'"tab\there \x01\x7f"', "tab here"),
        (b'"' + b"x" * 1500 + b'"', "x" * 209),
        (b"", ""),
    ],
    ids=["gbk", "utf8", "quotes", "dialplan", "brackets", "controls", "long", "none"],
)
def test_a_name_comes_whole_whatever_its_bytes(wires: Wires, display: bytes, name: str) -> None:
    invite(wires.pbx.block, LINE, display, b"13800001234")
    call = wires.over()
    for told in (wires.agi_facts, wires.cel_facts):
        assert [fact.caller_name for fact in only(of(told, call), CallerNamed)] == ([name] if name else [])
        assert only(of(told, call), CallEnded)
    if b"[/red]" not in display:
        assert only(wires.ami_facts, ChannelStarted)[0].caller_name == name[:79], "what Asterisk keeps"
        assert only(wires.cel_facts, ChannelStarted)[0].caller_name == name[:79]


@pytest.mark.parametrize("number", [b"anonymous", b"Anonymous"])
def test_a_hidden_number_is_empty_for_all(wires: Wires, number: bytes) -> None:
    invite(wires.pbx.block, LINE, b"", number)
    wires.over()
    for told in (wires.agi_facts, wires.ami_facts, wires.cel_facts):
        assert only(told, ChannelStarted)[0].number == ""


def state(wires: Wires, name: str) -> LineStatus:
    return next(one.state for one in wires.ami.endpoints() if one.name == name)


class TestRequests:
    def test_the_database(self, wires: Wires) -> None:
        ami = wires.ami
        ami.db_put("dutyline", "ring", "PJSIP/6001&PJSIP/6002")
        ami.db_put("dutyline-name", "07591234", '值班 "室", a=b:c')
        assert ami.db_get("dutyline", "ring") == "PJSIP/6001&PJSIP/6002"
        assert ami.db_get("dutyline-name", "07591234") == '值班 "室", a=b:c'
        assert ami.db_tree("dutyline") == {"ring": "PJSIP/6001&PJSIP/6002"}
        ami.db_del("dutyline", "ring")
        ami.db_del("dutyline", "ring")
        assert ami.db_get("dutyline", "ring") is None
        assert ami.db_tree("dutyline") == {}

    def test_states_of_the_lines(self, wires: Wires) -> None:
        pbx = wires.pbx  # noqa: F811
        name = endpoint_of_seat(pbx, "6001")
        seat = pbx.seat("6001")
        pbx.wait(lambda: state(wires, name) is LineStatus.IDLE, "the phone to be seen")
        assert next(one for one in wires.ami.endpoints() if one.name == name).contacts
        caller = pbx.carrier()
        caller.call(pbx.uri(LINE))
        seat.wait("incoming")
        seat.do("answer")
        caller.connected()

        def told() -> set[LineStatus]:
            return {line.state for line in wires.lines if line.name == name}

        wanted = {LineStatus.IDLE, LineStatus.RINGING, LineStatus.BUSY}
        pbx.wait(lambda: wanted <= told(), "the seat to ring and talk")
        assert wires.call in wires.ami.living().channels

    def test_dialling_for_a_seat(self, wires: Wires) -> None:
        pbx = wires.pbx  # noqa: F811
        one, far = pbx.seat("6001"), pbx.carrier("13711112222", port=5060)
        pbx.wait(lambda: state(wires, "trunk-1") is LineStatus.IDLE, "the trunk", 60)
        where = f"PJSIP/{endpoint_of_seat(pbx, '6001')}"
        wires.ami.originate(
            where, "13711112222", context="dutyline-dial", caller_id='"点拨" <8899>', channel_id="our-1"
        )
        one.wait("incoming")
        one.do("answer")
        far.wait("incoming")
        far.do("answer")
        one.connected()
        assert wires.call == "our-1"
        name = next(fact.name for fact in only(wires.ami_facts, ChannelStarted))
        wires.ami.hangup(name)
        far.ended()
        with pytest.raises(PbxRefused, match="No such channel"):
            wires.ami.hangup(name)

    def test_the_start_of_asterisk(self, wires: Wires) -> None:
        line = wires.pbx.instance.cli("core show uptime seconds").splitlines()[0]
        uptime = timedelta(seconds=int(line.rpartition(":")[2]))
        here = wires.ami.living().started_at
        status = wires.ami._ask(lambda manager: manager.ping())
        assert abs((moment(status.get_header("Timestamp")) - here) - uptime) < timedelta(seconds=5)


def test_a_wrong_secret_is_refused_and_said(pbx: Pbx, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811
    settings = pbx.settings.pbx.model_copy(update={"ami_secret": SecretStr("wrong")})
    link = AmiLink(settings, lambda fact: None)
    link.start()
    pbx.wait(lambda: link.state is LinkState.REFUSED, "the refusal")
    with pytest.raises(PbxUnreachable, match=r"check pbx\.ami_user and pbx\.ami_secret"):
        link.endpoints()
    link.stop()
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_a_stalled_agi_server_holds_up_nobody(pbx: Pbx) -> None:  # noqa: F811
    """Something that accepts and never answers sits on the AGI port; ours is not there at all."""
    address = (pbx.settings.pbx.agi_host, pbx.settings.pbx.agi_port)
    with socket.create_server(address) as stalled:
        seat, caller = pbx.seat("6001"), pbx.carrier()
        mark = pbx.mark()
        caller.call(pbx.uri(LINE))
        seat.wait("incoming")
        seat.do("answer")
        caller.connected()
        caller.do("hangup")
        seat.ended()
        start = float(pbx.row(mark, eventtype="CHAN_START", cid_num="13800001234")["eventtime"])
        rang = next(float(row["eventtime"]) for row in pbx.rows_since(mark) if row["channame"].startswith("PJSIP/6001"))
        assert rang - start < 1
        stalled.settimeout(30)
        stalled.accept()[0].close()
