"""Matters (Art. 7): 事事有回音 件件有着落. Clocks and reports come with the regulation's issue."""

from models.errors import Conflict, Refused
from models.store.unit import UnitOfWork, subject
from models.tables import Entry, Matter, Reassignment
from models.tables.entries import EntryState
from models.tables.matters import MatterState


def open_from(uow: UnitOfWork, entry_id: int, title: str) -> Matter:
    """A confirmed entry opens a matter; its owner is the entry's owner. Raises Refused when it is not confirmed."""
    entry = uow.session.get_one(Entry, entry_id)
    if entry.state not in (EntryState.CONFIRMED, EntryState.AMENDED) or entry.owner_id is None:
        raise Refused("confirm the entry first: a matter stands on a confirmed record")
    if entry.matter_id is not None:
        raise Conflict("the entry belongs to matter {matter} already", matter=entry.matter_id)
    if not title.strip():
        raise Refused("a matter needs a title")
    with uow.action("matter.opened") as account:
        matter = Matter(title=title.strip()[:200], owner_id=entry.owner_id, opened_at=uow.now, drill=entry.drill)
        uow.session.add(matter)
        uow.session.flush()
        entry.matter_id = matter.id
        account.subject = subject("matter", matter.id)
    return matter


def answer(uow: UnitOfWork, matter_id: int, words: str) -> None:
    """What was found or done."""
    matter = uow.session.get_one(Matter, matter_id)
    if matter.state is MatterState.CLOSED:
        raise Refused("the matter is closed: reopen it first")
    if not words.strip():
        raise Refused("say what the answer is")
    with uow.action("matter.answered", subject("matter", matter.id)):
        matter.answer, matter.answered_at, matter.state = words.strip(), uow.now, MatterState.ANSWERED


def close(uow: UnitOfWork, matter_id: int, outcome: str) -> None:
    """Closed with the outcome told back to the source (Art. 7). Raises Refused saying what is missing."""
    matter = uow.session.get_one(Matter, matter_id)
    if matter.state is MatterState.OPEN:
        raise Refused("the matter has no answer yet (Art. 7: every matter is answered)")
    if not outcome.strip():
        raise Refused("say how the outcome was told back to the source (Art. 7)")
    with uow.action("matter.closed", subject("matter", matter.id)):
        if matter.state is not MatterState.CLOSED:
            matter.outcome, matter.closed_at, matter.state = outcome.strip(), uow.now, MatterState.CLOSED


def reopen(uow: UnitOfWork, matter_id: int) -> None:
    """Open again; the journal keeps what was."""
    matter = uow.session.get_one(Matter, matter_id)
    if matter.state is not MatterState.CLOSED:
        raise Refused("the matter is not closed")
    with uow.action("matter.reopened", subject("matter", matter.id)):
        matter.state, matter.closed_at = MatterState.OPEN, None


def offer(uow: UnitOfWork, matter_id: int, *, to_id: int, reason: str) -> Reassignment:
    """Offer the matter to another officer, with the reason; ownership stays until the other accepts (Art. 7)."""
    matter = uow.session.get_one(Matter, matter_id)
    if not reason.strip():
        raise Refused("a reassignment needs its reason (Art. 7)")
    if matter.state is MatterState.CLOSED:
        raise Refused("the matter is closed: reopen it first")
    if to_id == matter.owner_id:
        raise Refused("the matter is this officer's already")
    with uow.action("matter.offered", subject("matter", matter.id)):
        row = Reassignment(
            matter_id=matter.id, from_id=matter.owner_id, to_id=to_id, reason=reason.strip(), offered_at=uow.now
        )
        uow.session.add(row)
        uow.session.flush()
    return row


def accept(uow: UnitOfWork, reassignment_id: int, officer_id: int) -> Matter:
    """The receiver accepts, and only the receiver."""
    offered, matter = _offered(uow, reassignment_id, officer_id)
    with uow.action("matter.reassigned", subject("matter", matter.id), note={"reason": offered.reason}):
        offered.accepted_at, matter.owner_id = uow.now, officer_id
    return matter


def decline(uow: UnitOfWork, reassignment_id: int, officer_id: int) -> None:
    """The receiver does not take it: it stays with its owner."""
    offered, matter = _offered(uow, reassignment_id, officer_id)
    with uow.action("matter.declined", subject("matter", matter.id)):
        offered.declined_at = uow.now


def _offered(uow: UnitOfWork, reassignment_id: int, officer_id: int) -> tuple[Reassignment, Matter]:
    offered = uow.session.get_one(Reassignment, reassignment_id)
    matter = uow.session.get_one(Matter, offered.matter_id)
    if offered.to_id != officer_id:
        raise Refused("only the officer to whom it was offered can answer the offer")
    settled = offered.accepted_at or offered.declined_at
    if settled is not None:
        raise Conflict("the offer was settled already at {when}", when=settled)
    if matter.owner_id != offered.from_id:
        raise Conflict("{who} owns the matter by now: the offer is void", who=matter.owner.name)
    return offered, matter
