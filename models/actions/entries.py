"""The duty log: drafted by machine, taken and confirmed by officers, amended with a reason (Art. 7, 8)."""

from collections.abc import Mapping
from datetime import tzinfo

from sqlalchemy import or_, select

from models.errors import Conflict, Refused
from models.rules.calls import Direction
from models.rules.elements import KEYS, Element, Leg, draft, missing
from models.store import lookup, search, talk
from models.store.unit import UnitOfWork, subject
from models.tables import Amendment, Call, Entry, EntryElement, Officer, Recording, Segment, Transcript
from models.tables.entries import Author, EntryKind, EntryState
from models.tables.people import Role


def of_call(uow: UnitOfWork, call: Call, *, renamed: bool = False) -> Entry | None:
    """Inside a call's action: the draft entry that the call deserves. Talk between our own seats deserves none.

    `renamed`: who called has become known, so that the entry must be found by other words.
    """
    if call.direction is Direction.INTERNAL or call.part_of_id is not None:
        return None
    session = uow.session
    entry = session.scalars(select(Entry).where(Entry.call_id == call.id)).one_or_none() if call.id else None
    fresh = entry is None
    if entry is None:
        entry = Entry(kind=EntryKind.CALL, call=call, occurred_at=call.rang_at, state=EntryState.DRAFT)
        session.add(entry)
    entry.drill = call.drill
    if entry.state is EntryState.DRAFT:
        entry.occurred_at = call.rang_at
        entry.source = (lookup.party(session, call.unit_id, call.contact_id) or call.caller_name or call.number)[:200]
        if not entry.taken:
            entry.owner_id = call.officer_id
            entry.owned_at = (call.answered_at or call.rang_at) if call.officer_id is not None else None
    if fresh or renamed:
        session.flush()
        _index(uow, entry)
    return entry


def fold(uow: UnitOfWork, call_id: int) -> None:
    """Inside a call's action: the call became a part of another; its untouched draft goes with it."""
    entry = uow.session.scalars(select(Entry).where(Entry.call_id == call_id)).one_or_none()
    if entry is not None and entry.state is EntryState.DRAFT:
        entry.state = EntryState.FOLDED


def redraft(uow: UnitOfWork, entry_id: int, zone: tzinfo) -> tuple[str, ...]:
    """Draft the eleven elements anew from what has been heard so far; the keys still missing, in the order to ask."""
    session = uow.session
    entry = session.get_one(Entry, entry_id)
    if entry.call_id is None or entry.state is not EntryState.DRAFT:
        return ()
    heard = talk.of_call(session, entry.call_id, zone)
    elements = draft(heard.transcript, lookup.vocabulary(session))
    with uow.action("entry.drafted", subject("entry", entry.id)):
        known = {row.key: row for row in entry.elements if row.author is Author.MACHINE}
        for key in KEYS:
            _write_element(entry, known.get(key), elements[key], heard)
        entry.stated = sum(elements[key].stated for key in KEYS)
        entry.draft = "\n".join(turn.text for turn in heard.transcript.turns if turn.leg == "caller")
        _index(uow, entry)
    return missing(elements)


def _write_element(entry: Entry, row: EntryElement | None, element: Element, heard: talk.Talk) -> None:
    spans = [
        {"turn": span.turn, "start": span.start, "end": span.end, **heard.origin[span.turn]} for span in element.spans
    ]
    if row is None:
        row = EntryElement(entry_id=entry.id, key=element.key, author=Author.MACHINE, stated=False, text="", spans=[])
        entry.elements.append(row)
    if (row.stated, row.text, row.value, row.spans) != (element.stated, element.text, element.value, spans):
        row.stated, row.text, row.value, row.spans = element.stated, element.text, element.value, spans


def take(uow: UnitOfWork, entry_id: int, officer_id: int) -> Entry:
    """An officer takes what nobody owns. Raises Conflict saying who has it since when."""
    entry = uow.session.get_one(Entry, entry_id)
    _writer(uow, officer_id)
    if entry.owner_id is not None and entry.owner_id != officer_id:
        raise Conflict("{who} has owned this since {when}", who=_name(uow, entry.owner_id), when=entry.owned_at)
    with uow.action("entry.taken", subject("entry", entry.id)):
        if entry.owner_id is None:
            entry.owner_id, entry.owned_at, entry.taken = officer_id, uow.now, True
    return entry


def write_element(uow: UnitOfWork, entry_id: int, key: str, text: str) -> None:
    """The officer's own words for one element of a draft, kept beside the machine's; empty means 'not stated'."""
    entry = _draft(uow, entry_id)
    _known(key)
    with uow.action("entry.written", subject("entry", entry.id)):
        _officer_element(entry, key, text.strip())
        _index(uow, entry)


def write_text(uow: UnitOfWork, entry_id: int, text: str) -> None:
    """The officer's text of a draft, kept until it is confirmed; the machine's stays beside it."""
    entry = _draft(uow, entry_id)
    with uow.action("entry.written", subject("entry", entry.id)):
        entry.text = text.strip()
        _index(uow, entry)


def _known(key: str) -> None:
    if key not in KEYS:
        raise Refused("'{key}' is not one of the eleven elements: {keys}", key=key, keys=", ".join(KEYS))


