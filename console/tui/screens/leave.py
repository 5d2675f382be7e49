"""Leaving a manned seat is asked about: quitting by accident leaves a duty room without its officer."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from console.words import N_, _


class LeaveScreen(ModalScreen[bool]):
    """True: leave the seat. Staying is what Enter does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "choose(False)", N_("stay"), id="leave.stay"),
        Binding("y", "choose(True)", N_("leave"), id="leave.go"),
    ]
    HELP = N_("Leaving signs you out: calls are no longer answered in your name.")

    def __init__(self, *, stay: bool = False) -> None:
        super().__init__()
        self._stay = stay

    def compose(self) -> ComposeResult:
        """The question and its two answers."""
        with Vertical(id="ask", classes="panel"):
            yield Label(_("This seat is manned. Sign out and leave it?"), markup=False)
            yield OptionList(
                Option(_("Stay (Esc)"), "stay"),
                Option(_("Sign out, sign-in for the next (Y)") if self._stay else _("Sign out and leave (Y)"), "go"),
                markup=False,
            )

    def on_mount(self) -> None:
        """The harmless answer first."""
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(event.option.id == "go")

    def action_choose(self, leave: bool) -> None:
        """By key."""
        self.dismiss(leave)
