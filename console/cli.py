"""dutyline: the command line. Everything a screen can show can be had here; stdout for data, stderr for talk.

Exit codes: 0 fine, 1 the answer is no, 2 wrong usage or configuration.
"""

import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from console.session import Room
from console.words import say, set_language
from models.errors import DutylineError
from models.settings import home_of
from telephony.errors import TelephonyError

# Name -> module: a command's libraries are loaded when it is run, so that every start is quick.
COMMANDS = {
    "up": "run",
    "serve": "run",
    "console": "run",
    "practice": "run",
    "doctor": "health",
    "verify": "health",
    "db": "health",
    "calls": "listing",
    "entries": "listing",
    "matters": "listing",
    "lines": "listing",
    "search": "listing",
    "contacts": "listing",
    "entry": "acting",
    "matter": "acting",
    "officers": "acting",
    "directory": "acting",
    "dial": "acting",
    "play": "acting",
    "elements": "speech",
    "model": "speech",
    "asterisk": "pbx",
}


class Commands(click.Group):
    """Subcommands found by name, each module loaded only when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of COMMANDS: what runs the room first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from its module's attribute of the same name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found = getattr(importlib.import_module(f"console.commands.{module}"), cmd_name)
        return found if isinstance(found, click.Command) else None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home", type=click.Path(path_type=Path), help="The room's folder (default: $DUTYLINE_HOME, else ./var)."
)
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
@click.version_option(package_name="dutyline")
@click.pass_context
def dutyline(ctx: click.Context, home: Path | None, *, verbose: bool) -> None:
    """The telephone, the log and the clock of a 24-hour government duty room (值班室)."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    ctx.obj = Room(home_of(home))
    ctx.call_on_close(ctx.obj.close)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    try:
        code: Any = dutyline.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except click.Abort:
        click.echo("stopped", err=True)
        code = 130
    except (DutylineError, TelephonyError) as error:
        click.echo(f"dutyline: {say(error)}", err=True)
        code = 2
    except BrokenPipeError:
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


__all__ = ["dutyline", "main", "set_language"]
