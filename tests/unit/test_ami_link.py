"""The manager link against managers that stall, lie, flood and vanish; with a real Asterisk it is in flows."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fake_manager import BANNER, SECRET, Action, FakeManager
from loopback import until
from pydantic import SecretStr

from models.settings import Pbx
from telephony.ami import AmiLink, LinkState
from telephony.ami_requests import PbxRefused, PbxUnreachable
from telephony.facts import ChannelAnswered, Fact, LineState, LineStatus

UP = (
    b"Event: Newstate\r\nTimestamp: 1795465714.402158\r\nChannel: PJSIP/6001-00000001\r\nChannelState: 6\r\n"
    b"Uniqueid: d-1.1\r\nLinkedid: d-1.0\r\n\r\n"
)


class Office:
    """A link to a manager, with all that it told."""

    def __init__(self, manager: FakeManager) -> None:
        self.manager = manager
        self.facts: list[Fact] = []
        self.take: Callable[[Fact], None] = self.facts.append
        self.lines: list[LineState] = []
        self.states: list[tuple[LinkState, str]] = []
        host, port = manager.address
        self.link = AmiLink(
            Pbx(ami_host=host, ami_port=port, ami_secret=SecretStr(SECRET)),
            self._take,
            lambda state, reason: self.states.append((state, reason)),
            self.lines.append,
            patience=1.0,
            ping_every=0.3,
            pauses=(0.05, 0.2),
        )

    def _take(self, fact: Fact) -> None:
        self.take(fact)

    def online(self) -> "Office":
        self.link.start()
        until(lambda: self.link.state is LinkState.ONLINE, what="the link to come up")
        return self

    def hears(self) -> bool:
        """Whether an event that is sent now arrives."""
        before = len(self.facts)
        self.manager.say(UP)
        until(lambda: len(self.facts) > before, what="an event")
        return isinstance(self.facts[-1], ChannelAnswered)


@pytest.fixture
def manager() -> Iterator[FakeManager]:
    with FakeManager() as fake:
        yield fake


@pytest.fixture
def office(manager: FakeManager) -> Iterator[Office]:
    office = Office(manager)
    yield office
    office.link.stop()


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_events_become_facts_and_states_are_told_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    office.online()
    assert office.hears()
    office.link.stop()
    assert [state for state, _ in office.states] == [LinkState.CONNECTING, LinkState.ONLINE, LinkState.STOPPED]
    assert len(caplog.records) == 3


def test_the_secret_is_in_no_log_and_no_state(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    office.manager.secret = "something else"
    office.link.start()
    until(lambda: office.link.state is LinkState.REFUSED)
    assert SECRET not in caplog.text + str(office.states)
    (line,) = warnings_of(caplog)
    assert "refused (check pbx.ami_user and pbx.ami_secret against manager.conf)" in line


def test_a_wrong_secret_is_one_line_and_heals_when_it_is_mended(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.manager.secret = "something else"
    office.link.start()
    until(lambda: office.manager.connections > 3)
    assert len(warnings_of(caplog)) == 1
    office.manager.secret = SECRET
    until(lambda: office.link.state is LinkState.ONLINE)
    assert office.hears()


def test_a_connection_that_ends_is_taken_up_again(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.online()
    office.manager.drop()
    until(lambda: (LinkState.LOST, "Asterisk closed the connection") in office.states)
    until(lambda: office.link.state is LinkState.ONLINE)
    assert office.hears()
    assert len(warnings_of(caplog)) == 1


@pytest.mark.parametrize(
    "greeting",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"Asterisk Call Mana",
        b"\x00\xff" * 4000,
        b"x" * 1_000_000,
        b"Asterisk Call Manager/" + b"9" * 1_000_000,
    ],
    ids=["nothing", "ssh", "http", "half", "binary", "megabyte", "long-version"],
)
def test_what_is_no_manager_is_one_line(greeting: bytes, caplog: pytest.LogCaptureFixture) -> None:
    def behave(sock: socket.socket) -> None:
        sock.sendall(greeting)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(5)
        sock.recv(1)

    with FakeManager(behave) as manager:
        office = Office(manager)
        office.link.start()
        until(lambda: manager.connections > 2)
        office.link.stop()
    assert len(warnings_of(caplog)) == 1
    assert LinkState.ONLINE not in dict(office.states)


def test_a_manager_that_says_nothing_is_given_up_in_time(caplog: pytest.LogCaptureFixture) -> None:
    end = threading.Event()
    with FakeManager(lambda sock: end.wait(60) and None) as manager:
        office = Office(manager)
        office.link.start()
        until(lambda: office.link.state is LinkState.LOST)
        end.set()
        office.link.stop()
    assert "no manager answers there" in warnings_of(caplog)[0]


@pytest.mark.parametrize(
    "rubbish",
    [
        b"no header at all\r\n\r\n",
        b"x" * 2_000_000,
        b"Event: Newstate\r\n" + b"A: b\r\n" * 400_000,
        b"Response: Success\r\nActionID: nobody\r\n\r\n" * 200,
        b"\x00\x01\x02\r\n\r\n",
    ],
    ids=["no-header", "megabytes", "endless-event", "unasked-replies", "binary"],
)
def test_rubbish_on_a_standing_link_is_one_line_and_a_fresh_start(
    office: Office, caplog: pytest.LogCaptureFixture, rubbish: bytes
) -> None:
    office.online()
    office.manager.say(rubbish)
    until(lambda: office.manager.connections == 2)
    until(lambda: office.link.state is LinkState.ONLINE)
    assert office.hears()
    assert len(warnings_of(caplog)) == 1


@pytest.mark.parametrize(
    "event",
    [
        b"Event: Newstate\r\nChannel: x\r\n\r\n",
        b"Event: Hangup\r\nTimestamp: yesterday\r\nChannel: x\r\nUniqueid: 1\r\nLinkedid: 1\r\n\r\n",
        b"Event: Hangup\r\nChannel: x\r\nUniqueid: 1\r\nLinkedid: 1\r\nCause: none\r\n\r\n",
        b"Event: DeviceStateChange\r\n\r\n",
        b"Event: BridgeEnter\r\nBridgeUniqueid: \xff\xfe\r\n\r\n",
    ],
)
def test_a_broken_event_is_one_line_and_the_link_stands(
    office: Office, caplog: pytest.LogCaptureFixture, event: bytes
) -> None:
    office.online()
    office.manager.say(event)
    assert office.hears()
    assert len(warnings_of(caplog)) == 1
    assert office.manager.connections == 1


@pytest.mark.parametrize(
    "event",
    [
        b"Event: Newexten\r\nAppData: Channel status will follow\r\n\r\n",
        b"Event: Newchannel\r\nChannel: Local/start@dutyline-agi-0000002a;1\r\n\r\n",
        b"Event: Newchannel\r\nChannel: P\r\nUniqueid: 9\r\nLinkedid: 9\r\nCallerIDName: status will follow\r\n\r\n",
        b"Event: Hold\r\nChannel: x\r\nUniqueid: 1\r\nLinkedid: 1\r\nChanVariable(x): a=b\r\nChanVariable: c\r\n\r\n",
        b"\r\n\r\n\r\n",
    ],
    ids=["other-event", "our-channel", "name-that-silenced-pyst2", "chanvariable", "blank"],
)
def test_what_silenced_pyst2_does_not_silence_us(
    office: Office, caplog: pytest.LogCaptureFixture, event: bytes
) -> None:
    office.online()
    office.manager.say(event)
    assert office.hears()
    assert warnings_of(caplog) == []


def test_half_an_event_waits_for_its_other_half(office: Office) -> None:
    office.online()
    for byte in UP:
        office.manager.say(bytes([byte]))
    until(lambda: office.facts)
    assert len(office.facts) == 1


def test_a_stalled_manager_is_noticed_by_the_ping(office: Office) -> None:
    office.online()
    office.manager.replies["Ping"] = lambda _: None
    until(lambda: (LinkState.LOST, "Asterisk does not answer") in office.states)


def test_a_request_to_a_stalled_manager_fails_in_time(office: Office) -> None:
    office.online()
    office.manager.replies["DBPut"] = lambda _: None
    begun = time.monotonic()
    with pytest.raises(PbxUnreachable, match="does not answer"):
        office.link.db_put("dutyline", "ring", "PJSIP/6001")
    assert time.monotonic() - begun < 15


def test_a_list_that_does_not_end_fails_in_time(office: Office) -> None:
    office.online()
    office.manager.replies["PJSIPShowEndpoints"] = lambda action: (
        f"Response: Success\r\nActionID: {action['ActionID']}\r\n\r\n"
        f"Event: EndpointList\r\nActionID: {action['ActionID']}\r\nObjectName: 6001\r\n\r\n"
    ).encode()
    with pytest.raises(PbxUnreachable, match="did not end it"):
        office.link.endpoints()


def test_a_reply_to_another_question_is_not_taken_for_ours(office: Office) -> None:
    office.online()
    office.manager.replies["DBDel"] = lambda _: b"Response: Success\r\nActionID: other\r\n\r\n"
    with pytest.raises(PbxUnreachable, match="not asked"):
        office.link.db_del("dutyline", "ring")


def test_threads_get_their_own_replies(office: Office) -> None:
    office.online()

    def value(action: Action) -> bytes:
        tail = f"ActionID: {action['ActionID']}\r\n\r\n"
        listed = f"Event: DBGetResponse\r\nVal: {action['Key']}\r\n{tail}Event: DBGetComplete\r\n{tail}"
        return f"Response: Success\r\n{tail}{listed}".encode()

    office.manager.replies["DBGet"] = value
    wrong: list[str] = []

    def ask(name: str) -> None:
        for number in range(100):
            key = f"{name}-{number}"
            found = office.link.db_get("family", key)
            if found != key:
                wrong.append(f"{key}: {found}")

    threads = [threading.Thread(target=ask, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("value", ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b"])
def test_no_value_becomes_another_header(office: Office, value: str) -> None:
    office.online()
    with pytest.raises(PbxRefused, match="line break") as caught:
        office.link.db_put("dutyline", "name", value)
    assert value not in str(caught.value)
    with pytest.raises(PbxRefused, match="line break"):
        office.link.originate("PJSIP/6001", "s", context="dutyline-dial", variables={"DL_PLAY": value})
    assert not [action for action in office.manager.actions if action["Action"] in {"DBPut", "Originate"}]
    assert office.hears()


def test_what_asterisk_would_not_read_is_refused(office: Office) -> None:
    office.online()
    with pytest.raises(PbxRefused, match="longer than"):
        office.link.db_put("dutyline", "name", "长" * 500)


def test_what_asterisk_declines_is_said_with_its_reason(office: Office) -> None:
    office.online()
    office.manager.replies["Hangup"] = lambda action: (
        f"Response: Error\r\nMessage: No such channel\r\nActionID: {action['ActionID']}\r\n\r\n".encode()
    )
    with pytest.raises(PbxRefused, match=r"declined: No such channel\."):
        office.link.hangup("PJSIP/6001-00000001")


def test_requests_without_a_link_fail_at_once_with_the_reason(manager: FakeManager) -> None:
    office = Office(manager)
    with pytest.raises(PbxUnreachable, match="is not connected"):
        office.link.db_put("dutyline", "ring", "")


def test_an_originate_carries_everything(office: Office) -> None:
    office.online()
    office.link.originate(
        "PJSIP/6001",
        "02012345",
        context="dutyline-dial",
        caller_id='"点拨" <8899>',
        timeout=20_000,
        variables={"A": "1", "DL_PLAY": "/x/y"},
        channel_id="dutyline-play-1",
    )
    (action,) = [action for action in office.manager.actions if action["Action"] == "Originate"]
    assert action["Channel"] == "PJSIP/6001" and action["Exten"] == "02012345" and action["Timeout"] == "20000"
    assert action["CallerID"] == '"点拨" <8899>' and action["ChannelId"] == "dutyline-play-1"
    assert action["Async"] == "yes" and action["Variable"] == "DL_PLAY=/x/y"


def test_a_flood_of_events_that_nobody_wants_costs_nothing(office: Office) -> None:
    office.online()
    office.manager.say(b"Event: RTCPSent\r\nChannel: x\r\n\r\n" * 100_000)
    assert office.hears()
    assert office.manager.connections == 1


def test_a_flood_that_cannot_be_recorded_in_time_ends_the_link_not_the_memory(
    manager: FakeManager, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(manager)
    release = threading.Event()

    def slow(fact: Fact) -> None:
        release.wait(60)
        office.facts.append(fact)

    office.take = slow
    office.online()
    office.manager.say(UP * 12_000)
    until(lambda: any("faster" in reason for _, reason in office.states))
    release.set()
    until(lambda: office.link.state is LinkState.ONLINE)
    office.link.stop()
    assert len(warnings_of(caplog)) == 1


def test_a_consumer_that_fails_is_one_line_and_the_link_stands(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.online()
    failed = threading.Event()

    def fails(_fact: Fact) -> None:
        office.take = office.facts.append
        failed.set()
        raise RuntimeError("the database is locked")

    office.take = fails
    office.manager.say(UP)
    assert failed.wait(20)
    assert office.hears()
    assert warnings_of(caplog) == ["ChannelAnswered from the manager not recorded: the database is locked"]


def test_stop_is_quick_whatever_the_manager_does(manager: FakeManager) -> None:
    office = Office(manager).online()
    manager.replies = {"Logoff": lambda _: None, "Ping": lambda _: None}
    begun = time.monotonic()
    office.link.stop()
    assert time.monotonic() - begun < 12
    assert office.link.state is LinkState.STOPPED


def test_nobody_listening_is_one_line_until_somebody_does(caplog: pytest.LogCaptureFixture) -> None:
    with FakeManager() as manager:
        address = manager.address
    office = Office(manager)
    office.link.start()
    until(lambda: office.link.state is LinkState.LOST)
    with pytest.raises(PbxUnreachable, match="refused"):
        office.link.endpoints()
    with FakeManager(address=address) as second:
        office.manager = second
        until(lambda: office.link.state is LinkState.ONLINE)
        assert office.hears()
        office.link.stop()
    assert len(warnings_of(caplog)) == 1


def test_line_states_come_from_the_lists_and_the_changes(office: Office) -> None:
    def endpoints(action: Action) -> bytes:
        tail = f"ActionID: {action['ActionID']}\r\n"
        return (
            f"Response: Success\r\n{tail}\r\n"
            f"Event: EndpointList\r\nObjectName: 6001\r\nDeviceState: Not in use\r\n{tail}\r\n"
            f"Event: EndpointListComplete\r\n{tail}\r\n"
        ).encode()

    office.manager.replies["PJSIPShowEndpoints"] = endpoints
    office.online()
    until(lambda: office.lines)
    office.manager.say(b"Event: DeviceStateChange\r\nTimestamp: 2.5\r\nDevice: PJSIP/6001\r\nState: RINGING\r\n\r\n")
    until(lambda: len(office.lines) == 2)
    assert [(line.name, line.state) for line in office.lines] == [
        ("6001", LineStatus.IDLE),
        ("6001", LineStatus.RINGING),
    ]
    assert [endpoint.name for endpoint in office.link.endpoints()] == ["6001"]


def test_a_greeting_in_pieces_is_understood() -> None:
    def behave(sock: socket.socket) -> None:
        for byte in BANNER:
            sock.sendall(bytes([byte]))
            time.sleep(0.002)
        buffer = b""
        while data := sock.recv(4096):
            buffer += data
            while b"\r\n\r\n" in buffer:
                block, _, buffer = buffer.partition(b"\r\n\r\n")
                action_id = block.split(b"ActionID: ")[1].split(b"\r\n")[0]
                sock.sendall(b"Response: Success\r\nActionID: " + action_id + b"\r\n\r\n")

    with FakeManager(behave) as manager:
        office = Office(manager).online()
        office.link.stop()
