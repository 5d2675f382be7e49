"""The sound side of the calls: WAVs played into them, WAVs recorded from them, and the sound device they share."""

import logging
import wave
from collections import deque
from pathlib import Path

import pjsua2 as pj

from telephony.errors import TelephonyError
from telephony.softphone.alert import Alert, Alerts
from telephony.softphone.commands import Sound
from telephony.softphone.events import SoundState
from telephony.softphone.sound import SoundDesk

log = logging.getLogger(__name__)


class SoundError(TelephonyError):
    """A WAV cannot be played or recorded; the sentence names the file."""


class Board:
    """Which sound goes where, by the name of the call. Used by the pump thread only."""

    def __init__(self, sound: Sound, desk: SoundDesk) -> None:
        self._sound = sound
        self._desk = desk
        self._alerts: Alerts | None = None
        self._players: dict[str, _Player] = {}
        self._recorders: dict[str, pj.AudioMediaRecorder] = {}
        self._ended: deque[tuple[str, str]] = deque()

    def connect(self, call: str, media: "pj.AudioMedia") -> None:
        """Both sides can hear each other: begin, or go on after the media of the call changed. Raises SoundError."""
        if call not in self._players and self._sound.play:
            self.load(call, self._named(self._sound.play, call), loop=self._sound.loop)
        if call in self._players:
            self._players[call].startTransmit(media)
        if call not in self._recorders and self._sound.record:
            self._recorders[call] = _recorder(Path(self._named(self._sound.record, call)))
        if call in self._recorders:
            media.startTransmit(self._recorders[call])
        if self._desk.port:
            media.startTransmit(self._desk.port)
            if call not in self._players:
                self._desk.port.startTransmit(media)

    def load(self, call: str, wav: str, *, loop: bool = False) -> None:
        """`wav` takes the place of what the call heard so far; `connect` lets it be heard. Raises SoundError."""
        player = _Player(call, wav, self._ended)
        try:
            player.createPlayer(wav, 0 if loop else pj.PJMEDIA_FILE_NO_LOOP)
        except pj.Error as error:
            raise SoundError(
                "{wav} cannot be played: {reason}; it has to be a 16-bit mono WAV", wav=wav, reason=error.reason
            ) from error
        self._players[call] = player

    def drop(self, call: str) -> Path | None:
        """The call is over. Returns the recording that is being closed, None without one."""
        self._players.pop(call, None)
        recorded = self._recorders.pop(call, None)
        return Path(self._named(self._sound.record, call)) if recorded is not None else None

    def played(self) -> list[tuple[str, str]]:
        """(call, WAV) of everything that came to its end since the last question."""
        found: list[tuple[str, str]] = []
        while self._ended:
            found.append(self._ended.popleft())
        return found

    def alert(self, alert: Alert) -> None:
        """What the officer hears while nobody speaks; nothing without a device."""
        if self._desk.port and not self._alerts:
            self._alerts = Alerts(self._desk.port)
        if self._alerts:
            self._alerts.sound(alert)

    def look(self) -> SoundState | None:
        """What has become of the sound device, or None; the calls are to be connected again."""
        changed = self._desk.look()
        if changed:
            self._alerts = None
        return changed

    def close(self) -> None:
        """Let go of everything before the library ends."""
        self._players.clear()
        self._recorders.clear()
        self._alerts = None
        self._desk.close()

    @staticmethod
    def _named(path: str, call: str) -> str:
        return path.replace("{call}", call)


class _Player(pj.AudioMediaPlayer):  # type: ignore[misc]  # an untyped library
    """A WAV player that notes its end; pjsua2 calls it from its own threads."""

    def __init__(self, call: str, wav: str, ended: deque[tuple[str, str]]) -> None:
        super().__init__()
        self._what = (call, wav)
        self._ended = ended

    def onEof2(self) -> None:  # noqa: N802 - the library's name
        """The last sample has been handed out (again for every round of a loop)."""
        self._ended.append(self._what)


def whole(wav: Path) -> bool:
    """Whether a recording has been closed: only then does its header tell its true length."""
    try:
        with wave.open(str(wav), "rb") as reader:
            told = reader.getnframes() * reader.getsampwidth() * reader.getnchannels()
    except (wave.Error, EOFError):
        return False
    return told > 0 and told <= wav.stat().st_size - 44


def _recorder(path: Path) -> "pj.AudioMediaRecorder":
    recorder = pj.AudioMediaRecorder()
    try:
        recorder.createRecorder(str(path))
    except pj.Error as error:
        raise SoundError(
            "{path} cannot be written: {reason}; check the folder and its rights", path=path, reason=error.reason
        ) from error
    return recorder
