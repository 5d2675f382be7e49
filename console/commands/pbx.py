"""The telephone exchange: snippets for an existing Asterisk."""

from pathlib import Path

import click

from console.session import Room


@click.group()
def asterisk() -> None:
    """The Asterisk beside us."""


@asterisk.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the snippets.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.pass_obj
def config(room: Room, out: Path, *, force: bool) -> None:
    """Write the dialplan, manager, CEL and recording snippets to include in an existing Asterisk 18 or newer."""
    from telephony.asterisk.production import write_snippets  # noqa: PLC0415 - needed here only

    for path in write_snippets(room.settings, out, force=force):
        click.echo(str(path))
