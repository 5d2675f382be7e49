"""A real, private Asterisk for the tests of one worker: three seats, a carrier's trunk and the practice endpoint.

    def test_rings(pbx: Pbx) -> None:
        phone, carrier = pbx.seat("6001"), pbx.carrier("13800001234")
        carrier.call(pbx.uri("12345"))
        phone.wait("incoming")

Everything is on loopback addresses of its own (127.a.b.1 Asterisk, .2 carrier, .3 phones, .4 practice), so workers and
people do not meet. Import the fixture where it is used: `from pbx import Pbx, pbx`.
"""

import csv
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from phones import Phone, tone

from models.settings import Pbx as PbxSettings
from models.settings import Seat, Settings, Trunk
from telephony.asterisk.fetch import default_cache, ensure
from telephony.asterisk.program import AsteriskProgram, AsteriskUnavailable
from telephony.asterisk.runtime import AsteriskInstance

_HEADER = (
    "eventtype,eventtime,uniqueid,linkedid,channame,cid_num,cid_name,exten,context,appname,appdata,peer,"
    "userdeftype,eventextra"
)
COLUMNS = _HEADER.split(",")
Row = dict[str, str]


def require_asterisk() -> AsteriskProgram:
    """An Asterisk, or the test is skipped with the reason; where CI is set, it fails instead."""
    try:
        return ensure(default_cache(), lambda said: None)
    except AsteriskUnavailable as error:
        if os.environ.get("CI"):
            pytest.fail(f"Asterisk is needed: {error}")
        pytest.skip(f"Asterisk is needed: {error}")


def free_block() -> str:
    """`127.a.b`, three bytes of loopback addresses where nobody has the SIP port."""
    for _ in range(100):
        block = f"127.{random.SystemRandom().randint(16, 250)}.{random.SystemRandom().randint(1, 250)}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((f"{block}.1", 5060))
            except OSError:
                continue
            return block
    raise AssertionError("no free loopback addresses")


def settings_for(home: Path, block: str, **pbx: object) -> Settings:
    """A room at `block` with seats 6001, 6002, 6003 and the trunk `trunk-1`; `pbx` overrides the section's values."""
    host = f"{block}.1"
    values = {"sip_host": host, "ami_host": host, "agi_host": host, "escalate_after": 20, "message_after": 60}
    return Settings(
        home=home,
        pbx=PbxSettings.model_validate(values | pbx),
        seats=tuple(Seat(number=f"600{n}", label=f"席位{n}") for n in (1, 2, 3)),
        trunks=(Trunk(name="trunk-1", label="市话", number="07593181234", host=f"{block}.2"),),
    )


