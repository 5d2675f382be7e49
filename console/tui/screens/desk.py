"""The desk (值班台): the screen that stays open."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from console.tui.screens.room import RoomScreen
from console.tui.widgets.conversation import Conversation
from console.tui.widgets.keyed_list import KeyedList
from console.tui.widgets.lines_strip import LinesStrip
from console.tui.widgets.matters import Matters
from console.tui.widgets.pending import Pending
from console.words import N_
from models.queries.entries import EntryRow
from models.queries.matters import MatterView

BLINK_SECONDS = 0.8


class DeskScreen(RoomScreen[None]):
    """Conversation on the left; matters and drafts on the right; lines below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "app.next_draft", N_("confirm"), id="desk.confirm"),
        Binding("f3", "app.new_entry", N_("new record"), id="desk.new_entry"),
        Binding("f4", "app.replay_last", N_("replay"), id="desk.replay"),
        Binding("f6", "app.transfer", N_("transfer"), id="desk.transfer"),
        Binding("f7", "app.matters", N_("matters"), id="desk.matters"),
        Binding("l", "app.log", N_("log"), id="desk.log"),
        Binding("o", "app.lines", N_("lines"), id="desk.lines"),
        Binding("p", "app.practice", N_("practice"), id="desk.practice"),
        Binding("d", "app.dial", N_("dial"), show=False, id="desk.dial"),
        Binding("h", "app.hold", N_("hold"), show=False, id="desk.hold"),
        Binding("x", "app.hang_up", N_("hang up"), show=False, id="desk.hang_up"),
        Binding("t", "take", N_("take"), show=False, id="desk.take"),
        Binding("tab", "other_call", N_("other call"), show=False, id="desk.other_call"),
        Binding("escape", "rest", N_("leave the list"), show=False, id="desk.rest"),
    ]
    HELP = N_(
        "The desk. F2 opens the next draft to confirm, F3 writes a new record, F4 listens to the last call again, "
        "F5 answers, F6 passes the call on, F7 goes to the matters, Ctrl+P finds every command, Ctrl+O jumps by letter."
    )

    def body(self) -> Iterable[Widget]:
        """Two columns over the strip."""
        with Horizontal(id="desk"):
            yield Conversation(id="conversation")
            with Vertical(id="right"):
                yield Matters(id="matters")
                yield Pending(id="pending")
        yield LinesStrip(id="strip")

    def on_mount(self) -> None:
        """What is known already, and the blinking."""
        self._phase = False
        self.set_interval(BLINK_SECONDS, self._blink)
        self.picture_changed()

    def picture_changed(self) -> None:
        """Show the room as it is."""
        super().picture_changed()
        picture = self.room.picture
        if picture is None:
            return
        view = picture.conversation
        others = sum(view is None or call.id != view.call.id for call in picture.talking)
        self.query_one(Conversation).show(view, others)
        self.query_one(Matters).show(picture.matters)
        self.query_one(Pending).show(picture.pending)
        self.query_one(LinesStrip).refresh()

    def tick(self) -> None:
        """A second has passed."""
        super().tick()
        self.query_one(Conversation).tick()
        self.query_one(LinesStrip).refresh()

    def _blink(self) -> None:
        self._phase = not self._phase
        self.query_one(Pending).blink(self._phase)

    @on(KeyedList.Chosen, "#pending")
    def draft_chosen(self, event: KeyedList.Chosen) -> None:
        """Open the draft."""
        if isinstance(event.item, EntryRow):
            self.room.open_entry(event.item.id)

    @on(KeyedList.Chosen, "#matters")
    def matter_chosen(self, event: KeyedList.Chosen) -> None:
        """Open the matter."""
        if isinstance(event.item, MatterView):
            self.room.open_matter(event.item.id)

    def next_draft(self) -> EntryRow | None:
        """The highlighted draft; otherwise one's own newest, else the first that nobody owns, else the first."""
        pending = self.query_one(Pending)
        if pending.has_focus:
            return pending.cursor_item
        who = self.room.signed_in
        mine = [row for row in pending.items if who and row.owner_id == who.officer_id]
        free = [row for row in pending.items if row.owner_id is None]
        return next(iter(mine + free + pending.items), None)

    def action_take(self) -> bool:
        """Take the highlighted draft, or the first that nobody owns; False: there is none."""
        pending = self.query_one(Pending)
        row = pending.cursor_item if pending.has_focus else None
        row = row or next((item for item in pending.items if item.owner_id is None), None)
        if row is not None:
            self.room.take(row.id)
        return row is not None

    def action_other_call(self) -> None:
        """With several calls at once: show the next one's words."""
        picture = self.room.picture
        calls = picture.talking if picture else ()
        if len(calls) < 2:
            self.focus_next()
            return
        shown = picture.conversation.call.id if picture and picture.conversation else 0
        keys = [call.id for call in calls]
        self.room.focus_call(keys[(keys.index(shown) + 1) % len(keys)] if shown in keys else keys[0])

    def action_rest(self) -> None:
        """Back to rest: nothing has the focus, lists move freely."""
        self.set_focus(None)
