"""The eleven elements of a report (Art. 9), each pointing at the phrases that it rests on."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from console.tui.text import clean
from console.words import N_, _, element, element_short, pgettext
from models.queries.entries import ElementView
from models.rules.elements import KEYS


class ElementInput(Input):
    """One element's words."""

    HELP = N_("One of the eleven elements. The phrase that it rests on is lit on the left; empty means 'not stated'.")

    class Entered(Message):
        """The cursor is here now."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    class Left(Message):
        """The cursor went on."""

        def __init__(self, key: str, words: str) -> None:
            self.key = key
            self.words = words
            super().__init__()

    def __init__(self, key: str) -> None:
        super().__init__(id=f"element-{key}", compact=True, placeholder=_("not stated"), select_on_focus=False)
        self.key = key

    def on_focus(self) -> None:
        """Say so."""
        self.post_message(self.Entered(self.key))

    def on_blur(self) -> None:
        """Say so."""
        self.post_message(self.Left(self.key, self.value))

    def on_key(self, event: events.Key) -> None:
        """Up and down go from element to element."""
        if event.key in ("up", "down"):
            event.stop()
            number = KEYS.index(self.key) + (1 if event.key == "down" else -1)
            if 0 <= number < len(KEYS):
                self.screen.query_one(f"#element-{KEYS[number]}").focus()


class ElementsForm(VerticalScroll, can_focus=False):
    """A row an element: name, who wrote it, words."""

    def compose(self) -> ComposeResult:
        """Eleven rows."""
        for key in KEYS:
            with Horizontal(classes="element"):
                yield Label(element_short(key), classes="name", markup=False)
                yield Label("", id=f"author-{key}", classes="author", markup=False)
                yield ElementInput(key)

    def on_mount(self) -> None:
        """Title."""
        self.views: dict[str, ElementView] = {}
        self.border_title = _("Elements")

    def show(self, views: Sequence[ElementView], doubtful: frozenset[int], *, editable: bool) -> None:
        """Take the drafts; what is being written here and now stays as it is."""
        for view in views:
            field = self.query_one(f"#element-{view.key}", ElementInput)
            before = self.views.get(view.key)
            untouched = before is None or field.value == clean(before.said)
            if untouched and not (field.has_focus and before is not None):
                field.value = clean(view.said)
            field.disabled = not editable
            self.query_one(f"#author-{view.key}", Label).update(_author(view, doubtful))
            self.views[view.key] = view
        stated = sum(bool(view.said) for view in views)
        self.border_title = Content(_("Elements") + f" {stated}/{len(KEYS)}")

    def changed(self) -> dict[str, str]:
        """What was written here and is not kept yet."""
        found = {}
        for key, view in self.views.items():
            words = self.query_one(f"#element-{key}", ElementInput).value.strip()
            if words != clean(view.said).strip():
                found[key] = words
        return found

    @on(ElementInput.Entered)
    def explain(self, event: ElementInput.Entered) -> None:
        """The regulation's whole name below the form."""
        self.border_subtitle = Content(element(event.key))


def _author(view: ElementView, doubtful: frozenset[int]) -> str:
    """Who wrote it, and whether the machine was unsure of a phrase behind it."""
    if view.written is not None:
        return pgettext("author", "me")
    if not view.stated:
        return ""
    unsure = any(span.get("segment") in doubtful for span in view.spans)
    return pgettext("author", "auto") + ("?" if unsure else "")
