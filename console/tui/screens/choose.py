"""One of several."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from console.tui.text import cut
from console.words import N_


class ChooseScreen(ModalScreen[int | None]):
    """A question and its possible answers by key; Esc gives none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("back"), id="choose.back")]

    def __init__(self, question: str, choices: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Question, list."""
        with Vertical(id="ask", classes="panel"):
            yield Label(self._question, markup=False)
            yield OptionList(*(Option(Text(cut(words, 52)), str(key)) for key, words in self._choices), markup=False)

    def on_mount(self) -> None:
        """Choose at once."""
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(int(event.option.id or 0))
