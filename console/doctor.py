"""What the doctor looks at: every part of the room, in the order in which one depends on the other."""

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from console.words import _, retold, say, set_language, word
from models.errors import DutylineError
from models.queries import lines as line_queries
from models.settings import Settings, load
from models.store import migrations
from models.store.engine import Record
from models.tables.lines import LineKind, LineState
from telephony.speech import models as speech_models

STALE_SECONDS = 30


class Mark(StrEnum):
    """How a part is."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, how it is, and a sentence with the way out."""

    part: str
    mark: Mark
    sentence: str


def examine(home: Path) -> list[Finding]:
    """Look at the room in `home`. Changes nothing."""
    try:
        settings = load(home)
    except DutylineError as error:
        return [Finding("settings", Mark.FAIL, say(error))]
    set_language(settings.room.language)
    return [
        Finding("settings", Mark.OK, str(home / "dutyline.toml")),
        *_record(settings),
        *_asterisk(settings),
        *_speech(settings),
        *_folders(settings),
    ]


def _record(settings: Settings) -> Iterator[Finding]:
    record = Record(settings.database_url)
    try:
        migrations.check(record)
        yield Finding("record", Mark.OK, _("at the newest revision"))
        yield from _services(record)
    except DutylineError as error:
        yield Finding("record", Mark.FAIL, say(error))
    finally:
        record.close()


def _services(record: Record) -> Iterator[Finding]:
    now = record.clock()
    with record.reading() as session:
        lines = line_queries.listed(session, since=now, now=now)
    services = {line.name: line for line in lines if line.kind is LineKind.SERVICE}
    daemon = services.pop("daemon", None)
    if daemon is None or daemon.seen_at is None or (now - daemon.seen_at).total_seconds() > STALE_SECONDS:
        seen = _("never seen")
        if daemon and daemon.seen_at:
            seen = _("last seen {when}").format(when=f"{daemon.seen_at:%Y-%m-%d %H:%M:%SZ}")
        yield Finding("daemon", Mark.FAIL, _("not running ({seen}): start it with 'dutyline serve'").format(seen=seen))
        return
    yield Finding("daemon", Mark.OK, _("running"))
    for name, line in services.items():
        if line.state is LineState.IDLE:
            yield Finding(name, Mark.OK, _("in order"))
        else:
            mark = Mark.FAIL if line.state is LineState.UNREACHABLE else Mark.WARN
            yield Finding(name, mark, f"{word(line.state)}: {_detail(line)}")


def _detail(line: line_queries.LineView) -> str:
    return _("full in {n} days").format(n=line.detail) if line.name == "disk" else retold(line.detail)


def _asterisk(settings: Settings) -> Iterator[Finding]:
    pbx = settings.pbx
    try:
        with socket.create_connection((pbx.ami_host, pbx.ami_port), timeout=3) as link:
            banner = link.recv(64).decode("ascii", "replace").strip()
    except OSError as error:
        where = f"{pbx.ami_host}:{pbx.ami_port}"
        sentence = _("the manager does not answer at {where} ({reason})")
        sentence = sentence.format(where=where, reason=error.strerror or error)
        yield Finding("asterisk", Mark.FAIL, sentence)
    else:
        known = banner.startswith("Asterisk Call Manager")
        yield Finding("asterisk", Mark.OK if known else Mark.FAIL, banner or _("the manager port says nothing"))
    cel = settings.path(pbx.cel_file)
    if not cel.exists():
        sentence = _("{file}: not there yet; it comes with the first call, or cel.conf is not included")
        yield Finding("cel", Mark.WARN, sentence.format(file=cel))
    elif not os.access(cel, os.R_OK):
        yield Finding(
            "cel", Mark.FAIL, _("{file}: cannot be read: give this user's group read access").format(file=cel)
        )
    else:
        yield Finding("cel", Mark.OK, str(cel))


def _speech(settings: Settings) -> Iterator[Finding]:
    state = speech_models.state(settings.speech.model, settings.path(settings.speech.models_dir))
    if state.presence is speech_models.Presence.PRESENT:
        yield Finding("model", Mark.OK, str(state.folder))
    else:
        mark = Mark.FAIL if state.presence is speech_models.Presence.DAMAGED else Mark.WARN
        yield Finding("model", mark, retold(state.reason))
    try:
        import sounddevice  # noqa: PLC0415 - fails where PortAudio is missing, which is a finding

        found = len(sounddevice.query_devices()) > 0
    except OSError:
        found = False
    yield Finding(
        "sound",
        Mark.OK if found else Mark.WARN,
        _("a sound device is here") if found else _("no sound device: use a desk phone"),
    )


def _folders(settings: Settings) -> Iterator[Finding]:
    for part, path in (
        ("spool", settings.path(settings.pbx.spool)),
        ("recordings", settings.path(settings.recordings.folder)),
    ):
        there = next(parent for parent in (path, *path.parents) if parent.exists())
        if not os.access(there, os.W_OK):
            yield Finding(part, Mark.FAIL, _("{file}: cannot be written by this user").format(file=there))
            continue
        free = shutil.disk_usage(there).free / 1e9
        sentence = _("{folder}: {n} GB free").format(folder=path, n=f"{free:.0f}")
        yield Finding(part, Mark.OK if free > 1 else Mark.FAIL, sentence)
