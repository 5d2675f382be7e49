"""A number to dial or to pass a call on to, found by name, unit, number or initials."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from console.tui.text import clean, cut
from console.words import N_, _
from models.errors import DutylineError
from models.queries import directory


class DialScreen(ModalScreen[str | None]):
    """Type a number, or who it is; Enter dials."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("back"), id="dial.back"),
        Binding("down", "into_list", N_("choose"), show=False, id="dial.choose"),
    ]
    HELP = N_("Type a number and Enter, or part of a name, a unit or its initials and choose.")
    QUESTION = N_("Who is to be called?")

    def compose(self) -> ComposeResult:
        """Field and what fits."""
        with Vertical(id="ask", classes="panel"):
            yield Label(_(self.QUESTION), markup=False)
            yield Input(placeholder=_("number, name, unit or initials"), id="answer")
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        """Write at once."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    @work(exclusive=True)
    async def look_up(self, event: Input.Changed) -> None:
        """What fits so far."""
        from console.tui.app import DutylineApp  # noqa: PLC0415 - the app opens this screen

        app, typed = self.app, event.value.strip()
        if not isinstance(app, DutylineApp):
            return
        try:
            found = await app.read(lambda session: directory.listed(session, typed, limit=8).items) if typed else ()
        except DutylineError as error:
            app.tell_error(error)
            return
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(self.seats(typed))
        for view in found:
            name = cut(" ".join(part for part in (view.unit, view.contact, view.label) if part), 38)
            choices.add_option(Option(Text(f"{clean(view.number)}  {name}"), f"number-{view.id}-{view.number}"))

    def seats(self, _typed: str) -> list[Option]:
        """Seats of the room that fit; a number to dial is outside it."""
        return []

    @on(Input.Submitted)
    def given(self) -> None:
        """A number is dialled; a name takes the first that fits."""
        typed = self.query_one(Input).value.strip()
        number = "".join(sign for sign in typed if sign in "0123456789+*#")
        choices = self.query_one(OptionList)
        if number and not any(sign.isalpha() for sign in typed):
            self.dismiss(number)
        elif choices.option_count:
            self.dismiss(_digits(choices.get_option_at_index(0).id))

    def action_into_list(self) -> None:
        """Choose among what fits."""
        choices = self.query_one(OptionList)
        if choices.option_count:
            choices.highlighted = 0
            choices.focus()

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(_digits(event.option.id))


class TransferScreen(DialScreen):
    """Type a seat or a number; Enter passes the call on, F6 asks there first while the caller waits."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f6", "ask_first", N_("ask there first"), id="transfer.ask_first")]
    HELP = N_(
        "Enter passes the call on at once. F6 asks there first: the caller waits, F6 again joins the two, "
        "hanging up brings the caller back."
    )
    QUESTION = N_("Pass on to? Enter: at once. F6: ask there first.")

    def __init__(self, seats: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._seats = seats
        self.first_ask = False
        """The officer wants to speak with the other before the caller does."""

    def on_mount(self) -> None:
        """The other seats, before anything is typed."""
        super().on_mount()
        self.query_one(OptionList).add_options(self.seats(""))

    def seats(self, typed: str) -> list[Option]:
        """The other seats, by number and name."""
        return [
            Option(Text(f"{clean(number)}  {cut(label, 38)}"), f"seat-{number}")
            for number, label in self._seats
            if typed.lower() in f"{number} {label}".lower()
        ]

    def action_ask_first(self) -> None:
        """The highlighted one, or the one that is written, is asked first."""
        choices = self.query_one(OptionList)
        self.first_ask = True
        if choices.has_focus:
            choices.action_select()
        else:
            self.given()


def _digits(option_id: str | None) -> str:
    return (option_id or "").rpartition("-")[2]
