"""One line that is asked for: the title of a matter, a number to dial, a sentence."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from console.tui.text import clean
from console.words import N_, _


class LineScreen(ModalScreen[str | None]):
    """A question and a field; Enter gives the answer, Esc none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("back"), id="ask.back")]

    def __init__(self, question: str, begins: str = "", hint: str = "") -> None:
        super().__init__()
        self._question, self._begins, self._hint = question, begins, hint

    def compose(self) -> ComposeResult:
        """Question, field."""
        with Vertical(id="ask", classes="panel"):
            yield Label(self._question, markup=False)
            yield Input(clean(self._begins), placeholder=self._hint, id="answer", select_on_focus=False)

    def on_mount(self) -> None:
        """Write at once."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Given."""
        if event.value.strip():
            self.dismiss(event.value.strip())


class TitleScreen(LineScreen):
    """What the matter is called."""

    def __init__(self, begins: str = "") -> None:
        super().__init__(_("Title of the matter"), begins, _("place and what happened"))
