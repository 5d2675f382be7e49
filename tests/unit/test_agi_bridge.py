"""The AGI port: what Asterisk asks becomes facts; whatever else comes is one line in the log and the service lives."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from loopback import dial, drained, own_address, until

from models.settings import Pbx
from telephony.agi import AgiServer
from telephony.errors import TelephonyError
from telephony.facts import CallEnded, CallerNamed, ChannelAnswered, ChannelEnded, ChannelStarted, Fact, Source

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Room:
    """A bridge on an address of its own, with what it submitted."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.fails = False
        self.host = own_address()
        pbx = Pbx.model_construct(agi_host=self.host, agi_port=0, agi_peers=(f"{self.host}/32",))
        self.bridge = AgiServer(pbx, self.submit, idle=2.0, total=4.0, most=8, now=lambda: NOW)

    def submit(self, fact: Fact) -> None:
        if self.fails:
            raise RuntimeError("the database is locked")
        self.facts.append(fact)

    def call(self, path: str, *args: str | bytes, reply: bytes = b"200 result=1\n") -> bytes:
        """Speak as Asterisk does: environment, blank line, answer to one command; what the bridge said."""
        lines = [
            b"agi_network: yes",
            f"agi_network_script: {path}".encode(),
            f"agi_request: agi://{self.host}/{path}".encode(),
            b"agi_channel: Local/start@dutyline-agi-00000000;2",
            b"agi_callerid: unknown",
        ]
        for number, arg in enumerate(args, 1):
            lines.append(f"agi_arg_{number}: ".encode() + (arg if isinstance(arg, bytes) else arg.encode()))
        with dial(self.bridge.address, self.host) as sock:
            sock.sendall(b"\n".join(lines) + b"\n\n")
            said = sock.recv(4096)
            sock.sendall(reply)
            return said + drained(sock)

    def works(self) -> bool:
        """A proper call gets through."""
        before = len(self.facts)
        self.call("incoming", "duty-1.0", "PJSIP/trunk-00000000", "trunk", "13800001234")
        return len(self.facts) == before + 1


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    room.bridge.start()
    yield room
    room.bridge.stop()


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_ringing_call_is_a_started_channel(room: Room) -> None:
    said = room.call("incoming", "duty-1795.0", "PJSIP/trunk-00000007", "trunk", "13800001234")
    assert said == b'VERBOSE "dutyline: incoming noted" 3\n'
    assert room.facts == [
        ChannelStarted(
            call="duty-1795.0",
            at=NOW,
            source=Source.AGI,
            channel="duty-1795.0",
            name="PJSIP/trunk-00000007",
            number="13800001234",
        )
    ]


def test_the_from_header_brings_a_gbk_name(room: Room) -> None:
    room.call("incoming", "d-1.0", "PJSIP/t-1", "t", "1", "Ita1sODK0iAnWy9yZWRdJyDVxcj9IiA8c2lwOjFAaD4=")
    started, named = room.facts
    assert isinstance(started, ChannelStarted)
    assert isinstance(named, CallerNamed)
    assert started.caller_name == named.caller_name == "值班室 '[/red]' 张三"


def test_an_answered_call_that_ended(room: Room) -> None:
    room.call("ended", "d-1.0", "ANSWER", "61500", "16", "d-1.0", "PJSIP/t-1")
    assert room.facts == [
        ChannelAnswered(
            call="d-1.0", at=NOW - timedelta(seconds=61.5), source=Source.AGI, channel="d-1.0", name="PJSIP/t-1"
        ),
        ChannelEnded(
            call="d-1.0", at=NOW, source=Source.AGI, channel="d-1.0", name="PJSIP/t-1", cause=16, dialstatus="ANSWER"
        ),
        CallEnded(call="d-1.0", at=NOW, source=Source.AGI),
    ]


def test_an_unanswered_call_that_ended(room: Room) -> None:
    room.call("ended", "d-1.0", "CANCEL", "", "127")
    assert [type(fact) for fact in room.facts] == [ChannelEnded, CallEnded]