def _officer_element(entry: Entry, key: str, text: str) -> None:
    row = next((item for item in entry.elements if item.key == key and item.author is Author.OFFICER), None)
    if row is None:
        row = EntryElement(entry_id=entry.id, key=key, author=Author.OFFICER, spans=[])
        entry.elements.append(row)
    if (row.stated, row.text) != (bool(text), text):
        row.stated, row.text = bool(text), text


def confirm(
    uow: UnitOfWork, entry_id: int, officer_id: int, *, text: str, elements: Mapping[str, str] | None = None
) -> Entry:
    """The officer's record, with name and time (Art. 8). Unowned entries become the confirming officer's.

    Raises Conflict when it was confirmed before, Refused when there is nothing to confirm or the call goes on.
    """
    entry = _draft(uow, entry_id)
    _writer(uow, officer_id)
    if not text.strip():
        raise Refused("an entry needs a text: say in one sentence what was reported, or that nothing was")
    if entry.call is not None and not entry.call.state.over:
        raise Refused("the call goes on: confirm the entry when it has ended")
    for key in elements or {}:
        _known(key)
    with uow.action("entry.confirmed", subject("entry", entry.id)):
        for key, words in (elements or {}).items():
            _officer_element(entry, key, words.strip())
        entry.text, entry.state = text.strip(), EntryState.CONFIRMED
        entry.confirmed_by_id, entry.confirmed_at = officer_id, uow.now
        if entry.owner_id is None:
            entry.owner_id, entry.owned_at = officer_id, uow.now
        _index(uow, entry)
    return entry


def amend(uow: UnitOfWork, entry_id: int, officer_id: int, *, text: str, reason: str) -> Entry:
    """A confirmed entry is only ever amended: the old text stays, the reason is written down (Art. 8)."""
    entry = uow.session.get_one(Entry, entry_id)
    _writer(uow, officer_id)
    if entry.state not in (EntryState.CONFIRMED, EntryState.AMENDED):
        raise Refused("only a confirmed entry is amended; a draft is simply written")
    if not reason.strip():
        raise Refused("an amendment needs its reason (Art. 8)")
    if not text.strip() or text.strip() == entry.text:
        raise Refused("the amended text is empty or the same as before")
    with uow.action("entry.amended", subject("entry", entry.id)):
        entry.amendments.append(
            Amendment(
                entry_id=entry.id,
                field="text",
                before=entry.text,
                after=text.strip(),
                reason=reason.strip(),
                by_id=officer_id,
                at=uow.now,
            )
        )
        entry.text, entry.state = text.strip(), EntryState.AMENDED
        _index(uow, entry)
    return entry


def write_manual(uow: UnitOfWork, officer_id: int, *, source: str, text: str) -> Entry:
    """A new draft by hand (新记录): what came by word of mouth or another way."""
    _writer(uow, officer_id)
    if not text.strip():
        raise Refused("an entry needs a text")
    with uow.action("entry.written") as account:
        entry = Entry(
            kind=EntryKind.MANUAL,
            state=EntryState.DRAFT,
            occurred_at=uow.now,
            source=source.strip()[:200],
            text=text.strip(),
            owner_id=officer_id,
            owned_at=uow.now,
        )
        uow.session.add(entry)
        uow.session.flush()
        account.subject = subject("entry", entry.id)
        _index(uow, entry)
    return entry


def _draft(uow: UnitOfWork, entry_id: int) -> Entry:
    entry = uow.session.get_one(Entry, entry_id)
    if entry.state in (EntryState.CONFIRMED, EntryState.AMENDED):
        raise Conflict(
            "{who} confirmed this entry at {when}; amend it with a reason",
            who=_name(uow, entry.confirmed_by_id),
            when=entry.confirmed_at,
        )
    if entry.state is EntryState.FOLDED:
        raise Refused("this call became part of another one: its record is there")
    return entry


def _writer(uow: UnitOfWork, officer_id: int) -> Officer:
    officer = uow.session.get_one(Officer, officer_id)
    if officer.role not in (Role.OFFICER, Role.LEADER) or not officer.active:
        raise Refused("{who} may look and replay here, but not write (Art. 11)", who=officer.name)
    return officer


def _name(uow: UnitOfWork, officer_id: int | None) -> str:
    officer = uow.session.get(Officer, officer_id) if officer_id else None
    return officer.name if officer else "?"


def _index(uow: UnitOfWork, entry: Entry) -> None:
    """Findable by source, number, texts, the officer's elements and the machine's transcript."""
    call = entry.call
    words = [entry.source, entry.text, entry.draft]
    words += [row.text for row in entry.elements if row.author is Author.OFFICER]
    if call is not None:
        unit, contact = call.unit, call.contact
        words += [call.number, call.caller_name]
        words += [unit.name, unit.initials] if unit else []
        words += [contact.name, contact.initials] if contact else []
        words += uow.session.scalars(
            select(Segment.text)
            .join(Transcript, Transcript.id == Segment.transcript_id)
            .join(Recording, Recording.id == Transcript.recording_id)
            .join(Call, Call.id == Recording.call_id)
            .where(or_(Call.id == call.id, Call.part_of_id == call.id), Segment.leg != Leg.CALLER)
            .order_by(Segment.id)
        )
    search.index(uow.session, entry.id, " ".join(words))
