"""Ctrl+O: a letter on every place that can have the focus; the letter goes there."""

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Label

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


def places(screen: Screen[object]) -> list[tuple[str, Widget]]:
    """Visible places in reading order, each with its letter."""
    shown = [widget for widget in screen.focus_chain if widget.region.area and not widget.disabled]
    shown.sort(key=lambda widget: (widget.region.y, widget.region.x))
    return list(zip(LETTERS, shown, strict=False))


class JumpScreen(ModalScreen[Widget | None]):
    """Letters over the screen; anything else goes back."""

    def __init__(self, found: list[tuple[str, Widget]]) -> None:
        super().__init__()
        self._found = dict(found)

    def compose(self) -> ComposeResult:
        """One label a place, on its corner."""
        for letter, widget in self._found.items():
            label = Label(f" {letter.upper()} ", classes="jump", markup=False)
            label.styles.offset = (widget.region.x, widget.region.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go there, or back."""
        event.stop()
        event.prevent_default()
        self.dismiss(self._found.get(event.key.lower()))
