"""Calls, wishes and replays: what the keys do with telephones."""

import asyncio

from textual import work

from console.tui.base import RoomApp
from console.tui.feed import DeskRead, picture
from console.words import _, retold, word
from models.errors import DutylineError
from models.queries import calls, requests
from models.rules.calls import Direction
from models.tables.requests import RequestKind, RequestState

# Screens and actions are loaded when they are wanted: the first paint waits for none of them.
# ruff: noqa: PLC0415


class CallActions(RoomApp):
    """Answer, hang up, hold, pass on, dial, practise, listen; and what became of what the daemon was asked for."""

    def action_answer(self) -> None:
        """Answer on this console's telephone; otherwise the desk phone must be lifted."""
        ringing = [
            call for call in (self.picture.ringing if self.picture else ()) if call.direction is Direction.INCOMING
        ]
        phone = self.telephone
        # A recording played here, or a number dialled for this seat, rings without being a call of the log.
        own = phone is not None and any(call.ringing for call in phone.calls)
        if not ringing and not own:
            self.tell(_("No call is ringing."))
            return
        if phone is None or not phone.ready:
            self.tell(_("Lift the desk phone to answer; this console is no telephone."))
        elif not phone.audible and not (ringing and all(call.drill for call in ringing)):
            self.tell(_("Lift the desk phone to answer: there is no sound on this machine."), bad=True)
        elif not phone.answer():
            self.tell(_("The call does not ring at this seat."))

    def action_hang_up(self) -> None:
        """End the call on this console's telephone."""
        if self.telephone is None or not self.telephone.hang_up():
            self.tell(_("No call on this console's telephone."))

    def action_hold(self) -> None:
        """Hold, or come back."""
        if self.telephone is None or not self.telephone.hold():
            self.tell(_("No call on this console's telephone."))

    @work(exclusive=True, group="dial")
    async def action_transfer(self) -> None:
        """Pass the call on: at once, or after asking there; the second time joins the two."""
        from console.tui.screens.dial import TransferScreen

        who, phone = self.signed_in, self.telephone
        if who is None:
            return
        if phone is None or not phone.ready:
            self.tell(_("Pass the call on with the desk phone's own transfer key; this console is no telephone."))
        elif phone.consulting is not None:
            if not phone.complete_transfer():
                self.tell(_("Not answered yet: wait, or hang up to come back to the caller."))
        elif not phone.spoken:
            self.tell(_("No call is spoken on this console's telephone: answer (F5) before you pass it on."))
        else:
            seats = [(seat.number, seat.label) for seat in self.settings.seats if seat.number != who.seat]
            screen = TransferScreen(seats)
            target = await self.push_screen_wait(screen)
            if target and not (phone.consult(target) if screen.first_ask else phone.transfer(target)):
                self.tell(_("The call has ended before it could be passed on."))

    @work(exclusive=True, group="dial")
    async def action_dial(self) -> None:
        """Call a number: from this console's telephone, else the daemon lets the desk phone ring first."""
        from console.tui.screens.dial import DialScreen

        if self.signed_in is None:
            return
        number = await self.push_screen_wait(DialScreen())
        if not number:
            return
        if self.telephone is not None and self.telephone.ready and self.telephone.audible:
            self.telephone.dial(number)
        else:
            await self.wish(
                RequestKind.DIAL,
                {"number": number},
                _("Your desk phone will ring; lift it and {number} is called.").format(number=number),
            )

    @work(exclusive=True, group="practice")
    async def action_practice(self) -> None:
        """A practice call (演练), marked as one everywhere."""
        from console.tui.screens.practice import PracticeScreen

        if self.signed_in is None:
            return
        script = await self.push_screen_wait(PracticeScreen())
        if script:
            await self.wish(RequestKind.PRACTICE, {"script": script}, _("The practice call will ring in a moment."))

    async def wish(self, kind: RequestKind, payload: dict[str, object], promise: str) -> bool:
        """Ask the daemon for something; the outcome is told when it is known. False: it could not be asked."""
        from models.actions import requests as wishes

        who = self.me
        try:
            row = await self.act(
                lambda uow: wishes.ask(uow, kind, dict(payload), officer_id=who.officer_id, seat_id=who.seat_id)
            )
        except DutylineError as error:
            self.tell_error(error)
            return False
        self.asked.add(row.id)
        self.tell(promise)
        return True

    @work(exclusive=True, group="outcomes")
    async def tell_outcomes(self) -> None:
        """What became of this console's wishes."""
        keys = sorted(self.asked)
        try:
            found = await self.read(lambda session: [requests.get(session, key) for key in keys])
        except DutylineError:
            return
        for view in found:
            if view is None or view.state in (RequestState.ASKED, RequestState.TAKEN):
                continue
            self.asked.discard(view.id)
            if view.state is RequestState.FAILED:
                reason = retold(view.result) or _("no reason was given")
                self.tell(f"{word(view.kind)}: {word(view.state)}: {reason}", bad=True)

    def focus_call(self, call_id: int) -> None:
        """Show this call's words on the desk."""
        self.watched.call_id = call_id
        self._read_again()

    @work(exclusive=True, group="picture")
    async def _read_again(self) -> None:
        try:
            seen = await asyncio.to_thread(picture, self.record, self.watched, self.zone)
        except DutylineError as error:
            self.tell_error(error)
        else:
            self.post_message(DeskRead(seen))

    @work(exclusive=True, group="replay")
    async def action_replay_last(self) -> None:
        """The last call of this seat, or the one that is shown, once more."""
        shown = self.picture.conversation if self.picture else None
        call_id = shown.call.id if shown else None
        if call_id is None:
            try:
                page = await self.read(lambda session: calls.listed(session, limit=1))
            except DutylineError as error:
                self.tell_error(error)
                return
            call_id = page.items[0].id if page.items else None
        if call_id is None:
            self.tell(_("There is no call to listen to."))
        else:
            self.replay(call_id)

    def replay(self, call_id: int, segment: int | None = None) -> None:
        """Listen to a call, from a phrase on where one is given."""
        from console.tui.screens.replay import ReplayScreen

        self.push_screen(ReplayScreen(call_id, segment))
