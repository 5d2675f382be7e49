"""What must be followed until there is an answer."""

from collections.abc import Hashable

from rich.text import Text

from console.tui.text import fit, short_time
from console.tui.widgets.keyed_list import KeyedList
from console.words import N_, word
from models.queries.matters import MatterView
from models.tables.matters import MatterState


class Matters(KeyedList[MatterView]):
    """Open matters, each with its one owner."""

    TITLE = N_("Matters")
    EMPTY = N_("no open matter")
    HELP = N_("Open matters and who owns them. Enter opens one: answer, close, reassign.")

    def key_of(self, item: MatterView) -> Hashable:
        """The matter."""
        return item.id

    def draw(self, item: MatterView, width: int) -> Text:
        """State, since when, title, owner."""
        room = self.room
        line = Text(" ")
        line.append(fit(word(item.state), 8), self.tone("warn" if item.state is MatterState.OPEN else "good"))
        line.append(" " + fit(short_time(item.opened_at, room.now(), room.zone), 5) + " ", self.tone("dim"))
        self.mark_drill(line, item.drill)
        line.append(fit(item.title, max(4, width - line.cell_len - 9)))
        line.append(f" {fit(item.owner, 8)}", self.tone("dim"))
        return line
