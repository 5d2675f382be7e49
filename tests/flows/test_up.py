"""`dutyline up` without a terminal: one practice call, each step with its time, everything down again, exit 0."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pbx import require_asterisk
from sqlalchemy import select

from models.settings import load
from models.store.engine import Record
from models.tables import Entry
from models.tables.entries import EntryState

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(300)]


def test_up_shows_a_practice_call(tmp_path: Path) -> None:
    require_asterisk()
    home = tmp_path / "room"
    done = subprocess.run(
        [sys.executable, "-m", "console", "--home", str(home), "up"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert all(re.match(r"^ *\d+\.\d\d s  ", line) for line in lines), "every step has its time"
    steps = ["响铃", "通话", "已结束", "草稿", "已封存"]
    places = [next((i for i, line in enumerate(lines) if step in line), -1) for step in steps]
    assert places == sorted(places) and -1 not in places, done.stdout
    assert sum("来电" in line and "  " in line for line in lines) >= 2, "words as they are heard"
    record = Record(load(home).database_url)
    with record.reading() as session:
        assert session.scalars(select(Entry.state)).all() == [EntryState.DRAFT], "nothing was confirmed"
    record.close()
    left = subprocess.run(["pgrep", "-f", str(home)], capture_output=True, text=True, check=False).stdout
    assert not left, "nothing still runs"


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """A second room on the ports of the first: exit 2, the sentence names the port and the way out."""
    require_asterisk()
    home = tmp_path / "room"
    home.mkdir()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (home / "dutyline.toml").write_text(
            f'[pbx]\nsip_port = {port}\nami_port = {port}\nagi_port = {port}\n[[seats]]\nnumber = "6001"\nlabel = "1"\n'
        )
        done = subprocess.run(
            [sys.executable, "-m", "console", "--home", str(home), "up"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert str(port) in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
