"""Trunks, seats and services at a glance, in words."""

from datetime import datetime

from rich.style import Style
from rich.text import Text

from console.tui.text import ago, clean
from console.tui.widgets.toned import Toned
from console.words import N_, P_, _, pgettext, retold, word
from models.queries.lines import LineView
from models.tables.lines import LineKind, LineState

PRACTICE_LINE = "dutyline-practice"
"""Always there and never rung by the public: not worth the room."""
OLD_SECONDS = 30.0
"""A state seen longer ago than this is shown with its age."""


def line_tone(line: LineView) -> str:
    """Colour beside the word."""
    if line.state in (LineState.UNREACHABLE, LineState.DEGRADED):
        return "warn"
    return {LineState.IDLE: "good", LineState.RINGING: "alert", LineState.BUSY: "accent"}.get(line.state, "dim")


_SERVICES = {
    "daemon": P_("service", "telephone service"),
    "pbx": P_("service", "PBX"),
    "disk": P_("service", "disk"),
    "speech": P_("service", "speech to text"),
}


def name_of(line: LineView) -> str:
    """What the line is called on screens."""
    if line.kind is LineKind.SERVICE and line.name in _SERVICES:
        return pgettext(*_SERVICES[line.name])
    return clean(line.label or line.name)


def detail_of(line: LineView) -> str:
    """What else is known of its state, in words."""
    if line.name == "disk" and line.detail:
        return _("full in {n} days").format(n=line.detail)
    return clean(retold(line.detail))


def state_words(line: LineView, now: datetime) -> str:
    """The state, and its age once it is old."""
    said = word(line.state)
    if line.kind is LineKind.SERVICE:
        said = _("in order") if line.state is LineState.IDLE else said
    age = (now - line.seen_at).total_seconds() if line.seen_at else 0.0
    return said + " " + _("{age} ago").format(age=ago(age)) if age > OLD_SECONDS else said


class LinesStrip(Toned):
    """Trunks and seats on the first line, services on the second."""

    TITLE = N_("Lines")

    def on_mount(self) -> None:
        """Title."""
        self.border_title = _(self.TITLE)

    def render(self) -> Text:
        """Two lines."""
        picture = self.room.picture
        if picture is None:
            return Text(" " + _("reading the record"), self.tone("dim"))
        now = self.room.now()
        shown = [line for line in picture.lines if line.kind is not LineKind.SERVICE and line.name != PRACTICE_LINE]
        services = [line for line in picture.lines if line.kind is LineKind.SERVICE]
        lines = [self._strip(shown, now), self._strip(services, now)]
        return Text("\n", no_wrap=True, overflow="crop", end="").join(lines)

    def _strip(self, lines: list[LineView], now: datetime) -> Text:
        text = Text(no_wrap=True, overflow="crop", end="")
        for line in lines:
            piece = Text(" ")
            piece.append(f"{name_of(line)} ", Style())
            piece.append(state_words(line, now), self.tone(line_tone(line)))
            if line.kind is LineKind.SEAT:
                piece.append(
                    " " + (clean(line.officer) or _("unmanned")), self.tone("strong" if line.officer else "dim")
                )
            piece.append(" ")
            if text.cell_len + piece.cell_len > self.size.width:
                text.append("›", self.tone("dim"))
                break
            text.append_text(piece)
        return text
