"""Lines (线路): trunks, seats and services, what they are and what they carried today."""

from collections.abc import Hashable, Iterable
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from console.tui.screens.room import RoomScreen
from console.tui.text import ago, duration, fit, row, short_time
from console.tui.widgets.keyed_list import KeyedList
from console.tui.widgets.lines_strip import detail_of, line_tone, name_of, state_words
from console.words import N_, _, word
from models.queries.lines import LineView
from models.tables.lines import LineKind


class LineList(KeyedList[LineView]):
    """A row a line."""

    TITLE = N_("Lines, seats and services")
    EMPTY = N_("no line is configured")
    HELP = N_("State, since when, and how old that knowledge is; then today's calls.")

    def key_of(self, item: LineView) -> Hashable:
        """The line."""
        return item.id

    def draw(self, item: LineView, width: int) -> Text:
        """Kind, name, state, since, age, traffic."""
        room, now = self.room, self.room.now()
        traffic, service = item.traffic, item.kind is LineKind.SERVICE
        since = short_time(item.since, now, room.zone) if item.since else ""
        age = ago((now - item.seen_at).total_seconds()) if item.seen_at else _("never")
        answered = f"{traffic.answer_seconds:.0f}" if traffic.answer_seconds is not None else ""
        line = Text(" ")
        line.append_text(
            row(
                (word(item.kind), 8, self.tone("dim")),
                (name_of(item), 14, self.tone("strong")),
                (state_words(item, now) if service else word(item.state), 12, self.tone(line_tone(item))),
                (since, 11, ""),
                (age, 6, self.tone("dim")),
                ("" if service else str(traffic.calls), 5, ""),
                ("" if service else str(traffic.missed), 6, self.tone("warn") if traffic.missed else ""),
                (answered, 6, ""),
                ("" if service else duration(traffic.longest_ring), 7, ""),
            )
        )
        line.append(
            " " + fit(item.officer or detail_of(item), max(0, width - line.cell_len - 1)),
            self.tone("dim"),
        )
        return line


class LinesScreen(RoomScreen[None]):
    """Live, like the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f10", "back", N_("back"), id="lines.close")]
    HELP = N_("How every line, seat and service is, and what it carried since midnight.")

    def body(self) -> Iterable[Widget]:
        """Heads, rows."""
        yield Static(self._heads(), id="heads")
        yield LineList(id="lines")

    def _heads(self) -> Text:
        line = Text("  ")
        line.append_text(
            row(
                (_("kind"), 8, "bold"),
                (_("name"), 14, "bold"),
                (_("state"), 12, "bold"),
                (_("since"), 11, "bold"),
                (_("age"), 6, "bold"),
                (_("calls"), 5, "bold"),
                (_("missed"), 6, "bold"),
                (_("ring s"), 6, "bold"),
                (_("longest"), 7, "bold"),
                (_("officer, detail"), 16, "bold"),
            )
        )
        return line

    def on_mount(self) -> None:
        """What is known."""
        self.query_one(LineList).focus()
        self.picture_changed()

    def picture_changed(self) -> None:
        """The room was read anew."""
        super().picture_changed()
        if self.room.picture is not None:
            self.query_one(LineList).show(self.room.picture.lines)

    def tick(self) -> None:
        """Ages grow."""
        super().tick()
        self.query_one(LineList).refresh()

    def action_back(self) -> None:
        """Close."""
        self.dismiss()
