"""What we use of pyst2 is there and does what we count on; what we fence off is still as we found it."""

import importlib
import inspect
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from asterisk import agi, manager
from loopback import until

from telephony.agi_session import Lines, Session
from telephony.ami_wire import GuardedManager, Message

USED_OF_MANAGER = {
    "login": ["username", "secret"],
    "ping": [],
    "logoff": [],
    "hangup": ["channel"],
    "dbput": ["family", "key", "val"],
    "dbdel": ["family", "key"],
    "command": ["command"],
    "register_event": ["event", "function"],
    "next_seq": [],
    "event_dispatch": [],
}


@pytest.mark.parametrize(("name", "parameters"), USED_OF_MANAGER.items())
def test_the_actions_we_use_are_there(name: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(manager.Manager, name)).parameters)[1:] == parameters


def attributes_read(base: type, ours: type) -> set[str]:
    """What the code that `ours` inherits reads of itself; the reader of pyst2 is inherited but never started."""
    inherited = [code for name, code in vars(base).items() if callable(code) and name not in vars(ours)]
    sources = [inspect.getsource(code) for code in inherited if code.__name__ != "_receive_data"]
    return {name for source in sources for name in re.findall(r"self\.(\w+)", source)}


def test_we_set_every_attribute_that_inherited_code_reads(asterisk: "Asterisk") -> None:
    """Both are made without pyst2's __init__."""
    assert attributes_read(manager.Manager, GuardedManager) <= set(dir(GuardedManager()))
    assert attributes_read(agi.AGI, Session) <= set(dir(asterisk.session()))


def test_the_exceptions_form_the_trees_that_we_catch() -> None:
    assert issubclass(manager.ManagerSocketException, manager.ManagerException)
    assert issubclass(manager.ManagerAuthException, manager.ManagerException)
    for error in (agi.AGIHangup, agi.AGIResultHangup, agi.AGIUsageError, agi.AGIInvalidCommand, agi.AGIUnknownError):
        assert issubclass(error, agi.AGIError)


class TestMessages:
    def test_every_repeated_header_is_kept(self) -> None:
        message = Message(["Response: Success", "Output: one", "Output: two: three", "Output: "])
        assert message.every("Output") == ["one", "two: three", ""]
        assert message.get_header("Output") == ""
        assert not message.has_header("Event")

    def test_a_channel_variable_is_a_header(self) -> None:
        message = Message(["Event: Hold", "ChanVariable(PJSIP/x): a=b"])
        assert manager.Event(message).name == "Hold"
        assert message["ChanVariable(PJSIP/x)"] == "a=b"

    def test_what_is_neither_event_nor_reply_is_told_apart(self) -> None:
        assert Message(["rubbish"]).get_header("Response") == "Generated Header"


