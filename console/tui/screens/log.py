"""The duty log (日志): a million entries page like ten; the filter is typed."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from console.tui.feed import NewsCame
from console.tui.screens.room import RoomScreen
from console.tui.typed_filter import Typed, parse
from console.tui.widgets.keyed_list import KeyedList
from console.tui.widgets.log_list import LogList
from console.words import N_, _
from models.errors import DutylineError
from models.queries import entries
from models.queries.page import Page

PAGE = 100
PAUSE_SECONDS = 0.15
"""Typing goes on: search when it has paused this long."""


class LogScreen(RoomScreen[None]):
    """Filter above, rows below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", N_("search"), id="log.search"),
        Binding("f4", "replay", N_("replay"), id="log.replay"),
        Binding("f6", "newest", N_("newest"), id="log.newest"),
        Binding("escape,f10", "back", N_("back"), id="log.close"),
    ]
    HELP = N_(
        "Type to search: two characters and up, numbers, pinyin initials, dates (11-20, 11-01..11-20, today), "
        "states (draft, confirmed, amended), practice. Enter goes to the rows."
    )

    def __init__(self) -> None:
        super().__init__()
        self._typed: Typed | None = None
        self._cursor: str | None = None
        self._newer = False

    def body(self) -> Iterable[Widget]:
        """Filter, how it was understood, rows."""
        yield Input(
            placeholder=_("search: words, number, initials, 11-01..11-20, draft, practice"), id="filter", compact=True
        )
        yield Label("", id="understood", markup=False)
        yield LogList(id="log")

    def on_mount(self) -> None:
        """The newest."""
        self.query_one(LogList).focus()
        self.search("")

    def news_came(self, news: NewsCame) -> None:
        """New rows come in when nothing is highlighted; otherwise they are announced."""
        if "entries" in news.tables:
            self._newer = True
            if self.query_one(LogList).cursor_index == 0:
                self.refill()
            else:
                self._title()

    @on(Input.Changed, "#filter")
    def typed(self, event: Input.Changed) -> None:
        """Search when the typing pauses."""
        self._later = event.value
        self.set_timer(PAUSE_SECONDS, lambda value=event.value: self.search(value) if value == self._later else None)

    @on(Input.Submitted, "#filter")
    def given(self) -> None:
        """To the rows."""
        self.query_one(LogList).focus()

    def search(self, typed: str) -> None:
        """The first page of what fits."""
        self._typed = parse(typed, self.room.now(), self.room.zone)
        self.query_one("#understood", Label).update(" " + self._typed.understood)
        self.refill()

    @work(exclusive=True, group="page")
    async def refill(self) -> None:
        """From the top."""
        page = await self._page(None)
        if page is None:
            return
        rows = self.query_one(LogList)
        rows.replace(page.items)
        self._cursor, self._newer = page.cursor, False
        self._title()

    @on(LogList.NearEnd)
    def more(self) -> None:
        """Older rows."""
        if self._cursor is not None:
            self.next_page()

    @work(exclusive=True, group="page")
    async def next_page(self) -> None:
        """The page after the last."""
        page = await self._page(self._cursor)
        if page is not None:
            self.query_one(LogList).append(page.items)
            self._cursor = page.cursor
            self._title()

    async def _page(self, cursor: str | None) -> Page[entries.EntryRow] | None:
        wanted = self._typed.filter if self._typed else None
        try:
            return await self.room.read(lambda session: entries.listed(session, wanted, limit=PAGE, cursor=cursor))
        except DutylineError as error:
            self.room.tell_error(error)
            return None

    def _title(self) -> None:
        rows = self.query_one(LogList)
        count = f"{len(rows.items)}{'+' if self._cursor else ''}"
        news = "  " + _("newer entries: F6") if self._newer else ""
        rows.border_title = Content(_("Duty log") + f" {count}{news}")

    @on(KeyedList.Chosen)
    def chosen(self, event: KeyedList.Chosen) -> None:
        """Open it."""
        self.room.open_entry(event.item.id)

    def action_filter(self) -> None:
        """To the filter."""
        self.query_one("#filter").focus()

    def action_newest(self) -> None:
        """Up to what came in the meantime."""
        self.refill()
        self.query_one(LogList).go(0)

    def action_replay(self) -> None:
        """The highlighted entry's call."""
        row = self.query_one(LogList).cursor_item
        if row is None or row.call_id is None:
            self.room.tell(_("This entry has no call."))
        else:
            self.room.replay(row.call_id)

    def action_back(self) -> None:
        """First out of the filter, then out of the log."""
        field = self.query_one("#filter", Input)
        if field.has_focus and field.value:
            field.value = ""
        else:
            self.dismiss()
