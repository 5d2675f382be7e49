"""The call that is spoken now: its words as they are heard, what is known by them, what is still to ask."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from console.tui.text import wrap_words
from console.tui.widgets.call_line import CallLine
from console.tui.widgets.toned import Toned
from console.tui.widgets.transcript import TranscriptView
from console.words import N_, _, element_short, ngettext, retold
from models.queries.desk import Conversation as View
from models.tables.recordings import TranscriptState


class Asking(Toned):
    """What is still to ask, the most urgent first, and what is known already."""

    view: View | None = None

    def render(self) -> Text:
        """Up to three lines."""
        if self.view is None or self.view.call.entry_id is None:
            return Text("")
        width = max(8, self.size.width - 1)
        ask = [element_short(key) for key in self.view.to_ask] or [_("nothing, all is said")]
        known = [element_short(key) for key in self.view.known] or [_("nothing yet")]
        lines = [(part, "warn") for part in wrap_words([_("Still to ask:"), *ask], width)]
        lines += [(part, "good") for part in wrap_words([_("Known:"), *known], width)]
        text = Text(no_wrap=True, end="")
        for number, (part, tone) in enumerate(lines[: self.size.height]):
            text.append(("\n" if number else "") + " " + part, self.tone(tone))
        return text


class Conversation(Vertical):
    """The panel on the left of the desk."""

    def compose(self) -> ComposeResult:
        """Line, words, questions."""
        yield CallLine()
        yield TranscriptView(id="live", follow=True)
        yield Asking()

    def on_mount(self) -> None:
        """Title."""
        self.border_title = Content(_("Conversation"))

    def show(self, view: View | None, others: int = 0) -> None:
        """Take what has been heard so far."""
        line, asking = self.query_one(CallLine), self.query_one(Asking)
        line.view = asking.view = view
        line.refresh()
        asking.refresh()
        self.query_one(TranscriptView).show(view.phrases if view else (), empty=silence(view))
        title = _("Conversation")
        if others:
            more = ngettext("{n} more goes on (Tab)", "{n} more go on (Tab)", others)
            title += "  " + more.format(n=others)
        self.border_title = Content(title)

    def tick(self) -> None:
        """A second has passed."""
        self.query_one(CallLine).refresh()


REASONS = {
    TranscriptState.WAITING: N_("the words come when a speech model is free"),
    TranscriptState.LIVE: N_("listening"),
    TranscriptState.DONE: N_("no word was heard"),
    TranscriptState.FAILED: N_("cannot be written down"),
}


def silence(view: View | None) -> str:
    """Why no word is to be seen."""
    if view is None:
        return ""
    if not view.recorded:
        return _("no recording of this call is known")
    said = _(REASONS[view.hearing]) if view.hearing else _("nobody writes it down")
    return f"{said}: {retold(view.reason)}" if view.reason else said
