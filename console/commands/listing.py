"""Lists: calls, entries, matters, lines, contacts, search. A page at a time; --cursor reads on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from console.output import emit, table
from console.session import Room
from models.queries import calls as call_queries
from models.queries import directory as directory_queries
from models.queries import entries as entry_queries
from models.queries import lines as line_queries
from models.queries import matters as matter_queries
from models.queries.page import Page

Function = Callable[..., Any]


def paged(function: Function) -> Function:
    """The options that every list has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="A JSON document instead of lines."),
        click.option("--cursor", help="Where the last page ended."),
        click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True),
    ):
        function = option(function)
    return function


def _show(room: Room, page: Page[Any], row: Callable[[Any], tuple[Any, ...]], *, as_json: bool) -> None:
    if as_json:
        emit({"items": page.items, "cursor": page.cursor})
        return
    table((row(item) for item in page.items), room.settings.room.zone)
    if page.cursor:
        click.echo(f"--cursor {page.cursor}", err=True)


def _call(view: call_queries.CallView) -> tuple[Any, ...]:
    who = view.unit or view.caller_name or view.number
    return view.id, view.rang_at, view.direction, view.state, who, view.number, view.seat_label, view.officer


def _entry(row: entry_queries.EntryRow) -> tuple[Any, ...]:
    return (
        row.id,
        row.occurred_at,
        row.state,
        row.source,
        f"{row.stated}/11",
        row.owner,
        row.text.replace("\n", " ")[:60],
    )


@click.command()
@paged
@click.pass_obj
def calls(room: Room, limit: int, cursor: str | None, *, as_json: bool) -> None:
    """Calls, newest first."""
    with room.record.reading() as session:
        page = call_queries.listed(session, limit=limit, cursor=cursor)
    _show(room, page, _call, as_json=as_json)


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, in the room's zone.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last one.")
@paged
@click.pass_obj
def entries(
    room: Room, limit: int, cursor: str | None, since: datetime | None, until: datetime | None, *, as_json: bool
) -> None:
    """The duty log, newest first."""
    zone = room.settings.room.zone
    wanted = entry_queries.Filter(
        since=since.replace(tzinfo=zone) if since else None, until=until.replace(tzinfo=zone) if until else None
    )
    with room.record.reading() as session:
        page = entry_queries.listed(session, wanted, limit=limit, cursor=cursor)
    _show(room, page, _entry, as_json=as_json)


@click.command()
@click.argument("words", nargs=-1, required=True)
@paged
@click.pass_obj
def search(room: Room, words: tuple[str, ...], limit: int, cursor: str | None, *, as_json: bool) -> None:
    """The duty log by words: two characters and up, parts of numbers, pinyin initials."""
    wanted = entry_queries.Filter(words=" ".join(words))
    with room.record.reading() as session:
        page = entry_queries.listed(session, wanted, limit=limit, cursor=cursor)
    _show(room, page, _entry, as_json=as_json)


@click.command()
@paged
@click.pass_obj
def matters(room: Room, limit: int, cursor: str | None, *, as_json: bool) -> None:
    """Matters that are not closed, newest first."""
    with room.record.reading() as session:
        page = matter_queries.listed(session, limit=limit, cursor=cursor)
    _show(
        room,
        page,
        lambda matter: (matter.id, matter.opened_at, matter.state, matter.title, matter.owner),
        as_json=as_json,
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON document instead of lines.")
@click.pass_obj
def lines(room: Room, *, as_json: bool) -> None:
    """Trunks, seats and services: their state, since when, and today's traffic."""
    now = room.record.clock()
    today = now.astimezone(room.settings.room.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with room.record.reading() as session:
        found = line_queries.listed(session, since=today, now=now)
    if as_json:
        emit({"items": found})
        return
    table(
        ((line.name, line.kind, line.state, line.since, line.label, line.officer, line.detail) for line in found),
        room.settings.room.zone,
    )


@click.command()
@click.argument("words", default="")
@paged
@click.pass_obj
def contacts(room: Room, words: str, limit: int, cursor: str | None, *, as_json: bool) -> None:
    """The directory: by name, unit, number or pinyin initials."""
    with room.record.reading() as session:
        page = directory_queries.listed(session, words, limit=limit, cursor=cursor)
    _show(
        room,
        page,
        lambda row: (row.unit, row.contact, row.post, row.number, row.verified_at),
        as_json=as_json,
    )
