"""F1: help for where the focus is, and every key that works there."""

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from console.tui.text import fit
from console.words import N_, _


class HelpScreen(ModalScreen[None]):
    """Says what the focused place is for, then its keys with the names by which keys.toml changes them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,f10,q", "dismiss", N_("close"), id="help.close")]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._places = list(_places(below))
        self._keys = [
            (binding, enabled) for _node, binding, enabled, _tip in below.active_bindings.values() if binding.id
        ]

    def compose(self) -> ComposeResult:
        """One panel."""
        with VerticalScroll(id="help", classes="panel"):
            yield Static(self._text())

    def on_mount(self) -> None:
        """Title."""
        panel = self.query_one("#help")
        panel.border_title = _("Help")
        panel.border_subtitle = _("Esc closes")
        panel.focus()

    def _text(self) -> Text:
        text = Text()
        for words in self._places:
            text.append(_(words) + "\n\n")
        seen: dict[str, list[str]] = {}
        names: dict[str, tuple[str, str]] = {}
        for binding, _enabled in self._keys:
            seen.setdefault(binding.action, []).append(self.app.get_key_display(binding))
            names.setdefault(binding.action, (_(binding.description), binding.id or ""))
        for action, keys in seen.items():
            words, name = names[action]
            text.append(f"  {fit(' '.join(keys), 18)} ", "bold")
            text.append(fit(words, 30))
            text.append(f" {name}\n", "dim")
        text.append(
            "\n" + _('The names on the right are for keys.toml in the room\'s home: "desk.log" = "ctrl+l".'), "dim"
        )
        return text


def _places(screen: Screen[object]) -> Iterable[str]:
    """The explanations from the focused widget up to the screen."""
    node: Widget | None = screen.focused
    while node is not None and node is not screen:
        words = getattr(node, "HELP", "")
        if words:
            yield words
        node = node.parent if isinstance(node.parent, Widget) else None
    words = getattr(screen, "HELP", "")
    if words:
        yield words
