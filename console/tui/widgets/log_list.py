"""The log's rows: a window of what is in the record, however much that is."""

from collections.abc import Hashable, Sequence

from rich.text import Text
from textual.message import Message

from console.tui.text import fit, short_time
from console.tui.widgets.keyed_list import KeyedList
from console.tui.widgets.pending import kind_words
from console.words import N_, _, word
from models.queries.entries import EntryRow
from models.tables.entries import EntryState

NEAR = 30
"""Rows before the end of the window at which the next page is asked for."""


class LogList(KeyedList[EntryRow]):
    """Entries, the newest first; asks for older ones before the cursor gets there."""

    TITLE = N_("Duty log")
    EMPTY = N_("no entry fits")
    HELP = N_("The duty log. Enter opens an entry, F4 replays its call, / searches.")

    class NearEnd(Message):
        """More rows will be needed soon."""

    def key_of(self, item: EntryRow) -> Hashable:
        """The entry."""
        return item.id

    def append(self, items: Sequence[EntryRow]) -> None:
        """Older ones below those that are there."""
        known = {item.id for item in self.items}
        self.items += [item for item in items if item.id not in known]
        self._say()

    def go(self, index: int) -> None:
        """Highlight, and look ahead."""
        super().go(index)
        if self.cursor_index >= len(self.items) - NEAR:
            self.post_message(self.NearEnd())

    def draw(self, item: EntryRow, width: int) -> Text:
        """When, state, kind, source, the beginning of the words, owner."""
        room = self.room
        line = Text(" ")
        line.append(fit(short_time(item.occurred_at, room.now(), room.zone), 16) + " ", self.tone("dim"))
        line.append(fit(word(item.state), 9) + " ", self.tone("warn" if item.state is EntryState.DRAFT else "good"))
        line.append(fit(kind_words(item), 8) + " ", self.tone("accent"))
        self.mark_drill(line, item.drill)
        line.append(fit(item.source or _("number hidden"), 18) + " ", self.tone("strong"))
        owner = item.owner or _("not taken")
        line.append(fit(item.text, max(4, width - line.cell_len - 11)), "")
        line.append(f" {fit(owner, 9)}", self.tone("warn") if item.owner_id is None else self.tone("dim"))
        return line
