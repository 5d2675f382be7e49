"""The event log on disk: written under our eyes, cut, renamed, truncated, full of rubbish: nothing is lost."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback import until

from telephony.cel import LONGEST_RECORD, WINDOW, CelFollower, Position
from telephony.cel_records import CUT
from telephony.facts import CallEnded, ChannelEnded, ChannelFact, ChannelStarted, RecordingStarted


def record(number: int, name: str = "") -> bytes:
    """The start of channel `number`."""
    columns = ["CHAN_START", f"1795465607.{number % 1000000:06d}", f"d-1.{number}", f"d-1.{number}", "PJSIP/t-00000001"]
    columns += ["138", name.replace('"', '""'), "100", "dutyline-in", "", "", "", "", ""]
    return (",".join(f'"{column}"' for column in columns) + "\n").encode()


class Log:
    """A log in a folder, and a follower of it that keeps its position as the database would."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "dutyline.csv"
        self.now = time.time()
        self.follower = CelFollower(self.path, clock=lambda: self.now)
        self.position = Position()
        self.problems: list[str] = []
        self.seen: list[int] = []

    def write(self, *data: bytes) -> "Log":
        with self.path.open("ab") as file:
            file.write(b"".join(data))
        return self

    def read(self, limit: int = 500) -> list[int]:
        """Numbers of the channels of one reading."""
        batch = self.follower.read(self.position, limit)
        self.position = batch.next_position
        self.problems += batch.problems
        new = [int(fact.channel[4:]) for fact in batch.facts if isinstance(fact, ChannelFact)]
        self.seen += new
        return new

    def drain(self) -> list[int]:
        """Read until nothing moves."""
        before, start = None, len(self.seen)
        while before != self.position:
            before = self.position
            self.read()
        return self.seen[start:]

    def restart(self) -> None:
        """A new process with the stored position."""
        self.follower.close()
        self.follower = CelFollower(self.path, clock=lambda: self.now)
        self.position = Position.from_json(self.position.as_json())

    def settle(self) -> None:
        """Time passes."""
        self.now += 60

    def rename(self, number: int) -> None:
        os.replace(self.path, self.path.with_name(f"{self.path.name}.{number}"))  # noqa: PTH105 - as logrotate does


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def test_a_log_that_does_not_exist_yet_is_waited_for(log: Log) -> None:
    assert log.read() == []
    log.write(record(1), record(2))
    assert log.read() == [1, 2]
    assert log.read() == []
    log.write(record(3))
    assert log.read() == [3]
    assert log.problems == []


def test_nothing_is_forgotten_that_the_caller_has_not_stored(log: Log) -> None:
    log.write(record(1), record(2))
    first = log.follower.read(Position())
    assert log.follower.read(Position()) == first
    log.restart()
    assert log.follower.read(Position()) == first


def test_a_limit_gives_the_rest_next_time(log: Log) -> None:
    log.write(*(record(number) for number in range(25)))
    assert [len(log.read(10)) for _ in range(4)] == [10, 10, 5, 0]
    assert log.seen == list(range(25))


def test_a_half_written_record_waits_byte_by_byte(log: Log) -> None:
    line = record(1, 'a "name"\nwith a break')
    log.write(record(0))
    assert log.read() == [0]
    for byte in line[:-1]:
        log.write(bytes([byte]))
        assert log.read() == []
    log.write(line[-1:])
    assert log.read() == [1]
    assert log.problems == []


@pytest.mark.parametrize(
    "rubbish",
    [
        b"rubbish\n",
        b"\n\n\n",
        b'"odd quote\n',
        b'"HANGUP","1795465607.000001","cut in the mid',
        b"\x00" * 5000 + b"\n",
        b"\xff\xfe\n",
        b'"x","y"\n' * 50,
        record(7)[:-40],
        b"x" * (LONGEST_RECORD + 10) + b"\n",
        b"x" * (WINDOW * 2 + 77) + b"\n",
        b'"' * (WINDOW + 1),
    ],
    ids=["words", "blank", "odd", "cut", "zeros", "binary", "short", "half", "long", "windows", "quotes"],
)
def test_rubbish_is_one_problem_and_blocks_nothing(log: Log, rubbish: bytes) -> None:
    log.write(record(1), rubbish, record(2) if rubbish.endswith(b"\n") else b"\n" + record(2), record(3))
    assert log.drain() == [1, 2, 3]
    assert len(log.problems) == 1
    assert f"byte {len(record(1))}" in log.problems[0]
    log.restart()
    assert log.drain() == []
    assert len(log.problems) == 1


