"""What was said, by leg, with the second of each phrase: follows a call as it goes on, or is walked by phrase."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.tui.marks import to_check
from console.tui.text import clean, duration, fit, wrap
from console.tui.widgets.toned import TONE_CLASSES, Toned
from console.words import N_, word
from models.queries.recordings import Phrase
from models.rules.elements import Leg


@dataclass(frozen=True, slots=True)
class _Line:
    phrase: int
    first: bool
    text: str
    marks: tuple[tuple[int, int], ...]


class TranscriptView(ScrollView, Toned, can_focus=True):
    """Phrases in the order in which they were said. Machine's words: a draft for good."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("up"), show=False, id="transcript.up"),
        Binding("down,j", "move(1)", N_("down"), show=False, id="transcript.down"),
        Binding("pageup", "move(-8)", N_("page up"), show=False, id="transcript.page_up"),
        Binding("pagedown", "move(8)", N_("page down"), show=False, id="transcript.page_down"),
        Binding("home", "move(-100000)", N_("first"), show=False, id="transcript.first"),
        Binding("end", "move(100000)", N_("last"), show=False, id="transcript.last"),
        Binding("space,enter", "play", N_("play from here"), id="transcript.play"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    HELP = N_(
        "What the machine heard. Arrow keys move by phrase, Space plays from there. "
        "Underlined: numbers, times and names to check by ear. '?': the machine was not sure."
    )

    class Play(Message):
        """Let this phrase be heard."""

        def __init__(self, phrase: Phrase) -> None:
            self.phrase = phrase
            super().__init__()

    class Moved(Message):
        """The cursor is on this phrase."""

        def __init__(self, phrase: Phrase) -> None:
            self.phrase = phrase
            super().__init__()

    def __init__(self, *, id: str | None = None, follow: bool = False, empty: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self.phrases: tuple[Phrase, ...] = ()
        self.index = 0
        self.empty = empty
        self._follow = follow
        self._lines: list[_Line] = []
        self._wrapped = 0
        self._width = 0
        self._lit: frozenset[int] = frozenset()

    def show(self, phrases: Sequence[Phrase], *, empty: str = "") -> None:
        """Take what has been heard so far; only what is new is broken into lines."""
        known = self.phrases
        self.phrases, self.empty = tuple(phrases), empty
        if self.phrases[: len(known)] != known:
            self._wrapped = 0
        self.index = min(self.index, max(0, len(self.phrases) - 1))
        self._lay_out()
        if self._follow and not self.has_focus:
            self.index = max(0, len(self.phrases) - 1)
            self.scroll_to(
                y=max(0, len(self._lines) - self.scrollable_content_region.height), animate=False, force=True
            )
        self.refresh()

    def light(self, segments: Sequence[int]) -> None:
        """Show on which phrases something rests, and bring the first into view."""
        self._lit = frozenset(segments)
        for number, phrase in enumerate(self.phrases):
            if phrase.segment in self._lit:
                self._keep_in_view(number)
                break
        self.refresh()

    def stand_at(self, index: int) -> None:
        """Move to phrase `index` (following a replay)."""
        if index != self.index and 0 <= index < len(self.phrases):
            self.index = index
            self._keep_in_view(index)
            self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """Break the lines anew."""
        self._lay_out()
        if self._follow and not self.has_focus:
            self.scroll_to(
                y=max(0, len(self._lines) - self.scrollable_content_region.height), animate=False, force=True
            )

    def action_move(self, by: int) -> None:
        """Another phrase."""
        self.stand_at(max(0, min(len(self.phrases) - 1, self.index + by)))
        if self.phrases:
            self.post_message(self.Moved(self.phrases[self.index]))

    def action_play(self) -> None:
        """From the phrase on which the cursor is."""
        if self.phrases:
            self.post_message(self.Play(self.phrases[self.index]))

    def on_click(self, event: events.Click) -> None:
        """The mouse moves the cursor too."""
        row = event.y - self.gutter.top + self.scroll_offset.y
        if 0 <= row < len(self._lines):
            self.stand_at(self._lines[row].phrase)

    @property
    def _indent(self) -> int:
        return max(cell_len(word(leg)) for leg in Leg) + 9

    def _lay_out(self) -> None:
        width = max(8, self.scrollable_content_region.width - self._indent - 1)
        if width != self._width or not self._wrapped:
            self._lines, self._wrapped, self._width = [], 0, width
        for number in range(self._wrapped, len(self.phrases)):
            self._lines += _broken(number, clean(self.phrases[number].text), width)
        self._wrapped = len(self.phrases)
        self.virtual_size = Size(0, max(1, len(self._lines)))

    def _keep_in_view(self, index: int) -> None:
        rows = [row for row, line in enumerate(self._lines) if line.phrase == index]
        if rows:
            self.scroll_to_region(Region(0, rows[0], 1, len(rows)), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """The line at `y` of the window."""
        width = self.scrollable_content_region.width
        row = y + self.scroll_offset.y
        if not self.phrases and y == 0:
            line = Text(f" {self.empty}", self.tone("dim"))
        elif row < len(self._lines):
            line = self._draw(self._lines[row])
        else:
            return Strip.blank(width, self.rich_style)
        line.no_wrap, line.end = True, ""
        line.append(" " * max(0, width - line.cell_len))
        if self.has_focus and self.phrases and row < len(self._lines) and self._lines[row].phrase == self.index:
            line.stylize(self.tone("cursor"))
        return Strip(line.render(self.app.console)).adjust_cell_length(width).apply_style(self.rich_style)

    def _draw(self, line: _Line) -> Text:
        phrase = self.phrases[line.phrase]
        tone = self.tone("caller" if phrase.leg is Leg.CALLER else "officer")
        text = Text(" ")
        if line.first:
            text.append(fit(word(phrase.leg), self._indent - 9), tone)
            text.append(f" {fit(duration(phrase.at), 5)} ", self.tone("dim"))
            text.append("? " if phrase.doubtful else "  ", self.tone("warn"))
        else:
            text.append(" " * (self._indent))
        start = len(text)
        text.append(line.text, self.tone("held") if phrase.segment in self._lit else Style())
        for begin, end in line.marks:
            text.stylize(self.tone("mark"), start + begin, start + end)
        return text


def _broken(number: int, text: str, width: int) -> list[_Line]:
    """A phrase in lines, the places to check shared out among them."""
    marks = to_check(text)
    lines: list[_Line] = []
    at = 0
    for piece in wrap(text, width):
        at = max(at, text.find(piece, at))
        inside = tuple(
            (max(begin, at) - at, min(end, at + len(piece)) - at)
            for begin, end in marks
            if begin < at + len(piece) and end > at
        )
        lines.append(_Line(number, not lines, piece, inside))
        at += len(piece)
    return lines
