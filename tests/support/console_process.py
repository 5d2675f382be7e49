"""The console in this terminal with an inspector sitting at it already: `console_process.py HOME NAME SECRET`."""

import sys
from pathlib import Path

from console.tui.app import DutylineApp
from models.actions import officers
from models.queries import officers as people
from models.settings import load
from models.store.engine import Record


def main(home: str, name: str, secret: str) -> None:
    """Until the terminal closes."""
    settings = load(Path(home))
    record = Record(settings.database_url)
    row = officers.sign_in(record, name=name, secret=secret, seat=None)
    with record.reading() as session:
        who = people.signed_in(session, row.id)
    DutylineApp(settings, record, signed_in=who).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
