"""Calls on the real Asterisk: how soon a ring is on record, and what recorded calls cost us."""

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import terminal
from crowd import Crowd
from figures import Figures, cpu_seconds, percentile
from pbx import start_pbx
from terminal import Terminal
from watch import SECRET, Watch

from models.actions import officers
from models.store.engine import Record
from models.tables.people import Role

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(400)]
LINE = "07593181234"
RATE = 20
RING_SECONDS = 30
BANNERS = 24
CONSOLE = Path(terminal.__file__).with_name("console_process.py")
TALKING = 50
WINDOW = 40.0


@pytest.fixture
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """A room of the bench's own: Asterisk, daemon, one officer at one desk."""
    with ExitStack() as undo:
        pbx = start_pbx(tmp_path_factory.mktemp("bench"))
        undo.callback(pbx.instance.stop)
        found = Watch(pbx)
        undo.callback(found.record.close)
        found.start()
        undo.callback(found.stop)
        found.officer("王海", "6001")
        yield found


@pytest.fixture
def crowd(watch: Watch, tmp_path: Path) -> Iterator[Crowd]:
    """The telephones."""
    found = Crowd(watch.pbx, tmp_path)
    yield found
    found.close()


class Reader:
    """Another connection to the record, asked again and again: when could each call first be read?"""

    def __init__(self, file: Path) -> None:
        self.seen: dict[str, float] = {}
        self._file = file
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None)
        version, last = None, 0
        while not self._stop.wait(0.002):
            now = connection.execute("PRAGMA data_version").fetchone()
            if now == version:
                continue
            version = now
            for key, pbx_id in connection.execute("SELECT id, pbx_id FROM calls WHERE id > ?", (last,)).fetchall():
                self.seen[pbx_id], last = time.time(), key
        connection.close()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


class BareInserts:
    """What one row costs on this disk at this moment: INSERT and commit, five a second, settings as in the record."""

    def __init__(self, file: Path) -> None:
        self.taken: list[float] = []
        self._record = Record(f"sqlite:///{file}")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self) -> None:
        with self._record.writer.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
        while not self._stop.wait(0.2):
            began = time.perf_counter()
            with self._record.writer.begin() as connection:
                connection.exec_driver_sql("INSERT INTO rows (text) VALUES ('07593181234')")
            self.taken.append(time.perf_counter() - began)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._record.close()


def test_ring_to_row(watch: Watch, crowd: Crowd, figures: Figures, tmp_path: Path) -> None:
    """From CHAN_START (Asterisk's own clock) until another connection can read the call."""
    crowd.desk("6001", "keeps_ringing")
    reader, bare = Reader(watch.home / "dutyline.db"), BareInserts(tmp_path / "bare.db")
    before = watch.pbx.mark()
    cpu, began = cpu_seconds(watch.pid), time.monotonic()
    crowd.carrier("rings", LINE, rate=RATE, most=400, calls=RATE * RING_SECONDS, RING=2000)
    crowd.wait(RING_SECONDS + 60)
    cpu, took = cpu_seconds(watch.pid) - cpu, time.monotonic() - began
    rang = {
        row["uniqueid"]: float(row["eventtime"])
        for row in watch.pbx.rows_since(before)
        if row["eventtype"] == "CHAN_START" and row["channame"].startswith("PJSIP/trunk-1-")
    }
    assert len(rang) == RATE * RING_SECONDS
    watch.wait(lambda: rang.keys() <= reader.seen.keys(), "every ring to be on record", 120)
    reader.stop()
    bare.stop()
    late = [reader.seen[call] - at for call, at in rang.items()]
    note = f"{len(late)} calls at {RATE} a second, {len(rang) / took:.0f} a second reached"
    figures.add("ring -> row committed, p50", percentile(late, 0.5) * 1000, "ms", note=note)
    figures.add("ring -> row committed, p99", percentile(late, 0.99) * 1000, "ms", bound=100)
    figures.add(
        "  a bare row on this disk, p99", percentile(bare.taken, 0.99) * 1000, "ms", note="same run, same settings"
    )
    figures.add("  p99 to p99", percentile(late, 0.99) / percentile(bare.taken, 0.99), "x")
    figures.add("  the daemon's share of a core", cpu / took * 100, "%")


