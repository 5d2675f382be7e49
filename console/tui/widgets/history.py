"""What was changed after the confirmation: before, after, why, by whom, when."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.tui.text import clean, short_time
from console.words import N_, _
from models.queries.entries import EntryView


class History(VerticalScroll, can_focus=True):
    """The newest amendment first."""

    HELP = N_("What this entry said before each amendment, with the reason.")

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", markup=False)

    def on_mount(self) -> None:
        """Title."""
        self.border_title = _("Amendments")

    def show(self, view: EntryView) -> None:
        """All amendments of this entry."""
        from console.tui.app import DutylineApp  # noqa: PLC0415 - the app composes this widget

        app = self.app
        if not isinstance(app, DutylineApp):
            return
        text = Text()
        for change in reversed(view.amendments):
            text.append(
                f"{short_time(change.at, app.now(), app.zone)} {clean(change.by)}: {clean(change.reason)}\n", "bold"
            )
            text.append(_("before") + f": {clean(change.before)}\n", "dim")
        self.query_one(Static).update(text)
