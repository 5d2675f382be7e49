"""Everything a screen can do, headless: entries, matters, officers, directory, telephone.

Acting needs a person: --as NAME, whose secret is read from standard input or asked for, never given as an argument.
"""

import sys
from collections.abc import Callable
from typing import Any

import click

from console.output import emit, table
from console.session import Room
from console.words import _, word
from models.actions import directory as directory_actions
from models.actions import entries, matters, requests
from models.actions import officers as people
from models.errors import Refused
from models.queries import entries as entry_queries
from models.queries import officers as officer_queries
from models.queries import recordings as recording_queries
from models.tables.people import Role
from models.tables.requests import RequestKind

Function = Callable[..., Any]


def acting(function: Function) -> Function:
    """The option by which a command knows who acts."""
    return click.option("--as", "name", required=True, metavar="NAME", help="The officer who does this.")(function)


def _secret(prompt: str, *, confirm: bool = False) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
    return sys.stdin.readline().rstrip("\n")


def _person(room: Room, name: str) -> int:
    """The officer's key, after the secret was right. Raises Refused."""
    return people.authenticate(room.record, name=name, secret=_secret(_("Secret of {name}").format(name=name)))


@click.group()
def entry() -> None:
    """One line of the duty log: show, take, confirm, amend, write."""


@entry.command("show")
@click.argument("number", type=int)
@click.pass_obj
def entry_show(room: Room, number: int) -> None:
    """Everything about one entry, as JSON."""
    with room.record.reading() as session:
        found = entry_queries.get(session, number)
    if found is None:
        raise Refused("there is no entry {number}", number=number)
    emit(found)


@entry.command("take")
@click.argument("number", type=int)
@acting
@click.pass_obj
def entry_take(room: Room, number: int, name: str) -> None:
    """Own what nobody owns (认领)."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        entries.take(uow, number, officer)


@entry.command("confirm")
@click.argument("number", type=int)
@click.option("--text", required=True, help="The officer's record of it.")
@acting
@click.pass_obj
def entry_confirm(room: Room, number: int, text: str, name: str) -> None:
    """Confirm a draft (确认)."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        entries.confirm(uow, number, officer, text=text)


@entry.command("amend")
@click.argument("number", type=int)
@click.option("--text", required=True)
@click.option("--reason", required=True)
@acting
@click.pass_obj
def entry_amend(room: Room, number: int, text: str, reason: str, name: str) -> None:
    """Amend a confirmed entry, with the reason (更正)."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        entries.amend(uow, number, officer, text=text, reason=reason)


@entry.command("element")
@click.argument("number", type=int)
@click.argument("key")
@click.argument("text")
@acting
@click.pass_obj
def entry_element(room: Room, number: int, key: str, text: str, name: str) -> None:
    """Write one of the eleven elements of a draft in the officer's own words."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        entries.write_element(uow, number, key, text)


@entry.command("write")
@click.option("--source", default="", help="Who said it.")
@click.option("--text", required=True)
@acting
@click.pass_obj
def entry_write(room: Room, source: str, text: str, name: str) -> None:
    """A new draft by hand (新记录); prints its number."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        click.echo(entries.write_manual(uow, officer, source=source, text=text).id)


@click.group()
def matter() -> None:
    """One matter: open, answer, close, reopen, offer, accept."""


@matter.command("open")
@click.argument("entry_number", type=int)
@click.option("--title", required=True)
@acting
@click.pass_obj
def matter_open(room: Room, entry_number: int, title: str, name: str) -> None:
    """A confirmed entry becomes a matter; prints its number."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        click.echo(matters.open_from(uow, entry_number, title).id)


@matter.command("answer")
@click.argument("number", type=int)
@click.option("--text", required=True)
@acting
@click.pass_obj
def matter_answer(room: Room, number: int, text: str, name: str) -> None:
    """What was found or done."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        matters.answer(uow, number, text)


@matter.command("close")
@click.argument("number", type=int)
@click.option("--outcome", required=True, help="How the outcome was told back to the source.")
@acting
@click.pass_obj
def matter_close(room: Room, number: int, outcome: str, name: str) -> None:
    """Closed with its outcome told back (回音)."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        matters.close(uow, number, outcome)


@matter.command("reopen")
@click.argument("number", type=int)
@acting
@click.pass_obj
def matter_reopen(room: Room, number: int, name: str) -> None:
    """Open again."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        matters.reopen(uow, number)


@matter.command("offer")
@click.argument("number", type=int)
@click.option("--to", "receiver", required=True, metavar="NAME")
@click.option("--reason", required=True)
@acting
@click.pass_obj
def matter_offer(room: Room, number: int, receiver: str, reason: str, name: str) -> None:
    """Offer the matter to another officer; prints the number that the other accepts."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        click.echo(matters.offer(uow, number, to_id=people.named(uow, receiver).id, reason=reason).id)