def test_ring_to_banner(watch: Watch, crowd: Crowd, figures: Figures) -> None:
    """From CHAN_START until the number is on the screen of a console that runs in a terminal of its own."""
    crowd.desk("6001", "keeps_ringing")
    with watch.record.writing("system:bench") as uow:
        officers.enrol(uow, name="李检", role=Role.INSPECTOR, secret=SECRET)
    console = Terminal([sys.executable, str(CONSOLE), str(watch.home), "李检", SECRET])
    try:
        console.shows("席位1")  # the strip of lines: the room has been read
        reader = Reader(watch.home / "dutyline.db")
        before, drawn = watch.pbx.mark(), console.drawn
        crowd.carrier("rings", LINE, rate=0.5, most=5, calls=BANNERS, RING=500)
        crowd.wait(BANNERS * 2 + 60)
        rang = {
            row["cid_num"]: (row["uniqueid"], float(row["eventtime"]))
            for row in watch.pbx.rows_since(before)
            if row["eventtype"] == "CHAN_START" and row["channame"].startswith("PJSIP/trunk-1-")
        }
        assert len(rang) == BANNERS
        late = [console.shows(number, drawn) - at for number, (_, at) in rang.items()]
        reader.stop()
    finally:
        console.close()
    rows = [reader.seen[call] - at for call, at in rang.values()]
    figures.add("ring -> banner on a console, p50", percentile(late, 0.5) * 1000, "ms", note=f"{len(late)} calls")
    figures.add("ring -> banner on a console, p95", percentile(late, 0.95) * 1000, "ms", bound=300)
    note = "of the same calls, from the same moment"
    figures.add("  until their rows could be read, p95", percentile(rows, 0.95) * 1000, "ms", note=note)


def test_fifty_recorded_calls(watch: Watch, crowd: Crowd, figures: Figures) -> None:
    """Processor time of the daemon against Asterisk's, while calls come, are recorded and go."""
    crowd.desk("6001", "answers")
    asterisk = watch.pbx.instance.pid
    assert asterisk is not None
    crowd.carrier("talks", LINE, rate=5, most=TALKING, calls=1000, SHORTEST=30_000, LONGEST=150_000)

    def talking() -> int:
        with watch.record.reading() as session:
            found = session.connection().exec_driver_sql("SELECT count(*) FROM calls WHERE state = 'answered'")
            return int(found.scalar_one())

    watch.wait(lambda: talking() >= TALKING - 2, "fifty calls at once", 60)
    (speech,) = watch.speech_pids()
    pids = {"daemon": watch.pid, "asterisk": asterisk, "speech": speech}
    before, began = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic()
    mark, at_once = watch.pbx.mark(), []
    while time.monotonic() - began < WINDOW:
        time.sleep(1)
        at_once.append(talking())
    took = time.monotonic() - began
    used = {name: (cpu_seconds(pid) - before[name]) / took for name, pid in pids.items()}
    rows = watch.pbx.rows_since(mark)
    ends = sum(row["eventtype"] == "LINKEDID_END" for row in rows)
    assert min(at_once) >= TALKING * 0.8, at_once
    note = f"{percentile(at_once, 0.5):.0f} at once for {took:.0f} s, {ends} of them ended and as many began"
    figures.add("recorded calls: our CPU to Asterisk's", used["daemon"] / used["asterisk"], "x", bound=0.2, note=note)
    figures.add("  the daemon", used["daemon"] * 100, "%", note="of one core")
    figures.add("  Asterisk", used["asterisk"] * 100, "%", note="of one core")
    figures.add("  the speech worker, no model", used["speech"] * 100, "%", note="real calls wait: 'model missing'")
