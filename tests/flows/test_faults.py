"""What breaks around the daemon: nothing is lost, the state is shown, and it mends itself."""

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Iterator

import pytest
from pbx import start_pbx
from phones import Phone
from watch import Watch, share

from models.queries import lines as line_queries
from models.queries import recordings as recording_queries
from models.rules.calls import CallState
from models.tables.lines import LineState
from models.tables.recordings import RecordingState, TranscriptState

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(300)]
CALLER, ONE = 1500, 700
LINE = "07593181234"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """One room; every test leaves it whole."""
    found = Watch(start_pbx(tmp_path_factory.mktemp("faults")))
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


def call(watch: Watch, number: str, *, practice: bool = False) -> tuple[Phone, Phone]:
    """A call that stands: the caller and the seat."""
    one = watch.pbx.seat("6001", ONE)
    caller = watch.pbx.practice(number, CALLER) if practice else watch.pbx.carrier(number, CALLER)
    caller.call(watch.pbx.uri("practice" if practice else LINE))
    one.wait("incoming")
    one.do("answer")
    caller.connected()
    return caller, one


def test_database_locked_for_ten_seconds(watch: Watch) -> None:
    lock = sqlite3.connect(watch.home / "dutyline.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    try:
        caller, one = call(watch, "13800000011")
        time.sleep(max(0.0, 10 - (time.monotonic() - began)))
        caller.do("hangup")
        one.ended()
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    found = watch.only_call("13800000011")
    assert found.call.state is CallState.ENDED
    left, right = watch.audio(found.call.id)
    assert share(left, CALLER) > 0.6
    assert share(right, ONE) > 0.6
    assert "cannot be written just now" in watch.log.read_text()


def test_real_call_waits_for_a_model(watch: Watch) -> None:
    """The practice model never hears a real call."""
    caller, one = call(watch, "13800000012")
    time.sleep(3)
    caller.do("hangup")
    one.ended()
    found = watch.only_call("13800000012")

    def waits() -> bool:
        with watch.record.reading() as session:
            audio = recording_queries.of_call(session, found.call.id)[0]
        return audio.transcript is TranscriptState.WAITING and audio.reason == "model missing"

    watch.wait(waits, "the transcript to say that the model is missing")
    assert watch.entry(found).phrases == ()


def test_disk_full(watch: Watch) -> None:
    folder = watch.home / "recordings"
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], check=False)
    if mounted.returncode != 0:
        pytest.skip("a small file system cannot be mounted by this user")
    filler = folder / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(bytes(1 << 20))
    try:
        caller, one = call(watch, "13800000013")
        time.sleep(3)
        caller.do("hangup")
        one.ended()

        def broken() -> str:
            found = [detail for detail in watch.calls() if detail.call.number == "13800000013"]
            if not found:
                return ""
            with watch.record.reading() as session:
                audio = recording_queries.of_call(session, found[0].call.id)
            return audio[0].problem if audio and audio[0].state is RecordingState.BROKEN else ""

        problem = watch.wait(broken, "the recording to say that the disk is full")
        assert "the disk is full" in problem
        filler.unlink()
        found = watch.only_call("13800000013")
        left, right = watch.audio(found.call.id)
        assert share(left, CALLER) > 0.6
        assert share(right, ONE) > 0.6
    finally:
        watch.pbx.hang_up()
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("damaged", [("rx",), ("rx", "tx", "")])
def test_corrupt_wav(watch: Watch, damaged: tuple[str, ...]) -> None:
    """One leg of rubbish: the rest is sealed and it says so. All of it rubbish: kept, and a person is told."""
    number = f"1380000002{len(damaged)}"
    caller, one = call(watch, number)
    time.sleep(3)
    watch.kill()
    caller.do("hangup")
    one.ended()
    watch.pbx.hang_up()
    stems = sorted(watch.pbx.instance.layout.spool.glob("*-rx.wav"))
    newest = max(stems, key=lambda path: path.stat().st_mtime)
    for leg in damaged:
        name = newest.name.replace("-rx", f"-{leg}" if leg else "")
        newest.with_name(name).write_bytes(b"not sound at all" * 3000)
    watch.start()
    if len(damaged) == 1:
        found = watch.only_call(number)
        assert watch.entry(found).recordings[0].problem
        assert share(watch.audio(found.call.id)[1], ONE) > 0.6
    else:

        def broken() -> bool:
            found = [detail for detail in watch.calls() if detail.call.number == number]
            with watch.record.reading() as session:
                audio = recording_queries.of_call(session, found[0].call.id) if found else ()
            return bool(audio) and audio[0].state is RecordingState.BROKEN and bool(audio[0].problem)

        watch.wait(broken, "the recording to be broken")
    assert any(path.read_bytes()[:8] == b"not soun" for path in watch.pbx.instance.layout.spool.glob("*.wav"))


def test_speech_worker_killed(watch: Watch) -> None:
    """Killed in the middle of a call: another one hears the rest, and nothing twice."""
    caller, one = call(watch, "13900000014", practice=True)
    time.sleep(2)
    for pid in watch.wait(watch.speech_pids, "a speech worker"):
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
    time.sleep(3)
    caller.do("hangup")
    one.ended()
    found = watch.only_call("13900000014")
    watch.wait(lambda: watch.entry(found).recordings[0].transcript is TranscriptState.DONE, "the transcript", 60)
    phrases = watch.entry(found).phrases
    assert len({(phrase.leg, phrase.start) for phrase in phrases}) == len(phrases)


def test_asterisk_gone_is_shown_and_comes_back(watch: Watch) -> None:
    watch.pbx.instance.stop()

    def state() -> LineState:
        now = watch.record.clock()
        with watch.record.reading() as session:
            return next(line.state for line in line_queries.listed(session, since=now, now=now) if line.name == "pbx")

    watch.wait(lambda: state() is LineState.UNREACHABLE, "the lines to say that Asterisk is gone")
    watch.pbx.instance.start()
    watch.wait(lambda: state() is LineState.IDLE, "the lines to say that Asterisk is back", 60)