@matter.command("accept")
@click.argument("offer", type=int)
@acting
@click.pass_obj
def matter_accept(room: Room, offer: int, name: str) -> None:
    """Accept what was offered: from now on it is yours."""
    officer = _person(room, name)
    with room.record.writing(f"officer:{officer}") as uow:
        matters.accept(uow, offer, officer)


@click.group()
def officers() -> None:
    """Accounts: list, add, secret, dismiss."""


@officers.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def officers_list(room: Room, *, as_json: bool) -> None:
    """Who may sign in, and who sits where."""
    with room.record.reading() as session:
        page = officer_queries.listed(session, limit=1000)
    if as_json:
        emit({"items": page.items})
    else:
        rows = ((item.id, item.name, item.role, " ".join(item.seats)) for item in page.items)
        table(rows, room.settings.room.zone)


@officers.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OFFICER.value, show_default=True)
@click.pass_obj
def officers_add(room: Room, name: str, role: str) -> None:
    """A new account; the secret is read from standard input or asked for twice."""
    secret = _secret(_("New secret of {name}").format(name=name), confirm=True)
    with room.record.writing("system:command-line") as uow:
        people.enrol(uow, name=name, role=Role(role), secret=secret)
    click.echo(f"{name}: {word(Role(role))}", err=True)


@officers.command("secret")
@click.argument("name")
@click.pass_obj
def officers_secret(room: Room, name: str) -> None:
    """A new secret for an account."""
    secret = _secret(_("New secret of {name}").format(name=name), confirm=True)
    with room.record.writing("system:command-line") as uow:
        people.change_secret(uow, people.named(uow, name).id, secret)


@officers.command("dismiss")
@click.argument("name")
@click.pass_obj
def officers_dismiss(room: Room, name: str) -> None:
    """The account may sign in no more; what it did stays."""
    with room.record.writing("system:command-line") as uow:
        people.dismiss(uow, people.named(uow, name).id)


@click.group()
def directory() -> None:
    """The directory: add units, people, numbers and places."""


@directory.command("unit")
@click.argument("name")
@click.option("--number", "numbers", multiple=True, help="May be given several times.")
@click.pass_obj
def directory_unit(room: Room, name: str, numbers: tuple[str, ...]) -> None:
    """A unit and its numbers."""
    with room.record.writing("system:command-line") as uow:
        unit = directory_actions.add_unit(uow, name)
        for number in numbers:
            directory_actions.add_number(uow, number, unit_id=unit.id)


@directory.command("person")
@click.argument("name")
@click.option("--unit", "unit_name", default="")
@click.option("--post", default="")
@click.option("--number", "numbers", multiple=True, help="May be given several times.")
@click.pass_obj
def directory_person(room: Room, name: str, unit_name: str, post: str, numbers: tuple[str, ...]) -> None:
    """A person of a unit, and the person's numbers."""
    with room.record.writing("system:command-line") as uow:
        unit = directory_actions.add_unit(uow, unit_name) if unit_name else None
        person = directory_actions.add_contact(uow, name, unit_id=unit.id if unit else None, post=post)
        for number in numbers:
            directory_actions.add_number(uow, number, contact_id=person.id)


@directory.command("place")
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def directory_place(room: Room, names: tuple[str, ...]) -> None:
    """Names on the map that callers use."""
    with room.record.writing("system:command-line") as uow:
        for name in names:
            directory_actions.add_place(uow, name)


@click.command()
@click.argument("number")
@acting
@click.pass_obj
def dial(room: Room, number: str, name: str) -> None:
    """Ring the officer's own telephone, then the number."""
    officer = _person(room, name)
    _wish(room, officer, RequestKind.DIAL, {"number": number})


@click.command()
@click.argument("recording", type=int)
@click.option("--start", type=float, default=0.0, help="Second to begin at.")
@acting
@click.pass_obj
def play(room: Room, recording: int, start: float, name: str) -> None:
    """Play a sealed recording to the officer's telephone."""
    officer = _person(room, name)
    with room.record.reading() as session:
        if recording_queries.get(session, recording) is None:
            raise Refused("there is no recording {number}", number=recording)
    _wish(room, officer, RequestKind.PLAY, {"recording": recording, "start": start})


def _wish(room: Room, officer: int, kind: RequestKind, payload: dict[str, Any]) -> None:
    with room.record.reading() as session:
        seat = officer_queries.seat_of(session, officer)
    with room.record.writing(f"officer:{officer}") as uow:
        click.echo(requests.ask(uow, kind, payload, officer_id=officer, seat_id=seat).id)