def test_a_cut_record_without_line_end_is_told_from_the_next(log: Log) -> None:
    log.write(record(1), record(2)[:50])
    assert log.drain() == [1]
    log.write(b"\n", record(3))
    assert log.drain() == [3]
    assert len(log.problems) == 1


@pytest.mark.parametrize("cut", range(1, 100, 7))
def test_a_record_behind_one_that_a_full_disk_cut_is_not_lost(log: Log, cut: int) -> None:
    log.write(record(1), record(2)[:-cut], record(3), record(4))
    assert log.drain() == [1, 3, 4]
    assert len(log.problems) == 1


def test_records_that_asterisk_cut_are_told_and_block_nothing(log: Log) -> None:
    columns = [
        "CHAN_START",
        "1795465607.5",
        "d-1.7",
        "d-1.7",
        "PJSIP/t-00000001",
        "138",
        "",
        "100",
        "x",
        "",
        "y" * 1500,
    ]
    cut = ",".join(f'"{column}"' for column in columns).encode()[: CUT - 1] + b"\n"
    log.write(record(1), cut, record(2), cut, cut, record(3))
    assert log.drain() == [1, 7, 2, 7, 7, 3]
    assert log.problems == []


def test_a_caller_named_like_a_record_splits_nothing(log: Log) -> None:
    number, time_like = "HANGUP", "1795465607.1"
    line = record(1).replace(b'"138",""', f'"{number}","{time_like}"'.encode())
    log.write(line, record(2))
    assert log.drain() == [1, 2]
    assert log.problems == []


def test_a_very_long_name_is_a_record_all_the_same(log: Log) -> None:
    log.write(record(1, "长" * 20_000), record(2))
    batch = log.follower.read(Position())
    (first, _) = batch.facts
    assert isinstance(first, ChannelStarted)
    assert first.caller_name == "长" * 256
    assert not batch.problems


def test_endless_rubbish_is_not_searched_again_and_again(log: Log) -> None:
    log.write(record(1), b"x" * (WINDOW * 8))
    assert log.drain() == [1]
    log.write(b"\n", record(2))
    assert log.drain() == [2]


@pytest.mark.parametrize("restart", [False, True])
def test_rotation_finishes_the_old_file_first(log: Log, restart: bool) -> None:
    log.write(record(1), record(2))
    assert log.read(1) == [1]
    log.rename(1)
    log.write(record(3))
    if restart:
        log.restart()
    assert log.read() == [2]
    assert log.drain() == [], "the writer may still have the old one open"
    with log.path.with_name("dutyline.csv.1").open("ab") as late:
        late.write(record(9))
    assert log.drain() == [9]
    log.settle()
    assert log.drain() == [3]
    assert log.problems == []


def test_several_rotations_while_we_were_away(log: Log) -> None:
    log.write(record(1), record(2))
    assert log.read(1) == [1]
    log.rename(3)
    log.write(record(3)).rename(2)
    log.write(record(4)).rename(1)
    log.write(record(5))
    moment = time.time() - 100
    for age, name in enumerate(("dutyline.csv.3", "dutyline.csv.2", "dutyline.csv.1", "dutyline.csv")):
        os.utime(log.path.with_name(name), (moment + age, moment + age))
    log.restart()
    assert log.drain() == [2, 3, 4, 5]
    assert log.problems == []


def test_a_file_that_was_renamed_and_deleted_is_still_read_to_its_end(log: Log) -> None:
    log.write(record(1), record(2))
    assert log.read(1) == [1]
    log.path.unlink()
    assert log.read() == [2]
    assert log.drain() == []
    log.write(record(3))
    log.settle()
    assert log.drain() == [3]
    assert log.problems == []


