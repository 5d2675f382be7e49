"""The picture of a recording: the outside party above the line, our side below, and where one is.

Braille dots are one cell wide in every terminal, and four times as fine as blocks.
"""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from console.tui.text import duration, fit
from console.tui.widgets.toned import Toned
from console.words import _, word
from models.rules.elements import Leg

_LEFT = (0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x80, 0xA0, 0xB0, 0xB8)
_LEFT_DOWN = (0x01, 0x03, 0x07, 0x47)
_RIGHT_DOWN = (0x08, 0x18, 0x38, 0xB8)
_EMPTY = 0x2800


def bars(values: Sequence[float], rows: int, *, down: bool = False) -> list[str]:
    """Rows of braille, the top one first; two values a cell, each from 0 to 1, growing up or down."""
    left, right = (_LEFT_DOWN, _RIGHT_DOWN) if down else (_LEFT, _RIGHT)
    heights = [round(min(1.0, max(0.0, value)) * rows * 4) for value in values]
    heights += [0] * (len(heights) % 2)
    lines = []
    for row in range(rows):
        line = []
        for cell in range(0, len(heights), 2):
            sign = _EMPTY
            for height, dots in ((heights[cell], left), (heights[cell + 1], right)):
                filled = min(4, height - row * 4)
                if filled > 0:
                    sign |= dots[filled - 1]
            line.append(chr(sign))
        lines.append("".join(line))
    return lines if down else lines[::-1]


class Waveform(Toned):
    """Two channels, the played part bright; `position` and `seconds` in seconds."""

    ROWS = 3

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._left: list[float] = []
        self._right: list[float] = []
        self.seconds = 0.0
        self.position = 0.0
        self.note = ""

    def show(self, left: Sequence[float], right: Sequence[float], seconds: float) -> None:
        """Peaks of both channels in equal slices, 0 to 1."""
        self._left, self._right, self.seconds = list(left), list(right), seconds
        self.refresh()

    def stand_at(self, second: float) -> None:
        """Where one is."""
        self.position = second
        self.refresh()

    def render(self) -> Text:
        """Caller above, officer below, the times under them."""
        width = max(4, self.size.width - 2)
        if not self._left:
            return Text(" " + (self.note or _("no picture of the sound")), self.tone("dim"), no_wrap=True, end="")
        done = round(width * self.position / self.seconds) if self.seconds else 0
        text = Text(no_wrap=True, overflow="crop", end="")
        lines = [(line, "caller") for line in bars(_scaled(self._left, width * 2), self.ROWS)]
        lines += [(line, "officer") for line in bars(_scaled(self._right, width * 2), self.ROWS, down=True)]
        for line, tone in lines:
            text.append(" ")
            text.append(line[:done], self.tone(tone) + Style(bold=True))
            text.append(line[done:], self.tone("dim"))
            text.append("\n")
        mark = max(0, min(width - 1, done))
        text.append(" " + " " * mark + "^\n", self.tone("accent"))
        legs = f"{word(Leg.CALLER)} / {word(Leg.OFFICER)}"
        text.append(" " + fit(f"{duration(self.position)} / {duration(self.seconds)}", 24), self.tone("strong"))
        text.append(fit(legs, max(0, width - 24)), self.tone("dim"))
        return text


def _scaled(values: Sequence[float], count: int) -> list[float]:
    """`values` in `count` slices, each as loud as its loudest part; quiet speech is lifted to be seen."""
    top = max(*values, 0.05)
    found = []
    for number in range(count):
        begin = number * len(values) // count
        end = max(begin + 1, (number + 1) * len(values) // count)
        found.append((max(values[begin:end]) / top) ** 0.7)
    return found
