"""Replay (回放): a sealed recording as a picture, its phrases going along; on this machine or on the telephone."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from console.stored import problem
from console.tui.feed import NewsCame
from console.tui.listening import Listening, file_of, unready
from console.tui.screens.room import RoomScreen
from console.tui.widgets.call_line import CallLine
from console.tui.widgets.transcript import TranscriptView
from console.tui.widgets.waveform import Waveform
from console.words import N_, _, ngettext, say, word
from models.errors import DutylineError
from models.queries import desk
from models.queries.recordings import Phrase, RecordingView
from models.tables.recordings import RecordingState

STEP = 5.0
FOLLOW_SECONDS = 0.2


class ReplayScreen(RoomScreen[None]):
    """One call's recording; several recordings (transfers) are walked with [ and ]."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play_pause", N_("play, pause"), priority=True, id="replay.toggle"),
        Binding("left", "skip(-1)", N_("5 s back"), id="replay.back"),
        Binding("right", "skip(1)", N_("5 s on"), id="replay.on"),
        Binding("p", "to_phone", N_("play to my phone"), id="replay.phone"),
        Binding("left_square_bracket", "other(-1)", N_("recording before"), show=False, id="replay.before"),
        Binding("right_square_bracket", "other(1)", N_("next recording"), show=False, id="replay.next"),
        Binding("escape,f10", "back", N_("back"), id="replay.close"),
    ]
    HELP = N_(
        "Space plays and pauses, left and right move 5 seconds, up and down by phrase; P lets your telephone ring and "
        "play. Who listened to what is on record (Art. 11)."
    )

    def __init__(self, call_id: int, segment: int | None = None) -> None:
        super().__init__()
        self._call_id = call_id
        self._segment = segment
        self._view: desk.Conversation | None = None
        self._number = 0

    def body(self) -> Iterable[Widget]:
        """Who, the picture, the words."""
        yield CallLine()
        yield Waveform(id="waveform")
        yield TranscriptView(id="phrases")

    def on_mount(self) -> None:
        """Read the call."""
        self.listening = Listening(self.room)
        self.query_one("#waveform").border_title = _("Replay")
        self.query_one("#phrases").border_title = _("What the machine heard")
        self.query_one("#phrases").focus()
        self.set_interval(FOLLOW_SECONDS, self._follow)
        self.load()

    def on_unmount(self) -> None:
        """Silence."""
        self.listening.close()

    def news_came(self, news: NewsCame) -> None:
        """Sealed in the meantime, or more was heard."""
        if news.tables & {"recordings", "transcripts", "segments"}:
            self.load()

    @property
    def recording(self) -> RecordingView | None:
        """Which of the call's recordings."""
        found = self._view.recorded if self._view else ()
        return found[self._number % len(found)] if found else None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """What was heard in this recording."""
        view, recording = self._view, self.recording
        return tuple(item for item in view.phrases if recording and item.recording == recording.id) if view else ()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """The call as the record has it; the picture of the sound when it is sealed."""
        try:
            view = await self.room.read(lambda session: desk.conversation(session, self._call_id))
        except DutylineError as error:
            self.room.tell_error(error)
            return
        if view is None:
            self.room.tell(_("This call is not in the record."), bad=True)
            return
        self._view = view
        self._find_segment(view)
        line = self.query_one(CallLine)
        line.view = view
        line.refresh()
        await self._show()

    def _find_segment(self, view: desk.Conversation) -> None:
        wanted, self._segment = self._segment, None
        phrase = next((item for item in view.phrases if item.segment == wanted), None)
        if phrase is not None:
            self._number = next((n for n, item in enumerate(view.recorded) if item.id == phrase.recording), 0)
            self.listening.stand(phrase.start)

    async def _show(self) -> None:
        wave, words = self.query_one(Waveform), self.query_one(TranscriptView)
        words.show(self.phrases, empty=_("no word was heard"))
        recording = self.recording
        if recording is None:
            wave.note = _("no recording of this call is known")
            wave.show((), (), 0)
            return
        title = _("Replay")
        view = self._view
        if view is not None and len(view.recorded) > 1:
            part = ngettext("part {n} of {all}", "part {n} of {all}", len(view.recorded))
            title += "  " + part.format(n=self._number % len(view.recorded) + 1, all=len(view.recorded))
        state = word(recording.state)
        if recording.repaired:
            state += ", " + _("repaired after a break")
        if recording.problem and recording.state is RecordingState.SEALED:
            state += ", " + problem(recording.problem)
        wave.border_title = Content(f"{title}  {state}")
        wave.note = unready(self.room.settings, recording)
        if wave.note:
            wave.show((), (), recording.seconds)
            return
        await self._draw(wave, recording)

    async def _draw(self, wave: Waveform, recording: RecordingView) -> None:
        from telephony.errors import TelephonyError  # noqa: PLC0415 - numerical libraries are loaded for a replay only
        from telephony.recording.levels import levels  # noqa: PLC0415

        try:
            found = await asyncio.to_thread(levels, file_of(self.room.settings, recording), 400)
        except TelephonyError as error:
            wave.note = say(error)
            wave.show((), (), recording.seconds)
            return
        wave.show(found.left.peak.tolist(), found.right.peak.tolist(), found.seconds)
        self._follow()

    def _follow(self) -> None:
        """Picture and phrases go along."""
        wave = self.query_one(Waveform)
        position = self.listening.position
        if position != wave.position:
            wave.stand_at(position)
        if self.listening.playing:
            index = max((n for n, item in enumerate(self.phrases) if item.start <= position + 0.05), default=0)
            self.query_one(TranscriptView).stand_at(index)

    def action_play_pause(self) -> None:
        """Play or pause."""
        if self.listening.playing:
            self.listening.pause()
        else:
            self._play(self.listening.position)

    @on(TranscriptView.Play)
    def play_phrase(self, event: TranscriptView.Play) -> None:
        """From this phrase on."""
        self._play(event.phrase.start)

    @on(TranscriptView.Moved)
    def phrase_moved(self, event: TranscriptView.Moved) -> None:
        """The cursor takes the position along."""
        if not self.listening.playing:
            self.listening.stand(event.phrase.start)
            self._follow()

    @work(exclusive=True, group="play")
    async def _play(self, second: float) -> None:
        recording = self.recording
        if recording is None:
            self.room.tell(_("no recording of this call is known"), bad=True)
        else:
            await self.listening.play(recording, second)

    @work(exclusive=True, group="play")
    async def action_to_phone(self) -> None:
        """On the seat's telephone."""
        recording = self.recording
        if recording is not None:
            await self.listening.to_phone(recording, self.listening.position)

    def action_skip(self, by: int) -> None:
        """Five seconds."""
        seconds = self.query_one(Waveform).seconds
        self.listening.stand(max(0.0, min(seconds, self.listening.position + by * STEP)))
        self._follow()

    @work(exclusive=True, group="load")
    async def action_other(self, by: int) -> None:
        """Another recording of the same call."""
        view = self._view
        if view is not None and len(view.recorded) > 1:
            self.listening.pause()
            self.listening.stand(0.0)
            self._number = (self._number + by) % len(view.recorded)
            await self._show()

    def action_back(self) -> None:
        """Close."""
        self.dismiss()