def test_a_position_in_a_file_that_is_gone_begins_with_the_oldest(log: Log) -> None:
    log.write(record(1))
    assert log.drain() == [1]
    log.follower.close()
    inode = log.position.inode
    log.rename(1)
    log.write(record(2))
    log.position = Position(log.position.device, inode + 10_000_000, 5, "00000000")
    log.restart()
    log.settle()
    assert log.drain() == [1, 2]
    assert "is gone" in log.problems[0] and len(log.problems) == 1


def test_compressed_rotations_are_left_alone(log: Log) -> None:
    log.path.with_name("dutyline.csv.2.gz").write_bytes(b"\x1f\x8b rubbish")
    log.write(record(1)).rename(1)
    log.write(record(2))
    log.position = Position(1, 1, 5, "00000000")
    log.settle()
    assert log.drain() == [1, 2]


def test_half_a_record_at_the_end_of_a_rotated_file_is_a_problem_not_a_stop(log: Log) -> None:
    log.write(record(1), record(2)[:30])
    assert log.drain() == [1]
    log.rename(1)
    log.write(record(3))
    log.settle()
    assert log.drain() == [3]
    assert "half a record" in log.problems[0] and len(log.problems) == 1


def test_copytruncate_begins_anew(log: Log) -> None:
    log.write(record(1), record(2))
    assert log.drain() == [1, 2]
    os.truncate(log.path, 0)
    assert log.drain() == []
    log.write(record(3))
    assert log.drain() == [3]
    assert len(log.problems) == 1 and "beginning it anew" in log.problems[0]


def test_copytruncate_that_grew_past_our_place_is_noticed(log: Log) -> None:
    log.write(record(1))
    assert log.drain() == [1]
    os.truncate(log.path, 0)
    log.write(record(2), record(3), record(4))
    assert log.drain() == [2, 3, 4]
    assert len(log.problems) == 1


def test_what_may_not_be_read_is_said_not_skipped(log: Log) -> None:
    log.path.mkdir()
    with pytest.raises(IsADirectoryError):
        log.read()


WRITER = """
import sys, time
sys.path.insert(0, {tests!r})
from test_cel_follower import record
for number in range(3000):
    with open({path!r}, "ab") as file:
        line = record(number, "name with, quotes \\" and\\nbreaks " * (number % 5))
        file.write(line[: number % len(line)])
        file.flush()
        file.write(line[number % len(line) :])
"""


def test_a_writer_in_another_process_with_rotations_loses_nothing(log: Log, tmp_path: Path) -> None:
    script = WRITER.format(tests=str(Path(__file__).parent), path=str(log.path))
    support = str(Path(__file__).parents[1] / "support")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([support, *sys.path])}
    writer = subprocess.Popen([sys.executable, "-c", script], env=environment)
    rotations = 0

    def all_read() -> bool:
        nonlocal rotations
        log.now = time.time()
        log.read(100)
        if rotations < 3 and len(log.seen) > 700 * (rotations + 1) and log.path.exists():
            rotations += 1
            log.rename(9 - rotations)
            log.restart()
        return len(log.seen) >= 3000

    try:
        until(all_read, 90, "all records")
    finally:
        writer.wait(60)
    assert log.seen == list(range(3000))
    assert log.problems == []


CORPUS = Path(__file__).parents[1] / "corpus" / "cel"


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.csv")), ids=lambda file: file.stem)
def test_every_kind_of_call_that_was_recorded_is_understood(file: Path) -> None:
    follower = CelFollower(file)
    batch = follower.read(Position(), 10_000)
    assert batch.problems == ()
    assert batch.next_position.offset == file.stat().st_size
    started = {fact.channel for fact in batch.facts if isinstance(fact, ChannelStarted)}
    ended = {fact.channel for fact in batch.facts if isinstance(fact, ChannelEnded)}
    assert started == ended != set(), "no channel is left over"
    over = [fact.call for fact in batch.facts if isinstance(fact, CallEnded)]
    assert sorted(over) == sorted({fact.call for fact in batch.facts}), "every call ends once"
    assert {fact.call for fact in batch.facts if isinstance(fact, RecordingStarted)} <= set(over)
    follower.close()