class Asterisk:
    """The other end of an AGI conversation."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.theirs.settimeout(20)

    def session(self, env: bytes = b"agi_network_script: x\nagi_request: agi://h/x\n\n") -> Session:
        self.theirs.sendall(env)
        return Session(Lines(self.ours, 5.0, 20.0))

    def exchange(self, use: Callable[[Session], object], reply: bytes) -> tuple[bytes, object]:
        """What `use` writes, and what it makes of `reply`."""
        session = self.session()
        self.theirs.sendall(reply)
        result = use(session)
        return self.theirs.recv(4096), result


@pytest.fixture
def asterisk() -> Iterator[Asterisk]:
    both = Asterisk()
    yield both
    both.ours.close()
    both.theirs.close()


@pytest.mark.parametrize(
    ("use", "wire", "reply", "result"),
    [
        (lambda s: s.verbose("hello", 3), b'VERBOSE "hello" 3\n', b"200 result=1\n", None),
        (lambda s: s.verbose('a "b" \\', 1), b'VERBOSE "a \\"b\\" \\\\" 1\n', b"200 result=1\n", None),
        (lambda s: s.verbose("值班", 1), 'VERBOSE "值班" 1\n'.encode(), b"200 result=1\n", None),
        (lambda s: s.set_variable("A", "x y"), b'SET VARIABLE "A" "x y"\n', b"200 result=1\n", None),
        (lambda s: s.get_variable("A"), b'GET VARIABLE "A"\n', b"200 result=1 (x y)\n", "x y"),
        (lambda s: s.get_variable("A"), b'GET VARIABLE "A"\n', b"200 result=0\n", ""),
        (lambda s: s.get_full_variable("${A}"), b'GET FULL VARIABLE "${A}"\n', b"200 result=1 (1)\n", "1"),
        (lambda s: s.database_get("f", "k"), b'DATABASE GET "\\"f\\"" "\\"k\\""\n', b"200 result=1 (v)\n", "v"),
        (lambda s: s.channel_status(), b"CHANNEL STATUS\n", b"200 result=6\n", 6),
        (lambda s: s.noop(), b"NOOP\n", b"200 result=0\n", None),
        (lambda s: s.hangup(), b"HANGUP\n", b"200 result=1\n", None),
        (lambda s: s.appexec("NoOp", "a"), b'EXEC NoOp "a"\n', b"200 result=0\n", "0"),
    ],
)
def test_the_verbs_say_and_understand_what_asterisk_does(
    asterisk: Asterisk, use: Callable[[Session], object], wire: bytes, reply: bytes, result: object
) -> None:
    assert asterisk.exchange(use, reply) == (wire, result)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"510 Invalid or unknown command\n", agi.AGIInvalidCommand),
        (b"511 Command Not Permitted on a dead channel\n", agi.AGIUnknownError),
        (b"520-Invalid\nUsage: x\n520 End\n", agi.AGIUsageError),
        (b"200 result=-1 (hangup)\n", agi.AGIResultHangup),
        (b"200 result=-1\n", agi.AGIAppError),
        (b"HANGUP\n", agi.AGIHangup),
        (b"rubbish\n", agi.AGIError),
        (b"\n", agi.AGIError),
        (b"200 " + b"x" * 9000 + b"\n", agi.AGIError),
    ],
)
def test_replies_become_the_exceptions_that_we_catch(asterisk: Asterisk, reply: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        asterisk.exchange(lambda session: session.noop(), reply)


@pytest.mark.parametrize("value", ["a\nHANGUP", "a\r", "a\0"])
def test_no_argument_becomes_another_command(asterisk: Asterisk, value: str) -> None:
    session = asterisk.session()
    with pytest.raises(agi.AGIError, match="line break"):
        session.verbose(value)


def test_arguments_come_in_order_and_undamaged(asterisk: Asterisk) -> None:
    gbk = "值班".encode("gbk")
    env = b"agi_request: agi://h/x\nagi_arg_1: a:b\nagi_arg_2: \nagi_arg_3: " + gbk + b"\nagi_arg_10: z\n\n"
    args = asterisk.session(env).args
    assert [arg.encode("utf-8", "surrogateescape") for arg in args] == [b"a:b", b"", gbk, b"z"]


class TestFaultsThatWeFence:
    """When one of these fails, pyst2 was mended and its fence may go."""

    def test_fastagi_cannot_be_imported(self) -> None:
        with pytest.raises(ImportError):
            importlib.import_module("asterisk.fastagi")

    def test_agi_takes_a_signal_and_writes_to_stderr(self) -> None:
        program = "import io; from asterisk.agi import AGI; AGI(stdin=io.StringIO('\\n'))"
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
        assert "ARGS" in ran.stderr

    def test_agi_quotes_nothing(self) -> None:
        assert agi.AGI._quote(object(), 'a"b\nc') == '"a"b\nc"'

    def test_a_channel_variable_kills_the_reader(self) -> None:
        with pytest.raises(AttributeError):
            manager.ManagerMsg(["ChanVariable: a=b\r\n"])

    def test_repeated_headers_collapse(self) -> None:
        assert manager.ManagerMsg(["Output: 1\r\n", "Output: 2\r\n"]).headers == {
            "Output": "2",
            "Response": "Generated Header",
        }

    def test_an_action_is_remembered_in_the_next_one(self) -> None:
        assert manager.Manager.send_action.__defaults__ == ({},)


def test_a_manager_that_never_connected_can_be_thrown_away() -> None:
    before = threading.active_count()
    guarded = GuardedManager(0.1)
    with pytest.raises(manager.ManagerSocketException):
        guarded.connect("127.0.0.1", 1)
    guarded.close()
    del guarded
    until(lambda: threading.active_count() <= before)
