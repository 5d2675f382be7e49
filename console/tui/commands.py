"""The palette: every command there is, found by its words or by the initials of its words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from console.words import N_, _

if TYPE_CHECKING:
    from console.tui.app import DutylineApp


@dataclass(frozen=True, slots=True)
class Command:
    """`name` and `help` are message keys; `action` is Textual's. `signed_in`: only when somebody sits here."""

    name: str
    help: str
    action: str
    signed_in: bool = True


COMMANDS = (
    Command(N_("Confirm the next draft"), N_("the one that waits at the top"), "app.next_draft"),
    Command(N_("Take the draft that nobody owns"), N_("first responder responsibility, Art. 7"), "app.take_next"),
    Command(N_("New record by hand"), N_("what came by word of mouth or another way"), "app.new_entry"),
    Command(N_("Duty log and search"), N_("all entries: words, numbers, initials, dates, state"), "app.log"),
    Command(N_("Replay the last call"), N_("listen again, phrase by phrase"), "app.replay_last"),
    Command(N_("Answer"), N_("on this console's telephone"), "app.answer"),
    Command(N_("Hang up"), N_("on this console's telephone"), "app.hang_up"),
    Command(N_("Hold or come back"), N_("on this console's telephone"), "app.hold"),
    Command(N_("Pass the call on"), N_("to a seat or a number, at once or after asking there"), "app.transfer"),
    Command(N_("Dial a number"), N_("from this seat; the call is recorded and logged"), "app.dial"),
    Command(N_("Matters"), N_("what must be followed until there is an answer"), "app.matters"),
    Command(N_("Lines, seats and services"), N_("state, since when, today's calls"), "app.lines"),
    Command(N_("Practice call"), N_("a drill through the real telephone system, marked as one"), "app.practice"),
    Command(N_("Other conversation"), N_("with several calls at once: show the next one's words"), "app.other_call"),
    Command(N_("Back to the desk"), N_("close what is open above it"), "app.desk"),
    Command(N_("Change officer"), N_("sign out here, sign-in for the next"), "app.change_officer"),
    Command(N_("Help"), N_("what can be done where the focus is"), "app.help", signed_in=False),
    Command(N_("Jump"), N_("to a place on the screen, by one letter"), "app.jump", signed_in=False),
    Command(N_("Theme"), N_("the colours of this console"), "app.change_theme", signed_in=False),
    Command(N_("Leave"), N_("sign out and close this console"), "app.leave", signed_in=False),
)


class RoomCommands(Provider):
    """All of COMMANDS that can be done now, in the room's language."""

    def _possible(self) -> Iterator[tuple[Command, Callable[[], object]]]:
        app = cast("DutylineApp", self.app)
        for command in COMMANDS:
            if app.signed_in is not None or not command.signed_in:
                yield command, lambda action=command.action: app.run_action(action)  # type: ignore[misc]

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command, run in self._possible():
            yield DiscoveryHit(Content(_(command.name)), run, text=_(command.name), help=_(command.help))

    async def search(self, query: str) -> Hits:
        """What fits the typed words, in name or explanation."""
        from models.pinyin import initials  # noqa: PLC0415 - its tables are large, and only a search needs them

        matcher = self.matcher(query)
        for command, run in self._possible():
            name = _(command.name)
            score = max(matcher.match(name), matcher.match(_(command.help)) / 2)
            if query.isascii() and initials(name).startswith(query.strip().lower()):
                score = max(score, 0.9)
            if score > 0:
                yield Hit(score, Content(name), run, text=name, help=_(command.help))
