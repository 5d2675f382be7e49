"""What waits to be confirmed, and what nobody owns yet."""

from collections.abc import Hashable

from rich.text import Text

from console.tui.text import cut, fit, short_time
from console.tui.widgets.keyed_list import KeyedList
from console.words import N_, _, pgettext, word
from models.queries.entries import EntryRow
from models.rules.calls import CallState
from models.tables.entries import EntryKind


def kind_words(entry: EntryRow) -> str:
    """What happened, in a word: missed, message, incoming, by hand."""
    if entry.kind is EntryKind.MANUAL or entry.direction is None:
        return word(entry.kind)
    if entry.message_left:
        return pgettext("call", "message left")
    if entry.call_state in (CallState.MISSED, CallState.ABANDONED):
        return word(entry.call_state)
    return word(entry.direction)


class Pending(KeyedList[EntryRow]):
    """Drafts by time; an unowned one blinks until somebody takes it."""

    TITLE = N_("To confirm")
    EMPTY = N_("nothing to confirm")
    HELP = N_("Drafts that wait for an officer. Enter opens one, F2 too; T takes one that nobody owns.")

    def key_of(self, item: EntryRow) -> Hashable:
        """The entry."""
        return item.id

    def blinks(self, item: EntryRow) -> bool:
        """Nobody owns it."""
        return item.owner_id is None

    def draw(self, item: EntryRow, width: int) -> Text:
        """Time, kind, source, how much is known, owner."""
        room = self.room
        line = Text(" ")
        line.append(fit(short_time(item.occurred_at, room.now(), room.zone), 5), self.tone("dim"))
        line.append(" ")
        self.mark_drill(line, item.drill)
        line.append(cut(kind_words(item), 10) + " ", self.tone("accent"))
        owner = item.owner or _("not taken")
        known = f"{item.stated}/11" if item.kind is EntryKind.CALL else ""
        tail = f" {fit(known, 5)} {fit(owner, 9)}"
        left = max(4, width - line.cell_len - Text(tail).cell_len)
        line.append(fit(item.source or _("number hidden"), left))
        line.append(f" {fit(known, 5)}", self.tone("dim"))
        line.append(f" {fit(owner, 9)}", self.tone("warn") if item.owner_id is None else self.tone("dim"))
        return line
