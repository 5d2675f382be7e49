"""Every command of the room, in one place: keys, palette and screens all come here."""

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.command import CommandPalette

from console.tui import keymap
from console.tui.base import RoomApp
from console.words import _, word
from models.errors import ConfigurationError, DutylineError, Refused
from models.queries import calls, officers, requests
from models.queries.officers import SignedIn
from models.rules.calls import Direction
from models.tables.requests import RequestKind, RequestState

if TYPE_CHECKING:
    from console.tui.screens.desk import DeskScreen

# Screens are loaded when they are opened: the first paint waits for none of them.
# ruff: noqa: PLC0415


class RoomActions(RoomApp):
    """Commands that need more than one screen; each ends in the record or on a screen."""

    # Coming and going.

    async def sign_in(self, name: str, secret: str, seat: str | None, *, first: bool) -> None:
        """Sign in and sit down; with `first`, make the first account before. Raises Refused, Conflict, Unavailable."""
        who = await asyncio.to_thread(self._sign_in, name, secret, seat, first)
        # The sign-in screen's own worker waits here and ends with that screen: the application changes screens.
        self.call_later(self.sit, who)

    def _sign_in(self, name: str, secret: str, seat: str | None, first: bool) -> SignedIn:
        from models.actions import officers as accounts
        from models.tables.people import Role

        if first:
            with self.record.writing("system:first-use") as uow:
                if accounts.count(uow):
                    raise Refused("somebody has made an account in the meantime: sign in with yours")
                accounts.enrol(uow, name=name, role=Role.OFFICER, secret=secret)
        row = accounts.sign_in(self.record, name=name, secret=secret, seat=seat)
        with self.record.reading() as session:
            who = officers.signed_in(session, row.id)
        if who is None:
            raise Refused("the sign-in was ended at once by another console")
        return who

    async def sit(self, who: SignedIn) -> None:
        """The desk of this officer; the application does it."""
        raise NotImplementedError

    def drop_phone(self) -> None:
        """The telephone is put away; the application does it."""
        raise NotImplementedError

    def stop_bridge(self) -> None:
        """No more news; the application does it."""
        raise NotImplementedError

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Out of the console; from a manned seat only after a question."""
        from console.tui.screens.leave import LeaveScreen

        who = self.signed_in
        if who is not None and who.seat_id is not None and not await self.push_screen_wait(LeaveScreen()):
            return
        await self.sign_out()
        self.stop_bridge()
        self.exit()

    @work(exclusive=True, group="leave")
    async def action_change_officer(self) -> None:
        """The officer leaves the seat, the console stays: sign-in for the next."""
        from console.tui.screens.leave import LeaveScreen
        from console.tui.screens.sign_in import SignInScreen

        if self.signed_in is None or not await self.push_screen_wait(LeaveScreen(stay=True)):
            return
        await self.sign_out()
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        await self.switch_screen(SignInScreen())

    async def sign_out(self) -> None:
        """Leave the seat; a record that cannot be written just now does not hold anybody back."""
        from models.actions import officers as accounts

        who = self.signed_in
        if who is None:
            return
        try:
            await self.act(lambda uow: accounts.sign_out(uow, who.sign_in))
        except DutylineError as error:
            self.tell_error(error)
        self.signed_in = None
        self.watched.seat_id = self.watched.call_id = None
        await asyncio.to_thread(self.drop_phone)

    # Help, commands, keys.

    def action_help(self) -> None:
        """What can be done where the focus is."""
        from console.tui.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_jump(self) -> None:
        """Jump to a place by one letter."""
        from console.tui.jump import JumpScreen, places

        found = places(self.screen)
        if found:
            self.push_screen(JumpScreen(found), lambda widget: widget.focus() if widget else None)

    def action_command_palette(self) -> None:
        """Every command, found by typing."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("what is to be done"), id="--command-palette"))

    def load_keys(self) -> None:
        """The room's own keys."""
        try:
            self.set_keymap(keymap.load(self.settings.home))
        except ConfigurationError as error:
            self.tell_error(error)

    # Records.

    def open_entry(self, entry_id: int) -> None:
        """A draft to confirm, or a confirmed entry to read and amend."""
        from console.tui.screens.entry import EntryScreen

        self.push_screen(EntryScreen(entry_id))

    def open_matter(self, matter_id: int) -> None:
        """One matter."""
        from console.tui.screens.matter import MatterScreen

        self.push_screen(MatterScreen(matter_id))

    def action_new_entry(self) -> None:
        """A record by hand."""
        from console.tui.screens.new_entry import NewEntryScreen

        if self.may_write():
            self.push_screen(NewEntryScreen())

    def action_log(self) -> None:
        """The duty log."""
        from console.tui.screens.log import LogScreen

        self.push_screen(LogScreen())

    def action_lines(self) -> None:
        """Lines, seats, services."""
        from console.tui.screens.lines import LinesScreen

        self.push_screen(LinesScreen())

    @work(group="act")
    async def take(self, entry_id: int) -> None:
        """Own what nobody owns (Art. 7)."""
        from models.actions import entries

        if not self.may_write():
            return
        who = self.me
        try:
            await self.act(lambda uow: entries.take(uow, entry_id, who.officer_id))
        except DutylineError as error:
            self.tell_error(error)
        else:
            self.tell(_("It is yours now, from the answer to the outcome (Art. 7)."))

    @property
    def me(self) -> SignedIn:
        """Who sits here; only asked where somebody does."""
        if self.signed_in is None:
            raise RuntimeError("nobody is signed in")
        return self.signed_in

    def may_write(self) -> bool:
        """Officers and leaders write; others are told that they may not."""
        if self.signed_in is None:
            return False
        if not self.signed_in.writes:
            self.tell(
                _("{role}s look and replay here, they do not write (Art. 11).").format(role=word(self.me.role)),
                bad=True,
            )
        return self.signed_in.writes

    # What the desk shows.

    def desk(self) -> "DeskScreen | None":
        """The desk, wherever it lies in the stack."""
        from console.tui.screens.desk import DeskScreen

        return next((screen for screen in self.screen_stack if isinstance(screen, DeskScreen)), None)

    async def action_desk(self) -> None:
        """Close what is open above the desk."""
        desk = self.desk()
        while desk is not None and self.screen is not desk:
            await self.pop_screen()

    async def action_next_draft(self) -> None:
        """Open the draft that should be confirmed next."""
        desk = self.desk()
        row = desk.next_draft() if desk else None
        if row is None:
            self.tell(_("Nothing waits to be confirmed."))
        else:
            self.open_entry(row.id)

    async def action_take_next(self) -> None:
        """Take the first draft that nobody owns."""
        desk = self.desk()
        if desk is None or not desk.action_take():
            self.tell(_("Nothing waits for an owner."))

    async def action_matters(self) -> None:
        """To the open matters on the desk."""
        await self.action_desk()
        desk = self.desk()
        if desk is not None:
            desk.query_one("#matters").focus()

    async def action_other_call(self) -> None:
        """With several calls at once: show the next one's words."""
        desk = self.desk()
        if desk is not None:
            desk.action_other_call()

    # Calls and wishes.

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
                reason = _(view.result) or _("no reason was given")
                self.tell(f"{word(view.kind)}: {word(view.state)}: {reason}", bad=True)

    def focus_call(self, call_id: int) -> None:
        """Show this call's words on the desk."""
        self.watched.call_id = call_id
        self._read_again()

    @work(exclusive=True, group="picture")
    async def _read_again(self) -> None:
        from console.tui.feed import DeskRead, picture

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
