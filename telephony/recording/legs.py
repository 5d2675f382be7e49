"""The files of one call: which of them carries which party, and what of them a sealed file stands for.

`stem`.wav is the mix, `stem`-rx.wav the outside party, `stem`-tx.wav our side. A stem may contain dots.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from telephony.recording import wav
from telephony.recording.errors import DamagedRecording, NothingRecorded
from telephony.recording.wav import Condition, WavState


class Leg(StrEnum):
    """A channel of the call, by Asterisk's names: rx is what it received from the outside party."""

    RX = "rx"
    TX = "tx"


class Note(StrEnum):
    """What is remarkable about a recording."""

    RX_CUT = "rx-cut"
    TX_CUT = "tx-cut"
    RX_MISSING = "rx-missing"
    TX_MISSING = "tx-missing"
    RX_DAMAGED = "rx-damaged"
    TX_DAMAGED = "tx-damaged"
    MIX_ONLY = "mix-only"
    """Both channels hold the mix: who spoke cannot be told by channel."""
    UNEVEN = "uneven"
    """One leg is more than two seconds shorter than the other."""
    SET_ASIDE = "set-aside"
    """A file that was not this recording lay under its name and was renamed."""


UNEVEN_SECONDS = 2.0


def leg_path(stem: Path, leg: Leg) -> Path:
    """Where MixMonitor writes this leg."""
    return stem.with_name(f"{stem.name}-{leg}.wav")


def mix_path(stem: Path) -> Path:
    """Where MixMonitor writes both legs together."""
    return stem.with_name(f"{stem.name}.wav")


def all_paths(stem: Path) -> tuple[Path, Path, Path]:
    """The three files that a call may have."""
    return mix_path(stem), leg_path(stem, Leg.RX), leg_path(stem, Leg.TX)


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes into the sealed file: None is silence. `covered` are the files that it makes superfluous.

    They are to be removed in that order: whatever a kill leaves over is then still found in the sealed file.
    """

    left: WavState | None
    right: WavState | None
    covered: tuple[Path, ...]
    notes: tuple[Note, ...]
    repaired: bool

    @property
    def total(self) -> int:
        """Samples of the sealed file."""
        return max(side.samples if side else 0 for side in (self.left, self.right))


def plan(stem: Path) -> Plan:
    """Look at the files of a call. Raises NothingRecorded or DamagedRecording when there is nothing to seal."""
    mix, rx, tx = (wav.inspect(path) for path in all_paths(stem))
    notes = [*_remarks(rx, Leg.RX), *_remarks(tx, Leg.TX)]
    if rx.audible or tx.audible:
        if abs(rx.seconds - tx.seconds) > UNEVEN_SECONDS:
            notes.append(Note.UNEVEN)
        legs = [leg for leg in (rx, tx) if leg.condition in {Condition.WHOLE, Condition.CUT, Condition.EMPTY}]
        # With a leg missing or damaged the mix is the only witness of that party: it stays.
        superfluous = [mix, *legs] if len(legs) == 2 and mix.condition is not Condition.DAMAGED else legs
        return Plan(
            left=rx if rx.audible else None,
            right=tx if tx.audible else None,
            covered=tuple(state.path for state in superfluous),
            notes=tuple(notes),
            repaired=Condition.CUT in {rx.condition, tx.condition},
        )
    if mix.audible:
        covered = [mix.path, *(leg.path for leg in (rx, tx) if leg.condition is Condition.EMPTY)]
        return Plan(mix, mix, tuple(covered), (*notes, Note.MIX_ONLY), mix.condition is Condition.CUT)
    damaged = [state for state in (rx, tx, mix) if state.condition is Condition.DAMAGED]
    if damaged:
        raise DamagedRecording(
            "{path}: {reason}; the file is kept as it is", path=damaged[0].path, reason=damaged[0].reason
        )
    raise NothingRecorded("{stem}: nothing was recorded; the call ended before anybody spoke", stem=stem)


def _remarks(state: WavState, leg: Leg) -> list[Note]:
    match state.condition:
        case Condition.CUT:
            return [Note.RX_CUT if leg is Leg.RX else Note.TX_CUT]
        case Condition.MISSING:
            return [Note.RX_MISSING if leg is Leg.RX else Note.TX_MISSING]
        case Condition.DAMAGED:
            return [Note.RX_DAMAGED if leg is Leg.RX else Note.TX_DAMAGED]
        case _:
            return []
