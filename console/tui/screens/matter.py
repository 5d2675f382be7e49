"""One matter (事项): what it is, whose, its answer and outcome, the records it stands on."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from console.tui.feed import NewsCame
from console.tui.screens.choose import ChooseScreen
from console.tui.screens.room import RoomScreen
from console.tui.screens.title import LineScreen
from console.tui.text import clean, short_time
from console.tui.widgets.keyed_list import KeyedList
from console.tui.widgets.log_list import LogList
from console.words import N_, _, word
from models.errors import DutylineError
from models.queries import entries, matters, officers
from models.store.unit import UnitOfWork
from models.tables.matters import MatterState

# Actions are loaded when something is done.
# ruff: noqa: PLC0415


class MatterScreen(RoomScreen[None]):
    """Answered before closed; closed only with an outcome told back to the source (Art. 7)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "give_answer", N_("answer"), id="matter.answer"),
        Binding("c", "close_matter", N_("close"), id="matter.close"),
        Binding("r", "reopen", N_("reopen"), id="matter.reopen"),
        Binding("g", "offer", N_("pass on"), id="matter.offer"),
        Binding("y", "accept", N_("accept"), id="matter.accept"),
        Binding("escape,f10", "back", N_("back"), id="matter.back"),
    ]
    HELP = N_(
        "A matter has one owner. A answers it, C closes it with the outcome told back to the source, "
        "G offers it to another officer with a reason; it stays yours until the other accepts (Art. 7)."
    )

    def __init__(self, matter_id: int) -> None:
        super().__init__()
        self.matter_id = matter_id
        self.view: matters.MatterView | None = None
        self.offered: matters.OfferView | None = None

    def body(self) -> Iterable[Widget]:
        """What it is, and its records."""
        yield Static("", id="about", classes="panel", markup=False)
        yield LogList(id="records")

    def on_mount(self) -> None:
        """Read it."""
        self.query_one("#about").border_title = _("Matter")
        self.query_one("#records").focus()
        self.load()

    def news_came(self, news: NewsCame) -> None:
        """Somebody else acted."""
        if news.tables & {"matters", "reassignments", "entries"}:
            self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """As the record has it."""
        try:
            self.view, self.offered, rows = await self.room.read(
                lambda session: (
                    view := matters.get(session, self.matter_id),
                    matters.offered(session, self.matter_id),
                    entries.rows(session, list(view.entries)) if view else (),
                )
            )
        except DutylineError as error:
            self.room.tell_error(error)
            return
        self.query_one("#about", Static).update(self._about())
        records = self.query_one(LogList)
        records.show(rows)
        records.border_title = _("Records")
        self.refresh_bindings()

    def _about(self) -> Text:
        view, room = self.view, self.room
        if view is None:
            return Text(_("This matter is not in the record."))
        text = Text()
        if view.drill:
            text.append(_("PRACTICE") + " ", "bold reverse")
        text.append(clean(view.title) + "\n", "bold")
        opened = short_time(view.opened_at, room.now(), room.zone)
        text.append(
            _("{state}, opened {when}, owner {who}").format(state=word(view.state), when=opened, who=clean(view.owner))
            + "\n"
        )
        if self.offered is not None:
            text.append(
                _("offered to {who}: {reason}").format(who=clean(self.offered.to), reason=clean(self.offered.reason))
                + "\n"
            )
        if view.answer:
            text.append(_("Answer: {words}").format(words=clean(view.answer)) + "\n")
        if view.outcome:
            text.append(_("Outcome told back: {words}").format(words=clean(view.outcome)) + "\n")
        text.append(_("Next: {step}").format(step=_(NEXT[view.state])), "bold")
        return text

    @on(KeyedList.Chosen)
    def record_chosen(self, event: KeyedList.Chosen) -> None:
        """Open the record."""
        self.room.open_entry(event.item.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the matter's state allows."""
        view, who = self.view, self.room.signed_in
        writes = bool(view and who and who.writes)
        return {
            "give_answer": writes and view is not None and view.state is not MatterState.CLOSED,
            "close_matter": writes and view is not None and view.state is MatterState.ANSWERED,
            "reopen": writes and view is not None and view.state is MatterState.CLOSED,
            "offer": writes and view is not None and view.state is not MatterState.CLOSED and self.offered is None,
            "accept": self.offered is not None and who is not None and self.offered.to_id == who.officer_id,
        }.get(action, True)

    @work(exclusive=True, group="act")
    async def action_give_answer(self) -> None:
        """What was found or done."""
        from models.actions import matters as actions

        words = await self.app.push_screen_wait(LineScreen(_("What is the answer?")))
        if words:
            await self._do(lambda uow: actions.answer(uow, self.matter_id, words))

    @work(exclusive=True, group="act")
    async def action_close_matter(self) -> None:
        """With the outcome told back."""
        from models.actions import matters as actions

        words = await self.app.push_screen_wait(LineScreen(_("How was the outcome told back to the source? (Art. 7)")))
        if words:
            await self._do(lambda uow: actions.close(uow, self.matter_id, words))

    @work(exclusive=True, group="act")
    async def action_reopen(self) -> None:
        """Open again."""
        from models.actions import matters as actions

        await self._do(lambda uow: actions.reopen(uow, self.matter_id))

    @work(exclusive=True, group="act")
    async def action_offer(self) -> None:
        """To another officer, with a reason."""
        from models.actions import matters as actions

        view = self.view
        if view is None:
            return
        try:
            page = await self.room.read(lambda session: officers.listed(session, limit=500))
        except DutylineError as error:
            self.room.tell_error(error)
            return
        others = [
            (row.id, f"{row.name}  {', '.join(row.seats)}")
            for row in page.items
            if row.id != view.owner_id and row.role.value in ("officer", "leader")
        ]
        to_id = await self.app.push_screen_wait(ChooseScreen(_("To whom?"), others))
        reason = await self.app.push_screen_wait(LineScreen(_("For what reason? (Art. 7)"))) if to_id else None
        if to_id and reason:
            await self._do(lambda uow: actions.offer(uow, self.matter_id, to_id=to_id, reason=reason))

    @work(exclusive=True, group="act")
    async def action_accept(self) -> None:
        """It is mine from now on."""
        from models.actions import matters as actions

        offered, who = self.offered, self.room.me
        if offered is not None:
            await self._do(lambda uow: actions.accept(uow, offered.id, who.officer_id))

    async def _do(self, change: Callable[[UnitOfWork], object]) -> None:
        try:
            await self.room.act(change)
        except DutylineError as error:
            self.room.tell_error(error)

    def action_back(self) -> None:
        """Close the page."""
        self.dismiss()


NEXT = {
    MatterState.OPEN: N_("find the answer, then A"),
    MatterState.ANSWERED: N_("tell the source, then C"),
    MatterState.CLOSED: N_("nothing, it is closed"),
}
