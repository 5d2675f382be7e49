"""Every command of the room, in one place: keys, palette and screens all come here."""

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.command import CommandPalette

from console.tui import keymap
from console.tui.call_actions import CallActions
from console.words import _
from models.errors import ConfigurationError, DutylineError, Refused
from models.queries import officers
from models.queries.officers import SignedIn

if TYPE_CHECKING:
    from console.tui.screens.desk import DeskScreen

# Screens are loaded when they are opened: the first paint waits for none of them.
# ruff: noqa: PLC0415


class RoomActions(CallActions):
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
