"""What runs: up, serve, console, practice."""

import signal
import sys

import click

from console.session import Room
from console.words import _, set_language
from models.errors import ConfigurationError


@click.command()
@click.option("--practice", "script", default="", help="Without a terminal: which practice call to place.")
@click.pass_obj
def up(room: Room, script: str) -> int:
    """A whole room on this machine: Asterisk, daemon and console; without a terminal, one practice call is shown.

    Everything is shut down at the end.
    """
    from console import show  # noqa: PLC0415 - only here
    from console import up as rooms  # noqa: PLC0415 - likewise

    def say(sentence: str) -> None:
        click.echo(sentence, err=True)

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    # A closed terminal or a polite end must take Asterisk and the daemon down too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with rooms.running(room.home, say) as (settings, record):
        set_language(settings.room.language)
        if _at_a_terminal():
            from console.tui.app import DutylineApp  # noqa: PLC0415 - the console's libraries are only loaded for it
            from console.tui.phone import softphones  # noqa: PLC0415 - likewise

            DutylineApp(settings, record, phone=softphones(settings)).run()
            return 0
        return 0 if show.practise(settings, record, script, click.echo) else 1


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input ends: the parent is gone.")
@click.pass_obj
def serve(room: Room, *, with_parent: bool) -> None:
    """Watch over the telephone: run beside Asterisk, by systemd or by hand, until SIGTERM."""
    from console.daemon import serve as run  # noqa: PLC0415 - only here

    run(room.settings, with_parent=with_parent)


@click.command()
@click.pass_obj
def console(room: Room) -> None:
    """The terminal at a desk."""
    if not _at_a_terminal():
        raise ConfigurationError("the console needs a terminal: run it in one, or use the other commands without")
    from console.tui.app import DutylineApp  # noqa: PLC0415 - only here
    from console.tui.phone import softphones  # noqa: PLC0415 - likewise

    DutylineApp(room.settings, room.record, phone=softphones(room.settings)).run()


@click.command()
@click.argument("script", default="")
@click.pass_obj
def practice(room: Room, script: str) -> int:
    """Place a practice call (演练来电) in the running room, with machines on both ends, and show it step by step."""
    from console import show  # noqa: PLC0415 - only here

    if not room.settings.seats:
        click.echo(_("there is no seat to practise at"), err=True)
        return 2
    return 0 if show.practise(room.settings, room.record, script, click.echo) else 1


def _at_a_terminal() -> bool:
    """Keys come from one and the picture, which Textual writes to standard error, goes to one."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
