"""A list that addresses its rows by key and holds still while a row has the focus."""

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.tui.widgets.toned import TONE_CLASSES, Toned
from console.words import N_, _, ngettext

Item = TypeVar("Item")


class KeyedList(ScrollView, Toned, Generic[Item], can_focus=True):
    """Rows drawn one by one as they come into view. While it has the focus its order is frozen: rows that are new
    wait and are counted, rows that went stay, faded; the highlighted *record* stays highlighted whatever happens.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("up"), show=False, id="list.up"),
        Binding("down,j", "move(1)", N_("down"), show=False, id="list.down"),
        Binding("pageup", "page(-1)", N_("page up"), show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", N_("page down"), show=False, id="list.page_down"),
        Binding("home", "edge(-1)", N_("first"), show=False, id="list.first"),
        Binding("end", "edge(1)", N_("last"), show=False, id="list.last"),
        Binding("enter", "choose", N_("open"), id="list.open"),
        Binding("n", "thaw", N_("show new"), id="list.new"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    HELP = N_("Arrow keys move, Enter opens. New rows wait while you are here; N shows them.")
    TITLE = ""
    EMPTY = N_("nothing")

    class Chosen(Message):
        """Enter on a row, or a click."""

        def __init__(self, source: "KeyedList[Any]", item: Any) -> None:
            self.source = source
            self.item = item
            super().__init__()

        @property
        def control(self) -> "KeyedList[Any]":
            """The list."""
            return self.source

    class Highlighted(Message):
        """The cursor is on another row."""

        def __init__(self, source: "KeyedList[Any]", item: Any) -> None:
            self.source = source
            self.item = item
            super().__init__()

        @property
        def control(self) -> "KeyedList[Any]":
            """The list."""
            return self.source

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.items: list[Item] = []
        self._gone: set[Hashable] = set()
        self._fresh: list[Item] | None = None
        self._cursor: Hashable = None
        self._blink = False

    def key_of(self, item: Item) -> Hashable:
        """What makes a row the same row."""
        raise NotImplementedError

    def draw(self, item: Item, width: int) -> Text:
        """One line of at most `width` cells."""
        raise NotImplementedError

    @property
    def cursor_index(self) -> int:
        """Where the highlighted record is now; 0 when there is none."""
        for index, item in enumerate(self.items):
            if self.key_of(item) == self._cursor:
                return index
        return 0

    @property
    def cursor_item(self) -> Item | None:
        """The highlighted record."""
        return self.items[self.cursor_index] if self.items else None

    @property
    def held(self) -> int:
        """How many new rows wait."""
        shown = {self.key_of(item) for item in self.items}
        return sum(self.key_of(item) not in shown for item in self._fresh or ())

    def on_mount(self) -> None:
        """Title and first picture."""
        self._say()

    def show(self, items: Sequence[Item]) -> None:
        """Take new rows; see the class for what happens while a row has the focus."""
        if self.has_focus and self.items:
            found = {self.key_of(item): item for item in items}
            self._gone = {self.key_of(item) for item in self.items} - set(found)
            self.items = [found.get(self.key_of(item), item) for item in self.items]
            self._fresh = list(items)
        else:
            self._replace(list(items))
        self._say()

    def replace(self, items: Sequence[Item]) -> None:
        """Take new rows at once, whatever has the focus; the highlighted record stays so where it is among them."""
        self._replace(list(items))
        self._say()

    def _replace(self, items: list[Item]) -> None:
        index = self.cursor_index
        self.items, self._fresh, self._gone = items, None, set()
        keys = [self.key_of(item) for item in items]
        if self._cursor not in keys:
            self._cursor = keys[min(index, len(keys) - 1)] if keys else None

    def _say(self) -> None:
        self.virtual_size = Size(0, max(1, len(self.items)))
        title = _(self.TITLE) + (f" {self.count_words()}" if self.items else "")
        if self.held:
            title += "  " + ngettext("{n} new", "{n} new", self.held).format(n=self.held)
        self.border_title = Content(title) if title else None
        self.refresh()

    def count_words(self) -> str:
        """How many rows there are, for the title."""
        return str(len(self.items))

    def on_blur(self) -> None:
        """The rows that waited come in."""
        self.action_thaw()

    def action_thaw(self) -> None:
        """Show what waits; the highlighted record stays highlighted."""
        if self._fresh is not None:
            self._replace(self._fresh)
            self._say()
            self._keep_in_view()

    def action_move(self, by: int) -> None:
        """Another row."""
        self.go(self.cursor_index + by)

    def action_page(self, by: int) -> None:
        """A window further."""
        self.go(self.cursor_index + by * max(1, self.scrollable_content_region.height - 1))

    def action_edge(self, by: int) -> None:
        """First or last row."""
        self.go(0 if by < 0 else len(self.items) - 1)

    def go(self, index: int) -> None:
        """Highlight row `index`, as near as there is one."""
        if self.items:
            item = self.items[max(0, min(index, len(self.items) - 1))]
            self._cursor = self.key_of(item)
            self._keep_in_view()
            self.refresh()
            self.post_message(self.Highlighted(self, item))

    def _keep_in_view(self) -> None:
        self.scroll_to_region(Region(0, self.cursor_index, 1, 1), animate=False, force=True)

    def action_choose(self) -> None:
        """Open the highlighted record."""
        item = self.cursor_item
        if item is not None:
            self.post_message(self.Chosen(self, item))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing new: no key for it."""
        return bool(self.held) if action == "thaw" else True

    def on_click(self, event: events.Click) -> None:
        """The mouse does what the keys do: once to highlight, again to open."""
        index = event.y - self.gutter.top + self.scroll_offset.y
        if 0 <= index < len(self.items):
            again = self.cursor_index == index
            self.go(index)
            if again:
                self.action_choose()

    def blink(self, phase: bool) -> None:
        """The other half of the blinking."""
        self._blink = phase
        if any(self.blinks(item) for item in self.items):
            self.refresh()

    def blinks(self, item: Item) -> bool:
        """Whether this row calls for somebody."""
        return False

    def render_line(self, y: int) -> Strip:
        """The row at `y` of the window."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if not self.items and y == 0:
            line = Text(f" {_(self.EMPTY)}", self.tone("dim"))
        elif index < len(self.items):
            line = self._row(self.items[index], width)
        else:
            return Strip.blank(width, self.rich_style)
        return Strip(line.render(self.app.console)).adjust_cell_length(width).apply_style(self.rich_style)

    def _row(self, item: Item, width: int) -> Text:
        line = self.draw(item, width)
        line.no_wrap, line.end = True, ""
        line.append(" " * max(0, width - line.cell_len))
        key = self.key_of(item)
        if key in self._gone:
            line.stylize(self.tone("dim"))
        if self.blinks(item) and self._blink:
            line.stylize(self.tone("waiting"))
        if self.has_focus and self.items and key == self.key_of(self.items[self.cursor_index]):
            line.stylize(self.tone("cursor"))
        return line
