"""A practice call (演练): which script."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from console.tui.text import cut, duration, fit
from console.words import N_, _, language


class PracticeScreen(ModalScreen[str | None]):
    """The scripts that come with the product."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("back"), id="practice.back")]
    HELP = N_("A practice call comes through the real telephone system and is marked as practice wherever it appears.")

    def compose(self) -> ComposeResult:
        """Question, list."""
        with Vertical(id="ask", classes="panel"):
            yield Label(_("Which practice call? It rings like a real one and is marked as practice."), markup=False)
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        """Read the scripts."""
        self.load()

    @work(exclusive=True)
    async def load(self) -> None:
        """Their titles in the room's language."""
        from telephony.practice import scripts  # noqa: PLC0415 - needed here only

        choices = self.query_one(OptionList)
        for script in await asyncio.to_thread(scripts.load):
            title = script.title.get(language()) or next(iter(script.title.values()), script.id)
            choices.add_option(Option(Text(f"{fit(title, 42)} {duration(script.seconds)}"), script.id))
        if not choices.option_count:
            choices.add_option(Option(Text(cut(_("no script is installed"), 50)), disabled=True))
        choices.highlighted = 0
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(event.option.id)