@pytest.mark.parametrize(
    ("path", "args"),
    [
        ("incoming", ()),
        ("incoming", ("a\tb",)),
        ("incoming", ("'; DROP TABLE calls",)),
        ("incoming", (b"\xff\xfe",)),
        ("ended", ("x" * 200,)),
        ("nothing", ("d-1.0",)),
        ("../../etc/passwd", ("d-1.0",)),
    ],
)
def test_nonsense_in_the_form_of_a_request_is_one_line(
    room: Room, caplog: pytest.LogCaptureFixture, path: str, args: tuple[str | bytes, ...]
) -> None:
    with dial(room.bridge.address, room.host) as sock:
        env = f"agi_network_script: {path}\nagi_request: agi://x/{path}\n".encode()
        for number, arg in enumerate(args, 1):
            env += f"agi_arg_{number}: ".encode() + (arg if isinstance(arg, bytes) else arg.encode()) + b"\n"
        sock.sendall(env + b"\n")
        assert drained(sock) == b""
    assert room.facts == []
    assert len(warnings_of(caplog)) == 1
    assert room.works()


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"agi_request: half a li",
        b"\x00\xff" * 500 + b"\n\n",
        b"HANGUP\n",
        b"x" * 1_000_000,
        b"x" * 1_000_000 + b"\n\n",
        b"a: b\n" * 200_000,
        b"agi_request" * 3 + b"\n\n",
    ],
    ids=["empty", "blank", "http", "half", "binary", "hangup", "megabyte", "megabyte-line", "many-lines", "no-colon"],
)
def test_garbage_is_one_line_and_the_service_lives(
    room: Room, caplog: pytest.LogCaptureFixture, rubbish: bytes
) -> None:
    with dial(room.bridge.address, room.host) as sock:
        try:
            sock.sendall(rubbish)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            assert len(rubbish) > 500_000  # it hung up on us in the middle
        drained(sock)
    until(lambda: warnings_of(caplog))
    assert room.works()
    assert len(warnings_of(caplog)) == 1


@pytest.mark.parametrize("reply", [b"", b"garbage\n", b"510 Invalid\n", b"HANGUP\n", b"511 dead channel\n", b"\n"])
def test_a_bad_answer_to_our_command_loses_nothing(room: Room, caplog: pytest.LogCaptureFixture, reply: bytes) -> None:
    with dial(room.bridge.address, room.host) as sock:
        sock.sendall(b"agi_network_script: ended\nagi_request: agi://x/ended\nagi_arg_1: d-1.0\n\n")
        assert sock.recv(4096).startswith(b"VERBOSE")
        if reply:
            sock.sendall(reply)
        sock.shutdown(socket.SHUT_WR)
        drained(sock)
    until(lambda: len(warnings_of(caplog)) == 1)
    assert len(room.facts) == 2
    assert room.works()


def test_two_hundred_that_connect_and_leave(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(200):
        dial(room.bridge.address, room.host).close()
    until(lambda: len(warnings_of(caplog)) == 200)
    assert room.works()
    assert len(warnings_of(caplog)) == 200


def test_a_silent_peer_is_given_up_after_the_idle_time(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    with dial(room.bridge.address, room.host) as sock:
        assert drained(sock) == b""
    assert "timed out" in warnings_of(caplog)[0]


def test_a_peer_that_drips_is_given_up_after_the_total_time(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    with dial(room.bridge.address, room.host) as sock:
        stop = threading.Event()

        def drip() -> None:
            try:
                while not stop.wait(0.3):
                    sock.sendall(b"a: b\n")
            except OSError:
                return

        thread = threading.Thread(target=drip)
        thread.start()
        drained(sock)
        stop.set()
        thread.join()
    until(lambda: warnings_of(caplog))
    assert room.works()


def test_more_than_the_most_at_once_are_turned_away(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    held = [dial(room.bridge.address, room.host) for _ in range(8)]
    with dial(room.bridge.address, room.host) as ninth:
        assert drained(ninth) == b""
    assert "8 are open already" in warnings_of(caplog)[0]
    for sock in held:
        sock.close()
    until(lambda: len(warnings_of(caplog)) == 9)
    assert room.works()


def test_only_configured_peers_are_answered(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    stranger = own_address()
    with dial(room.bridge.address, stranger) as sock:
        assert drained(sock) == b""
    assert warnings_of(caplog) == [f"AGI connection from {stranger} refused: not among pbx.agi_peers"]
    assert room.works()


def test_what_capture_cannot_record_is_one_line_and_said_to_asterisk(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.fails = True
    assert b"NOT noted" in room.call("incoming", "d-1.0", "PJSIP/t-1", "t", "1")
    assert warnings_of(caplog) == ["AGI fact ChannelStarted of call d-1.0 not recorded: the database is locked"]
    room.fails = False
    assert room.works()


def test_stop_does_not_wait_for_a_peer_that_neither_reads_nor_ends() -> None:
    room = Room()
    room.bridge.start()
    with dial(room.bridge.address, room.host) as sock:
        sock.sendall(b"agi_network: yes\n")
        room.bridge.stop()
        assert drained(sock) == b""
    room.bridge.stop()
    with pytest.raises(TelephonyError):
        _ = room.bridge.address


def test_a_taken_port_is_said_in_one_sentence(room: Room) -> None:
    host, port = room.bridge.address
    with pytest.raises(TelephonyError, match=rf"cannot listen on {host}:{port} .*pbx\.agi_port"):
        AgiServer(Pbx(agi_host=host, agi_port=port), room.submit).start()


def test_a_wrong_peer_network_is_said_with_its_key(room: Room) -> None:
    with pytest.raises(TelephonyError, match=r"pbx\.agi_peers: .*'office'"):
        AgiServer(Pbx(agi_host=room.host, agi_peers=("office",)), room.submit).start()
