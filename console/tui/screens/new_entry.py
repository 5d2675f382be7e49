"""A record by hand (新记录): what came by word of mouth or another way."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, TextArea

from console.tui.screens.room import RoomScreen
from console.words import N_, _
from models.errors import DutylineError


class NewEntryScreen(RoomScreen[None]):
    """Source and text become a draft; it is confirmed like any other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "write", N_("write it down"), id="new_entry.write"),
        Binding("escape,f10", "back", N_("back"), id="new_entry.close"),
    ]
    HELP = N_("Write who told it and what was told; F2 makes it a draft of yours that is confirmed like any other.")

    def body(self) -> Iterable[Widget]:
        """Two fields."""
        yield Input(placeholder=_("source: unit, person, way"), id="source")
        yield TextArea(id="text", soft_wrap=True, tab_behavior="focus")

    def on_mount(self) -> None:
        """Begin with the source; what was left unfinished is here again."""
        self.query_one("#source").border_title = _("Source")
        self.query_one("#text").border_title = _("What is to be recorded")
        source, text = self.room.unfinished
        self.query_one(Input).value = source
        self.query_one(TextArea).load_text(text)
        self.query_one(Input).focus()

    def on_input_submitted(self) -> None:
        """On to the text."""
        self.query_one(TextArea).focus()

    @work(exclusive=True)
    async def action_write(self) -> None:
        """Into the record as a draft, and open it."""
        from models.actions import entries  # noqa: PLC0415 - loaded when something is done

        source, text = self.query_one(Input).value, self.query_one(TextArea).text
        who = self.room.me
        try:
            key = await self.room.act(
                lambda uow: entries.write_manual(uow, who.officer_id, source=source, text=text).id
            )
        except DutylineError as error:
            self.room.tell_error(error)
            return
        self.room.unfinished = ("", "")
        self.app.call_later(self._go, key)

    async def _go(self, key: int) -> None:
        await self.app.pop_screen()
        self.room.open_entry(key)

    def action_back(self) -> None:
        """What was written waits here until the console is left."""
        self.room.unfinished = (self.query_one(Input).value, self.query_one(TextArea).text)
        self.dismiss()
