"""The console: composition only. It holds who sits here and how the room is; screens show, actions change."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.message import Message
from textual.theme import Theme
from textual.worker import Worker, WorkerState

from console.tui import remembered
from console.tui.commands import RoomCommands
from console.tui.feed import Bridge, DeskRead, FeedLost, NewsCame
from console.tui.phone import PhoneMaker
from console.tui.room_actions import RoomActions
from console.tui.screens.room import RoomScreen
from console.tui.themes import NIGHT, THEMES, mixed
from console.tui.widgets.lines_strip import detail_of, name_of
from console.words import N_, _, say, word
from models.queries.desk import Desk
from models.queries.officers import SignedIn
from models.settings import Settings
from models.store.engine import Record
from models.tables.lines import LineKind, LineState

log = logging.getLogger(__name__)

SILENT_SECONDS = timedelta(seconds=30)
"""The services say every few seconds that they live; after this long without a word they do not."""


class PhoneChanged(Message):
    """This console's telephone told something; `sentence` is for the officer, or empty."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__()


class DutylineApp(RoomActions):
    """One console of one room. `phone` makes the telephone of a seat; None: desk phones only.

    `signed_in` skips the sign-in screen: who it is has been checked by the caller.
    """

    CSS_PATH = "styles.tcss"
    COMMANDS = {RoomCommands}  # noqa: RUF012 - the name and shape are Textual's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", N_("help"), id="app.help"),
        Binding("f5", "answer", N_("answer"), id="app.answer"),
        Binding("f6", "transfer", N_("transfer"), show=False, id="app.transfer"),
        Binding("ctrl+p", "command_palette", N_("commands"), priority=True, id="app.commands"),
        Binding("ctrl+o", "jump", N_("jump"), show=False, id="app.jump"),
        Binding("ctrl+q", "leave", N_("leave"), priority=True, id="app.leave"),
    ]

    def __init__(
        self,
        settings: Settings,
        record: Record,
        *,
        phone: PhoneMaker | None = None,
        signed_in: SignedIn | None = None,
    ) -> None:
        super().__init__(settings, record, signed_in)
        self._make_phone = phone
        self._lost: FeedLost | None = None
        self._bridge: Bridge | None = None
        for theme in THEMES:
            self.register_theme(theme)
        chosen = remembered.theme(settings.home)
        self.theme = chosen if chosen in self.available_themes else NIGHT.name

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, and some colours mixed from them: drawn text knows no transparency."""
        return mixed(super().get_css_variables())

    async def on_mount(self) -> None:
        """The first screen; the bridge starts behind it."""
        self.set_interval(1, self._tick)
        self._start_bridge()
        if self.signed_in is not None:
            await self.sit(self.signed_in)
        else:
            from console.tui.screens.sign_in import SignInScreen  # noqa: PLC0415 - a signed-in console starts without

            await self.push_screen(SignInScreen())
        self.call_after_refresh(self.load_keys)
        self.theme_changed_signal.subscribe(self, self._keep_theme)

    def _keep_theme(self, chosen: Theme) -> None:
        """The next start begins with it."""
        if chosen.name == remembered.theme(self.settings.home):
            return
        try:
            remembered.keep_theme(self.settings.home, chosen.name)
        except OSError as error:
            self.tell(_("The theme cannot be remembered: {reason}").format(reason=error), bad=True)

    async def on_unmount(self) -> None:
        """The telephone goes with the console."""
        self.stop_bridge()
        self.drop_phone()

    def stop_bridge(self) -> None:
        """No more news: the console is being left."""
        if self._bridge is not None:
            self._bridge.stop()

    # The feed.

    def _start_bridge(self) -> None:
        self._bridge = Bridge(self.record, self.watched, self.zone, self.post_message)
        self.run_worker(self._bridge.run, thread=True, exit_on_error=False, group="feed", name="feed")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A bridge that fell is said and set up again."""
        if event.worker.group == "feed" and event.state is WorkerState.ERROR:
            error = event.worker.error or RuntimeError("?")
            log.error("the bridge to the record failed", exc_info=error)
            if isinstance(error, Exception):
                self.post_message(FeedLost(error, self.now()))
            self.set_timer(1, self._start_bridge)

    def on_desk_read(self, message: DeskRead) -> None:
        """The room as it is now: every screen may show it."""
        before = self.picture
        self.picture = message.picture
        known = {call.id for call in before.ringing} if before else set()
        if any(call.id not in known for call in message.picture.ringing):
            self.bell()
        self._refresh()

    def on_news_came(self, message: NewsCame) -> None:
        """Screens that show records look whether theirs is among it."""
        self._each(lambda screen: screen.news_came(message))
        if "requests" in message.tables and self.asked:
            self.tell_outcomes()

    def on_feed_lost(self, message: FeedLost) -> None:
        """Say it on every screen until it is over."""
        self._lost = message
        self._refresh()

    def on_feed_back(self) -> None:
        """It is over."""
        self._lost = None
        self.tell(_("The record can be read again."))

    def on_phone_changed(self, message: PhoneChanged) -> None:
        """The header shows the state; a sentence is said."""
        if message.sentence:
            self.tell(message.sentence)
        self._refresh()

    def troubles(self) -> list[str]:
        """What is wrong with the room itself, worst first, in sentences."""
        found = []
        if self._lost is not None:
            since = self._lost.since.astimezone(self.zone).strftime("%H:%M:%S")
            found.append(
                _("The record cannot be read since {when}; what you see is that old.").format(when=since)
                + " "
                + say(self._lost.error, self.zone)
            )
        if self.picture is not None:
            found += self._line_troubles(self.picture)
        return found

    def _line_troubles(self, picture: Desk) -> list[str]:
        services = [line for line in picture.lines if line.kind is LineKind.SERVICE]
        heard = max((line.seen_at for line in services if line.seen_at), default=None)
        if heard is None or self.now() - heard > SILENT_SECONDS:
            return [_("The telephone service is not running: the PBX still rings and records, calls come in later.")]
        bad = (LineState.UNREACHABLE, LineState.DEGRADED)
        return [
            f"{name_of(line)}: {word(line.state)}" + (f" ({detail_of(line)})" if line.detail else "")
            for line in picture.lines
            if line.state in bad and line.kind is not LineKind.SEAT
        ]

    def _each(self, tell: Callable[[RoomScreen[object]], object]) -> None:
        """Tell every open screen; one that is being taken apart at this moment has nothing left to show it with."""
        for screen in self.screen_stack:
            if isinstance(screen, RoomScreen) and screen.composed:
                try:
                    tell(screen)
                except NoMatches:
                    log.debug("%s is closing", type(screen).__name__)

    def _tick(self) -> None:
        self._each(lambda screen: screen.tick())

    def _refresh(self) -> None:
        self._each(lambda screen: screen.picture_changed())

    # Who sits here.

    async def sit(self, who: SignedIn) -> None:
        """The desk of this officer."""
        from console.tui.screens.desk import DeskScreen  # noqa: PLC0415 - the first paint is the sign-in's

        self.signed_in = who
        self.watched.seat_id = who.seat_id
        self.take_phone()
        if self.screen_stack and isinstance(self.screen, RoomScreen):
            await self.switch_screen(DeskScreen())
        else:
            await self.push_screen(DeskScreen())

    def take_phone(self) -> None:
        """The seat's telephone, where the console is to be one."""
        who = self.signed_in
        if who is None or who.seat_id is None or self._make_phone is None:
            return
        try:
            self.telephone = self._make_phone(who.seat)
            if self.telephone is not None:
                self.telephone.start(lambda sentence: self.post_message(PhoneChanged(sentence)))
        except Exception as error:  # whatever a telephone may suffer from, the log goes on without it
            log.exception("the console's telephone does not start")
            self.telephone = None
            self.tell(_("The console's telephone does not start: {reason}").format(reason=say(error)), bad=True)

    def drop_phone(self) -> None:
        """The telephone is put away."""
        phone, self.telephone = self.telephone, None
        if phone is not None:
            phone.close()

    def telephone_words(self) -> str:
        """The telephone's state in words."""
        return _(self.telephone.state) if self.telephone else ""
