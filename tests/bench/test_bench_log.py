"""The duty log with a million entries: pages and searches as the log screen asks for them, and the console's start."""

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import long_log
import pytest
from figures import Figures, percentile
from terminal import Terminal

from models.queries import desk, entries
from models.queries.entries import EntryRow, Filter
from models.queries.page import Page, at_key
from models.store.engine import Record

pytestmark = pytest.mark.timeout(600)
MANY, FEW = 1_000_000, 10_000
TIMES = 100
STARTS = 7
Ask = Callable[[random.Random], Page[EntryRow]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Record]]:
    """The long log and a short one; gone with the bench, for the long one is two gigabytes."""
    folder = tmp_path_factory.mktemp("log")
    found = {count: long_log.write(folder / f"{count}.db", count) for count in (MANY, FEW)}
    yield found
    for record in found.values():
        record.close()
    shutil.rmtree(folder)


def questions(record: Record, count: int) -> dict[str, Ask]:
    """What the log screen asks."""

    def listed(wanted: Filter | None = None, cursor: str | None = None) -> Page[EntryRow]:
        with record.reading() as session:
            return entries.listed(session, wanted, cursor=cursor)

    def somewhere(draw: random.Random) -> str:
        key = draw.randint(1000, count)
        return at_key(long_log.LAST - long_log.EVERY * (count - key), key)

    first = listed().cursor
    common, rare = Filter(words=long_log.COMMON), Filter(words=long_log.RARE)
    day = Filter(since=long_log.LAST - timedelta(days=2), until=long_log.LAST - timedelta(days=1))
    return {
        "first page": lambda _: listed(),
        "next page": lambda _: listed(cursor=first),
        "next page, anywhere": lambda draw: listed(cursor=somewhere(draw)),
        "one day": lambda _: listed(day),
        "practice calls only": lambda _: listed(Filter(drill=True)),
        f"search of {long_log.COMMON} (common)": lambda _: listed(common),
        f"next page of {long_log.COMMON}, anywhere": lambda draw: listed(common, str(draw.randint(1000, count))),
        f"search of {long_log.RARE} (rare)": lambda _: listed(rare),
        "search of a word that never occurs": lambda _: listed(Filter(words="龘龘")),
        "search of both words": lambda _: listed(Filter(words=f"{long_log.COMMON} {long_log.RARE}")),
    }


def test_log(logs: dict[int, Record], figures: Figures) -> None:
    """p95 over many askings, the files in the system's cache as in a room that is awake."""
    taken: dict[int, dict[str, float]] = {}
    for count, record in logs.items():
        taken[count] = {}
        for name, ask in questions(record, count).items():
            draw, times = random.Random(name), []  # noqa: S311 - a bench repeats
            for _ in range(TIMES):
                began = time.perf_counter()
                page = ask(draw)
                times.append(time.perf_counter() - began)
            taken[count][name] = percentile(times, 0.95)
            wanted = 0 if "never" in name else len(page.items) if "rare" in name or "both" in name else 50
            assert len(page.items) == wanted, name
            assert count < MANY or "never" in name or page.items, name
    for name, seconds in taken[MANY].items():
        times_short = seconds / taken[FEW][name]
        figures.add(
            f"log of {MANY:,}: {name}, p95", seconds * 1000, "ms", bound=50, note=f"{times_short:.1f} x that of {FEW:,}"
        )


def test_desk_picture(logs: dict[int, Record], figures: Figures) -> None:
    """What a console reads anew at each piece of news."""
    taken: dict[int, float] = {}
    for count, record in logs.items():
        times = []
        for _ in range(TIMES):
            began = time.perf_counter()
            with record.reading() as session:
                picture = desk.desk(session, now=long_log.LAST, since=long_log.LAST - timedelta(hours=10))
            times.append(time.perf_counter() - began)
        assert len(picture.pending) == long_log.FEW
        taken[count] = percentile(times, 0.95)
    note = f"{taken[MANY] / taken[FEW]:.1f} x that of {FEW:,}"
    figures.add("the desk's picture beside the long log, p95", taken[MANY] * 1000, "ms", note=note)


def first_paint(home: Path) -> float:
    """Seconds from the start of the console's process to the first words on its screen."""
    terminal = Terminal([sys.executable, "-m", "console", "--home", str(home), "console"])
    try:
        return terminal.shows("值班") - terminal.began
    finally:
        terminal.close()


def test_console_start(logs: dict[int, Record], figures: Figures, tmp_path: Path) -> None:
    """`dutyline console` in a terminal, beside the long log."""
    url = logs[MANY].reader.url.render_as_string(hide_password=False)
    (tmp_path / "dutyline.toml").write_text(
        f'[database]\nurl = "{url}"\n[[seats]]\nnumber = "6001"\nlabel = "席位一"\n', encoding="utf-8"
    )
    paints, imports = [], []
    first_paint(tmp_path)
    for _ in range(STARTS):
        paints.append(first_paint(tmp_path))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app"], check=True)
        imports.append(time.perf_counter() - began)
    paint, library = percentile(paints, 0.5), percentile(imports, 0.5)
    note = f"{paint / library:.1f} x that of `import textual.app` ({library:.2f} s)"
    figures.add("console start to first paint, median", paint, "s", bound=1, note=note)
