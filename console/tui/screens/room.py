"""What every screen of the room has: the header, what cannot wait, the keys that work; and the way to the record."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from console.tui.feed import NewsCame
from console.tui.widgets.alerts import Alerts
from console.tui.widgets.header import Header
from console.tui.widgets.keys import Keys

if TYPE_CHECKING:
    from console.tui.app import DutylineApp

Answer = TypeVar("Answer")


class RoomScreen(Screen[Answer]):
    """Header, alerts, the screen's own body, keys."""

    AUTO_FOCUS = ""
    HELP = ""
    composed = False
    """All of it is there and can be asked for."""

    @property
    def room(self) -> "DutylineApp":
        """The application, by its own type."""
        return cast("DutylineApp", self.app)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield Header()
        yield Alerts()
        yield from self.body()
        yield Keys()

    def body(self) -> Iterable[Widget]:
        """What is between the alerts and the keys."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Textual calls this beside the own one of each screen."""
        self.composed = True

    def tick(self) -> None:
        """A second has passed: the clock and whatever counts seconds."""
        self.query_one(Header).refresh()
        self.query_one(Alerts).refresh()

    def picture_changed(self) -> None:
        """The room has been read anew; `room.picture` is how it is."""
        self.query_one(Header).refresh()
        self.query_one(Alerts).refresh()

    def news_came(self, news: NewsCame) -> None:
        """Something was journalled."""
