"""Is everything right: doctor, verify, db."""

import click

from console.doctor import Mark, examine
from console.output import emit
from console.session import Room
from console.words import _, retold
from models.queries import work
from models.settings import load
from models.store import journal, migrations
from models.store.engine import Record
from telephony.recording import seal


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON document instead of lines.")
@click.pass_obj
def doctor(room: Room, *, as_json: bool) -> int:
    """Look at every part and say what is wrong, and the way out. Exit code 1 when something fails."""
    findings = examine(room.home)
    if as_json:
        emit({"findings": findings})
    else:
        for finding in findings:
            click.echo(f"{finding.mark:<4}  {finding.part:<10}  {finding.sentence}")
    return int(any(finding.mark is Mark.FAIL for finding in findings))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON document instead of lines.")
@click.option("--journal-only", is_flag=True, help="Leave the recordings' audio alone.")
@click.pass_obj
def verify(room: Room, *, as_json: bool, journal_only: bool) -> int:
    """Walk the journal's chain and every sealed recording; name the first break. Exit code 1 when there is one."""
    record, folder = room.record, room.settings.path(room.settings.recordings.folder)
    with record.reading() as session:
        walk = journal.walk(session, lambda seen: click.echo(f"{seen} …", err=True))
        seals = [] if journal_only else work.seals(session)
    broken = ""
    if walk.broken:
        broken = _("journal entry {number} {reason}").format(number=walk.broken.seq, reason=retold(walk.broken.reason))
    checked = 0
    for sealed in seals:
        if broken:
            break
        result = seal.verify(folder / sealed.path, sealed.sha256)
        if not result.ok:
            broken = _("recording {number} ({path}): {reason}").format(
                number=sealed.recording, path=sealed.path, reason=retold(result.reason)
            )
        checked += result.ok
    said = {"entries": walk.entries, "head": walk.head, "recordings": checked, "broken": broken or None}
    if as_json:
        emit(said)
    elif broken:
        click.echo(broken)
    else:
        click.echo(
            _("{entries} journal entries and {recordings} recordings are unchanged; head {head}").format(
                entries=walk.entries, recordings=checked, head=walk.head
            )
        )
    return int(bool(broken))


@click.group()
def db() -> None:
    """The database."""


@db.command()
@click.pass_obj
def upgrade(room: Room) -> None:
    """Bring the database to this program's revision; an empty one is made."""
    settings = load(room.home)
    record = Record(settings.database_url)
    try:
        before = migrations.current(record)
        migrations.upgrade(record)
        click.echo(f"{before or '-'} -> {migrations.newest()}")
    finally:
        record.close()
