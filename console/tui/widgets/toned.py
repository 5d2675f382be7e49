"""What every drawn widget shares: a few tones, given their colours by the style sheet, and the way to the app."""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from console.words import _

if TYPE_CHECKING:
    from console.tui.app import DutylineApp

TONES = (
    "dim",
    "strong",
    "alert",
    "warn",
    "good",
    "accent",
    "drill",
    "key",
    "caller",
    "officer",
    "mark",
    "cursor",
    "held",
    "waiting",
)


TONE_CLASSES = {f"tone--{name}" for name in TONES}
"""For COMPONENT_CLASSES of widgets whose first base is Textual's: they inherit from that one only."""


class Toned(Widget):
    """A widget that draws with tones; tones add weight and colour to what the words already say."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES

    def tone(self, name: str) -> Style:
        """The style of a tone in the present theme."""
        return self.get_component_rich_style(f"tone--{name}", partial=True)

    def mark_drill(self, line: Text, drill: bool) -> None:
        """Practice is said in a word wherever it appears; colour alone would not be seen by everybody."""
        if drill:
            line.append(_("PRACTICE"), self.tone("drill"))
            line.append(" ")

    @property
    def room(self) -> "DutylineApp":
        """The application, by its own type."""
        return cast("DutylineApp", self.app)
