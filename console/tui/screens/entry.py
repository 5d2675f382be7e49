"""One entry: a draft to confirm (确认), or a confirmed one to read, replay and amend."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import TextArea

from console.tui.feed import NewsCame
from console.tui.listening import Listening
from console.tui.screens.amend import AmendScreen
from console.tui.screens.room import RoomScreen
from console.tui.screens.title import TitleScreen
from console.tui.widgets.elements_form import ElementInput, ElementsForm
from console.tui.widgets.entry_line import EntryLine
from console.tui.widgets.history import History
from console.tui.widgets.transcript import TranscriptView
from console.words import N_, _
from models.errors import DutylineError
from models.queries import entries
from models.store.unit import UnitOfWork
from models.tables.entries import EntryState

# Actions are loaded when something is done, not for the first paint.
# ruff: noqa: PLC0415


class EntryScreen(RoomScreen[None]):
    """Words on the left, elements on the right, the officer's text below. Nothing is ever confirmed by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "confirm", N_("confirm"), id="entry.confirm"),
        Binding("f3", "amend", N_("amend"), id="entry.amend"),
        Binding("f4", "replay", N_("replay"), id="entry.replay"),
        Binding("ctrl+t", "take", N_("take"), id="entry.take"),
        Binding("f7", "open_matter", N_("make it a matter"), id="entry.matter"),
        Binding("escape,f10", "back", N_("back"), id="entry.close"),
    ]
    HELP = N_(
        "The machine's words stay as they are; yours stand beside them. F2 confirms with your name and the time, "
        "Esc goes back and keeps what you wrote. A confirmed entry is only amended, with a reason (F3)."
    )

    def __init__(self, entry_id: int) -> None:
        super().__init__()
        self.entry_id = entry_id
        self.view: entries.EntryView | None = None
        self._kept = ""

    def body(self) -> Iterable[Widget]:
        """Line, two columns, text."""
        yield EntryLine()
        with Horizontal(id="entry"):
            yield TranscriptView(id="words")
            yield ElementsForm(id="elements")
        yield TextArea(id="text", soft_wrap=True, tab_behavior="focus")
        yield History(id="history")

    def on_mount(self) -> None:
        """Read the entry."""
        self.listening = Listening(self.room)
        self.query_one("#words").border_title = _("What the machine heard")
        self.query_one("#text").border_title = _("Record (your words)")
        self.load()

    def on_unmount(self) -> None:
        """Silence."""
        self.listening.close()

    @property
    def editable(self) -> bool:
        """A draft, and an officer who may write."""
        who = self.room.signed_in
        return bool(self.view and self.view.row.state is EntryState.DRAFT and who and who.writes)

    def news_came(self, news: NewsCame) -> None:
        """Words that were heard late, an owner, somebody else's confirmation."""
        if news.tables & {"entries", "entry_elements", "segments", "transcripts", "recordings", "amendments"}:
            self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """The entry as the record has it."""
        try:
            view = await self.room.read(lambda session: entries.get(session, self.entry_id))
        except DutylineError as error:
            self.room.tell_error(error)
            return
        if view is None:
            self.room.tell(_("This entry is not in the record."), bad=True)
            return
        first, self.view = self.view is None, view
        self._show(view)
        if first:
            (self.query_one("#words") if view.phrases else self.query_one("#text")).focus()
        self.refresh_bindings()

    def _show(self, view: entries.EntryView) -> None:
        line = self.query_one(EntryLine)
        line.view = view
        line.refresh()
        self.query_one(TranscriptView).show(view.phrases, empty=_("nothing was recorded or heard"))
        doubtful = frozenset(phrase.segment for phrase in view.phrases if phrase.doubtful)
        self.query_one(ElementsForm).show(view.elements, doubtful, editable=self.editable)
        text = self.query_one(TextArea)
        begins = view.text or view.draft
        if text.text in ("", self._kept) and text.text != begins:
            text.load_text(begins)
        self._kept = begins
        text.read_only = not self.editable
        history = self.query_one(History)
        history.show(view)
        history.display = bool(view.amendments)

    @on(ElementInput.Entered)
    def light(self, event: ElementInput.Entered) -> None:
        """Show the phrases behind this element."""
        view = self.query_one(ElementsForm).views.get(event.key)
        self.query_one(TranscriptView).light(
            [span["segment"] for span in view.spans if "segment" in span] if view else []
        )

    @on(ElementInput.Left)
    def element_left(self) -> None:
        """Keep what was written."""
        self.query_one(TranscriptView).light([])
        if self.editable and self.query_one(ElementsForm).changed():
            self.keep()

    @on(TranscriptView.Play)
    @work(exclusive=True, group="play")
    async def play(self, event: TranscriptView.Play) -> None:
        """From this phrase on; again: pause."""
        view = self.view
        recording = (
            next((item for item in view.recordings if item.id == event.phrase.recording), None) if view else None
        )
        if self.listening.playing:
            self.listening.pause()
        elif recording is not None:
            await self.listening.play(recording, event.phrase.start)

    def _written(self) -> tuple[dict[str, str], str]:
        return self.query_one(ElementsForm).changed(), self.query_one(TextArea).text.strip()

    @work(exclusive=True, group="keep")
    async def keep(self) -> None:
        """What was written so far goes into the record, as a draft."""
        await self._keep()

    async def _keep(self) -> bool:
        from models.actions import entries as actions

        changed, text = self._written()
        own = text if text != self._kept.strip() else None
        if not self.editable or not (changed or own is not None):
            return True

        def write(uow: UnitOfWork) -> None:
            for key, words in changed.items():
                actions.write_element(uow, self.entry_id, key, words)
            if own is not None:
                actions.write_text(uow, self.entry_id, own)

        try:
            await self.room.act(write)
        except DutylineError as error:
            self.room.tell_error(error)
            return False
        if own is not None:
            self._kept = own
        return True

    @work(exclusive=True, group="confirm")
    async def action_confirm(self) -> None:
        """The officer's record, with name and time."""
        from models.actions import entries as actions

        if not self.editable:
            return
        changed, text = self._written()
        who = self.room.me
        try:
            await self.room.act(
                lambda uow: actions.confirm(uow, self.entry_id, who.officer_id, text=text, elements=changed)
            )
        except DutylineError as error:
            self.room.tell_error(error)
            return
        now = self.room.now().astimezone(self.room.zone)
        self.room.tell(
            _("Confirmed: {who}, {when}. F7 makes it a matter.").format(who=who.name, when=f"{now:%H:%M:%S}")
        )
        self.set_focus(None)
        self.load()

    def action_take(self) -> None:
        """Own what nobody owns."""
        self.room.take(self.entry_id)

    def action_replay(self) -> None:
        """The whole call."""
        if self.view is not None and self.view.call is not None:
            words = self.query_one(TranscriptView)
            segment = words.phrases[words.index].segment if words.phrases else None
            self.room.replay(self.view.call.id, segment)

    @work(exclusive=True, group="amend")
    async def action_amend(self) -> None:
        """Change a confirmed entry, with the reason."""
        from models.actions import entries as actions

        view = self.view
        if view is None or not self.room.may_write():
            return
        answer = await self.app.push_screen_wait(AmendScreen(view.text))
        if answer is None:
            return
        text, reason = answer
        who = self.room.me
        try:
            await self.room.act(lambda uow: actions.amend(uow, self.entry_id, who.officer_id, text=text, reason=reason))
        except DutylineError as error:
            self.room.tell_error(error)
        else:
            self.room.tell(_("Amended; what it said before stays on record."))

    @work(exclusive=True, group="matter")
    async def action_open_matter(self) -> None:
        """What must be followed; or the matter that it belongs to already."""
        from models.actions import matters

        view = self.view
        if view is None:
            return
        if view.row.matter_id is not None:
            self.room.open_matter(view.row.matter_id)
            return
        if not self.room.may_write():
            return
        title = await self.app.push_screen_wait(TitleScreen(view.row.source))
        if not title:
            return
        try:
            key = await self.room.act(lambda uow: matters.open_from(uow, self.entry_id, title).id)
        except DutylineError as error:
            self.room.tell_error(error)
        else:
            self.room.open_matter(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys that mean something for this entry."""
        view = self.view
        if view is None:
            return action not in ("confirm", "amend", "replay", "take", "open_matter")
        settled = view.row.state in (EntryState.CONFIRMED, EntryState.AMENDED)
        return {
            "confirm": self.editable,
            "take": self.editable and view.row.owner_id is None,
            "amend": settled,
            "open_matter": settled,
            "replay": view.call is not None,
        }.get(action, True)

    @work(exclusive=True, group="back")
    async def action_back(self) -> None:
        """Back without loss; if it cannot be kept just now, the screen stays and says why."""
        if await self._keep():
            self.app.call_later(self.dismiss)