@dataclass
class Pbx:
    """The running Asterisk and the telephones around it."""

    instance: AsteriskInstance
    block: str
    folder: Path
    phones: list[Phone] = field(default_factory=list)
    _port: int = 5062

    @property
    def settings(self) -> Settings:
        """The room's settings."""
        return self.instance.settings

    def uri(self, number: str) -> str:
        """How a telephone dials `number` at this Asterisk."""
        return f"sip:{number}@{self.block}.1:5060"

    def seat(self, number: str, hertz: float = 700) -> Phone:
        """A registered desk phone that says a tone when it talks."""
        return self._add(
            Phone(
                self.uri(number),
                f"{self.block}.3",
                port=self._next(),
                user=number,
                password=self.instance.secrets.seats[number],
                registrar=f"sip:{self.block}.1:5060",
                wav=tone(self.folder / f"tone-{hertz}.wav", hertz),
            )
        )

    def carrier(self, number: str = "13800001234", hertz: float = 1500, *, port: int | None = None) -> Phone:
        """A caller behind the trunk (port 5060: the carrier itself, which can also be called)."""
        return self._add(
            Phone(
                f"sip:{number}@{self.block}.2",
                f"{self.block}.2",
                port=port or self._next(),
                wav=tone(self.folder / f"tone-{hertz}.wav", hertz),
            )
        )

    def practice(self, number: str = "13900009999", hertz: float = 1500) -> Phone:
        """A practice caller."""
        return self._add(
            Phone(
                f"sip:{number}@{self.block}.1",
                f"{self.block}.4",
                port=self._next(),
                user="dutyline-practice",
                password=self.instance.secrets.practice,
                wav=tone(self.folder / f"tone-{hertz}.wav", hertz),
            )
        )

    def hang_up(self) -> None:
        """End all telephones of the test and wait until Asterisk has no channel left."""
        while self.phones:
            self.phones.pop().close()
        self.wait(lambda: "0 active channels" in self.instance.cli("core show channels count"), "channels to end")

    def rows(self) -> list[Row]:
        """The call journal so far."""
        if not self.instance.layout.cel.exists():
            return []
        text = self.instance.layout.cel.read_text(encoding="utf-8", errors="surrogateescape")
        return [dict(zip(COLUMNS, row, strict=True)) for row in csv.reader(text.splitlines())]

    def mark(self) -> int:
        """How many rows the journal has: `rows_since(mark)` are those of the test."""
        return len(self.rows())

    def rows_since(self, mark: int) -> list[Row]:
        """The rows after `mark`."""
        return self.rows()[mark:]

    def row(self, mark: int, limit: float = 30, **wanted: str) -> Row:
        """Wait for a row after `mark` with these values."""
        found: list[Row] = []

        def look() -> bool:
            found[:] = [r for r in self.rows_since(mark) if all(r[k] == v for k, v in wanted.items())]
            return bool(found)

        self.wait(look, f"CEL row {wanted}", limit)
        return found[0]

    def sample(self, mark: int, name: str) -> None:
        """Where DUTYLINE_CEL_SAMPLES names a folder, keep there what the journal has since `mark` as `name`.csv."""
        if folder := os.environ.get("DUTYLINE_CEL_SAMPLES"):
            lines = self.instance.layout.cel.read_text(encoding="utf-8").splitlines(keepends=True)[mark:]
            spool = str(self.instance.layout.spool)
            text = "".join(lines).replace(spool, "/var/spool/dutyline").replace(str(self.folder), "/srv/room")
            (Path(folder) / f"{name}.csv").write_text(text, encoding="utf-8")

    def put(self, family: str, key: str, value: str) -> None:
        """Write a key of Asterisk's database."""
        self.instance.cli(f'database put {family} {key} "{value}"')

    def wait(self, true: Callable[[], bool], what: str, limit: float = 30) -> None:
        """Wait until `true()`; the assertion names `what`."""
        end = time.monotonic() + limit
        while not true():
            assert time.monotonic() < end, f"waited {limit:.0f} s for {what}"
            time.sleep(0.05)

    def _add(self, phone: Phone) -> Phone:
        self.phones.append(phone)
        return phone

    def _next(self) -> int:
        self._port += 2
        return self._port


def start_pbx(folder: Path, **pbx: object) -> Pbx:
    """Start an Asterisk for `folder`; whoever calls this stops it."""
    program = require_asterisk()
    block = free_block()
    home = folder / "room"
    home.mkdir()
    prompt = tone(folder / "prompt.wav", 425, 1)
    instance = AsteriskInstance(program, settings_for(home, block, **pbx), prompt=prompt, verbose=True)
    instance.start()
    return Pbx(instance, block, folder)


@pytest.fixture(scope="session")
def running_pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    """One Asterisk for all tests of this worker."""
    found = start_pbx(tmp_path_factory.mktemp("pbx"))
    yield found
    found.instance.stop()


@pytest.fixture
def pbx(running_pbx: Pbx) -> Iterator[Pbx]:
    """The worker's Asterisk with no call and no telephone, its database empty."""
    running_pbx.instance.cli("database deltree dutyline")
    running_pbx.instance.cli("database deltree dutyline-name")
    yield running_pbx
    running_pbx.hang_up()
