"""A room of one's own: its folder, configuration and first directory, made when there is none yet."""

import json
import os
import secrets
import socket
from pathlib import Path

from models.actions import directory
from models.errors import ConfigurationError
from models.settings import FILE, Settings, load
from models.store import migrations
from models.store.engine import Record

SAMPLE = Path(__file__).parent / "sample" / "directory.json"
_ROOM = """# One duty room. Every key is described in docs/configuration.md.

[room]
name = "湛江市总值班室"
language = "zh"
timezone = "Asia/Shanghai"

[pbx]
sip_port = {sip}
ami_port = {ami}
agi_port = {agi}

[speech]
# A folder, or a name that `dutyline model fetch` got. Without one real calls wait; practice calls bring their own.
model = ""

[[seats]]
number = "6001"
label = "席位 1"

[[seats]]
number = "6002"
label = "席位 2"
"""


def ensure(home: Path) -> tuple[Settings, bool]:
    """The room in `home`, made with free ports when there is none, and whether it was. Raises ConfigurationError."""
    made = not (home / FILE).exists()
    if made:
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            text = _ROOM.format(sip=_free(5060, socket.SOCK_DGRAM), ami=_free(5038), agi=_free(4573))
            temporary = home / f".{FILE}.{secrets.token_hex(4)}"
            temporary.write_text(text, encoding="utf-8")
            temporary.rename(home / FILE)
        except OSError as error:
            raise ConfigurationError(
                "{folder}: a room cannot be made here: {reason}", folder=home, reason=os.strerror(error.errno or 0)
            ) from error
    return load(home), made


def prepare(record: Record, *, sample: bool) -> None:
    """Bring the record to the newest revision; a new room gets the sample directory of units and places."""
    migrations.upgrade(record)
    if not sample:
        return
    content = json.loads(SAMPLE.read_text(encoding="utf-8"))
    with record.writing("system:set-up") as uow:
        for unit in content["units"]:
            row = directory.add_unit(uow, unit["name"])
            for number in unit["numbers"]:
                directory.add_number(uow, number, unit_id=row.id)
        for place in content["places"]:
            directory.add_place(uow, place)


def _free(wanted: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """`wanted` if nobody has it, else a port that the system gives."""
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
