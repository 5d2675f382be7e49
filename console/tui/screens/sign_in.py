"""Sign-in: which seat, who, and the secret. With no account at all, the first one is made here."""

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Center, Middle, Vertical
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from console.tui.screens.room import RoomScreen
from console.tui.text import clean, fit, short_time
from console.tui.widgets.field import Field
from console.words import N_, _, say
from models.errors import DutylineError
from models.queries import officers

NO_SEAT = "-"


class NameSuggester(Suggester):
    """Completes names by what was typed or by pinyin initials ('wh' -> 王海)."""

    def __init__(self, screen: "SignInScreen") -> None:
        super().__init__(use_cache=False, case_sensitive=False)
        self._screen = screen

    async def get_suggestion(self, value: str) -> str | None:
        """The rest of a name that begins so."""
        found = await self._screen.names(value)
        return next((name for name in found if name.casefold().startswith(value.casefold())), None)


class SignInScreen(RoomScreen[None]):
    """Seat, name, secret. Nothing is remembered between officers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "go", N_("sign in"), id="sign_in.go"),
    ]
    HELP = N_(
        "Choose the seat with the arrow keys, write your name (or its initials and Enter) and your secret. "
        "Inspectors and supervisors sign in without a seat."
    )

    def __init__(self) -> None:
        super().__init__()
        self._seats: tuple[officers.SeatView, ...] = ()
        self._first = False

    def body(self) -> Iterable[Widget]:
        """A small form in the middle."""
        with Middle(), Center(), Vertical(id="sign-in"):
            yield Label(Text(clean(self.room.settings.room.name)), id="room")
            yield Label("", id="hint", markup=False)
            yield OptionList(id="seats", markup=False)
            yield Field(placeholder=_("name, or its initials"), id="name", suggester=NameSuggester(self))
            yield Field(placeholder=_("secret"), password=True, id="secret")
            yield Field(placeholder=_("secret once more"), password=True, id="again")
            yield Label("", id="error", markup=False)

    def on_mount(self) -> None:
        """Read the seats; the cursor is on them."""
        self.query_one("#again").display = False
        self.refill()

    def picture_changed(self) -> None:
        """Seats may have become free."""
        super().picture_changed()
        self.refill()

    @work(exclusive=True, group="seats")
    async def refill(self) -> None:
        """Seats and whether anybody has an account, as they are now."""
        try:
            seats, anybody = await self.room.read(lambda session: (officers.seats(session), officers.anybody(session)))
        except DutylineError as error:
            self.tell(say(error, self.room.zone))
            return
        self._first = not anybody
        self.query_one("#hint", Label).update(
            _("Who sits down? Choose a seat, then your name and secret.")
            if anybody
            else _("Nobody has an account yet: make the first officer's here.")
        )
        self.query_one("#again").display = self._first
        if seats != self._seats or not self.query_one("#seats", OptionList).option_count:
            self._seats = seats
            self._fill(seats)

    def _fill(self, seats: tuple[officers.SeatView, ...]) -> None:
        choices = self.query_one("#seats", OptionList)
        before = choices.highlighted
        now, zone = self.room.now(), self.room.zone
        choices.clear_options()
        for seat in seats:
            state = (
                _("{who} since {when}").format(who=seat.officer, when=short_time(seat.since, now, zone))
                if seat.officer and seat.since
                else _("free")
            )
            choices.add_option(Option(Text(f"{fit(seat.number, 6)} {fit(seat.label, 14)} {clean(state)}"), seat.number))
        choices.add_option(Option(Text(_("no seat: look and replay only")), NO_SEAT))
        free = next((index for index, seat in enumerate(seats) if not seat.officer), 0)
        choices.highlighted = free if before is None else min(before, choices.option_count - 1)
        if self.focused is None:
            choices.focus()

    async def names(self, typed: str) -> tuple[str, ...]:
        """Names that fit what was typed."""
        try:
            return await self.room.read(lambda session: officers.matching(session, typed))
        except DutylineError:
            return ()

    @on(OptionList.OptionSelected)
    def seat_chosen(self) -> None:
        """On to the name."""
        self.query_one("#name").focus()

    @on(Input.Submitted, "#name")
    @work(exclusive=True, group="name")
    async def name_given(self, event: Input.Submitted) -> None:
        """Initials become the name when only one fits; then on to the secret."""
        typed = event.value.strip()
        found = await self.names(typed)
        if len(found) == 1 and typed:
            event.input.value = found[0]
        elif len(found) > 1 and typed not in found:
            self.tell(_("Several names fit: {names}").format(names=", ".join(found)))
            return
        self.tell("")
        self.query_one("#secret").focus()

    @on(Input.Submitted, "#secret")
    def secret_given(self) -> None:
        """The last field, unless the first account is made."""
        if self._first:
            self.query_one("#again").focus()
        else:
            self.action_go()

    @on(Input.Submitted, "#again")
    def secret_repeated(self) -> None:
        """The first account's last field."""
        self.action_go()

    def action_go(self) -> None:
        """Sign in with what is there."""
        choices = self.query_one("#seats", OptionList)
        chosen = choices.highlighted
        seat = choices.get_option_at_index(chosen).id if chosen is not None else NO_SEAT
        name = self.query_one("#name", Input).value.strip()
        secret = self.query_one("#secret", Input).value
        if self._first and secret != self.query_one("#again", Input).value:
            self.tell(_("The two secrets differ: write them again."))
            return
        if not name or not secret:
            self.tell(_("Name and secret are needed."))
            return
        self.tell(_("one moment"))
        self._sign_in(name, secret, None if seat == NO_SEAT else seat)

    @work(exclusive=True, group="sign-in")
    async def _sign_in(self, name: str, secret: str, seat: str | None) -> None:
        try:
            await self.room.sign_in(name, secret, seat, first=self._first)
        except DutylineError as error:
            self.tell(say(error, self.room.zone))
            self.query_one("#secret", Input).value = ""
            self.query_one("#again", Input).value = ""
            self.query_one("#secret").focus()
            self.refill()

    def tell(self, sentence: str) -> None:
        """One sentence under the form."""
        self.query_one("#error", Label).update(clean(sentence))
