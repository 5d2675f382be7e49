"""Listening to a recording: here where there is sound, else on the seat's telephone; each replay leaves a trace."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from console.stored import problem
from console.tui import player
from console.words import N_, _, word
from models.errors import DutylineError
from models.queries.recordings import RecordingView
from models.settings import Settings
from models.tables.recordings import RecordingState
from models.tables.requests import RequestKind

if TYPE_CHECKING:
    from console.tui.base import RoomApp
    from console.tui.call_actions import CallActions

HERE = "here"

UNREADY = {
    RecordingState.GROWING: N_("The call is still being recorded: listen when it is sealed."),
    RecordingState.FINISHED: N_("The recording is being sealed: try again in a moment."),
    RecordingState.BROKEN: N_("The recording is broken and could not be sealed: {problem}"),
}


def file_of(settings: Settings, view: RecordingView) -> Path:
    """Where the sealed file lies; relative paths are under the recordings' folder."""
    path = Path(view.path)
    return path if path.is_absolute() else settings.path(settings.recordings.folder) / path


def unready(settings: Settings, view: RecordingView) -> str:
    """Why it cannot be played, as a sentence; empty when it can."""
    if view.state is not RecordingState.SEALED:
        return _(UNREADY[view.state]).format(problem=problem(view.problem) or word(view.state))
    if not file_of(settings, view).is_file():
        return _("The sealed file is not on this machine: {file}").format(file=view.path)
    return ""


class Listening:
    """One screen's listening: holds the player of one recording at a time."""

    def __init__(self, room: "CallActions") -> None:
        self._room = room
        self._player: player.Player | None = None
        self._of = 0
        self._at = 0.0

    @property
    def recording(self) -> int:
        """Key of what is being listened to; 0 nothing."""
        return self._of

    @property
    def playing(self) -> bool:
        """Sound comes out here."""
        return self._player is not None and self._player.playing

    @property
    def position(self) -> float:
        """Second of the recording."""
        return self._player.position if self._player is not None and self._player.playing else self._at

    def stand(self, second: float) -> None:
        """Move without a sound, or go on from there when it sounds."""
        self._at = max(0.0, second)
        if self._player is not None and self._player.playing:
            self._player.play(self._at)

    def pause(self) -> None:
        """Be quiet and remember where."""
        if self._player is not None:
            self._at = self._player.position
            self._player.pause()

    def close(self) -> None:
        """Let go."""
        found, self._player = self._player, None
        if found is not None:
            found.close()

    async def play(self, view: RecordingView, second: float) -> None:
        """From `second` on: here, or on the telephone when this machine has no sound."""
        room = self._room
        reason = unready(room.settings, view) or await asyncio.to_thread(player.speakers)
        if view.state is not RecordingState.SEALED or not file_of(room.settings, view).is_file():
            room.tell(reason, bad=True)
        elif reason:
            room.tell(_(reason))
            await self.to_phone(view, second)
        elif await self._open(view):
            self._at = second
            if self._player is not None:
                self._player.play(second)
            await note(room, view.id, second, HERE)

    async def to_phone(self, view: RecordingView, second: float) -> None:
        """Let the seat's telephone ring and play it there."""
        room = self._room
        reason = unready(room.settings, view) if view.state is not RecordingState.SEALED else ""
        if reason:
            room.tell(reason, bad=True)
            return
        # The daemon writes down the replay when the telephone has been lifted.
        await room.wish(
            RequestKind.PLAY,
            {"recording": view.id, "start": round(second, 1), "channel": "mix"},
            _("Your telephone will ring and play it."),
        )

    async def _open(self, view: RecordingView) -> bool:
        if self._player is not None and self._of == view.id:
            return True
        self.close()
        try:
            self._player = await asyncio.to_thread(player.Player, file_of(self._room.settings, view))
        except DutylineError as error:
            self._room.tell_error(error)
            return False
        self._of = view.id
        return True


async def note(room: "RoomApp", recording_id: int, second: float, how: str) -> None:
    """Write down that this officer listens (Art. 11)."""
    from models.actions import recordings  # noqa: PLC0415 - actions are loaded when something is done

    try:
        await room.act(lambda uow: recordings.replayed(uow, recording_id, start=round(second, 1), how=how))
    except DutylineError as error:
        room.tell_error(error)
