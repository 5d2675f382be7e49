"""Amending a confirmed entry: the new text and the reason (Art. 8)."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, TextArea

from console.words import N_, _


class AmendScreen(ModalScreen[tuple[str, str] | None]):
    """The amended text and why; what it said before stays on record."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "go", N_("amend"), id="amend.go"),
        Binding("escape", "dismiss(None)", N_("back"), id="amend.back"),
    ]
    HELP = N_("Change the text and give the reason; F2 writes the amendment. The text before it stays on record.")

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """Text, reason, keys."""
        with Vertical(id="amend", classes="panel"):
            yield Label(_("Amend the entry"), markup=False)
            yield TextArea(self._text, soft_wrap=True, tab_behavior="focus")
            yield Input(placeholder=_("reason (Art. 8)"))
            yield Label("", id="error", markup=False)
            yield Label(_("F2 writes it, Esc goes back"), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Write at once."""
        self.query_one(TextArea).focus()

    def action_go(self) -> None:
        """Give both."""
        text, reason = self.query_one(TextArea).text.strip(), self.query_one(Input).value.strip()
        if not reason:
            self.query_one("#error", Label).update(_("An amendment needs its reason."))
            self.query_one(Input).focus()
        else:
            self.dismiss((text, reason))

    def on_input_submitted(self) -> None:
        """Enter in the reason."""
        self.action_go()
