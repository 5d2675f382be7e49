"""The last line: the keys that work now."""

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding

from console.tui.widgets.toned import Toned
from console.words import _


class Keys(Toned):
    """Shown bindings of the focused place, function keys first; those that find no room are in the help (F1)."""

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> Text:
        """One line; whole keys only."""
        line = Text(no_wrap=True, overflow="crop", end="")
        self._places = []
        for binding, enabled in self.shown():
            key = self.app.get_key_display(binding)
            piece = Text(no_wrap=True, end="")
            piece.append(f" {key.upper() if len(key) < 3 else key}", self.tone("key") if enabled else self.tone("dim"))
            piece.append(f" {_(binding.description)}", Style() if enabled else self.tone("dim"))
            if line.cell_len + piece.cell_len > self.size.width:
                break
            line.append_text(piece)
            self._places.append((line.cell_len, binding.key))
        return line

    def on_click(self, event: events.Click) -> None:
        """A key that is clicked is pressed."""
        for end, key in self._places:
            if event.x < end:
                self.app.simulate_key(key)
                return

    def shown(self) -> list[tuple[Binding, bool]]:
        """Each action once, in the order of the line."""
        found: dict[str, tuple[Binding, bool]] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.binding.description:
                found.setdefault(active.binding.action, (active.binding, active.enabled))
        return sorted(found.values(), key=lambda item: _order(item[0].key))


def _order(key: str) -> tuple[int, int]:
    if key.startswith("f") and key[1:].isdigit():
        return 0, int(key[1:])
    if key.startswith("ctrl+"):
        return (1, 0) if key == "ctrl+p" else (3, 0)
    return 2, 0
