"""What Asterisk must know by itself, as keys of its own database, and the least that has to be written to get there.

The dialplan reads these while a call rings, so that a call never waits for us (architecture, invariant 1).
"""

import logging
import math
import re
from collections.abc import Callable, Iterable, Mapping

from models.settings import Seat, Settings
from telephony.asterisk.pjsip import dial_outside, plain, seat_endpoint

log = logging.getLogger(__name__)

FAMILY = "dutyline"
NAMES = "dutyline-name"
NAME_LIMIT = 60
"""Letters of a caller's name that a desk phone can show at most."""

Key = tuple[str, str]
DbPut = Callable[[str, str, str], None]
"""family, key, value; raises when Asterisk did not take it."""
DbDel = Callable[[str, str], None]
"""family, key; a key that is not there is no error."""


def ring_dial_string(seats: Iterable[Seat]) -> str:
    """Every seat's phone, as Dial takes them: `PJSIP/6001&PJSIP/6002`."""
    return "&".join(f"PJSIP/{seat_endpoint(seat)}" for seat in seats)


def backup_dial_string(settings: Settings) -> str:
    """The backup of the settings: seats by their extension, anything else as an outside number on the first trunk."""
    seats = {seat.number: f"PJSIP/{seat_endpoint(seat)}" for seat in settings.seats}
    targets = []
    for number in settings.pbx.backup:
        digits = re.sub(r"[^0-9+]", "", number)
        if number in seats:
            targets.append(seats[number])
        elif digits and settings.trunks:
            targets.append(dial_outside(settings.trunks[0], digits))
        else:
            log.warning("backup number %r cannot be dialled: it is no seat, and there is no trunk for it", number)
    return "&".join(targets)


def number_keys(number: str) -> tuple[str, ...]:
    """The forms in which a carrier may send a number of the directory: as written, with and without 0 and 86."""
    digits = re.sub(r"[^0-9]", "", number)
    bare = digits.removeprefix("0086").removeprefix("86") if len(digits) > 11 else digits
    national = bare.removeprefix("0") if len(bare) >= 10 else bare
    if len(national) < 9:
        return (digits,) if digits else ()
    return tuple(dict.fromkeys((digits, national, f"0{national}", f"86{national}")))


def desired(settings: Settings, manned: Iterable[str], directory: Mapping[str, str]) -> dict[Key, str]:
    """All keys as they should be: `manned` are the numbers of the seats where somebody is signed in, `directory` maps
    numbers to names. With nobody signed in every seat rings: better an empty room hears it than nobody.
    """
    here = set(manned)
    ringing = [seat for seat in settings.seats if seat.number in here] or list(settings.seats)
    keys = {
        (FAMILY, "ring"): ring_dial_string(ringing),
        (FAMILY, "backup"): backup_dial_string(settings),
        (FAMILY, "escalate_after"): str(math.ceil(settings.pbx.escalate_after)),
        (FAMILY, "message_after"): str(math.ceil(settings.pbx.message_after)),
    }
    for number, name in directory.items():
        shown = plain(name)[:NAME_LIMIT]
        if shown:
            keys |= {(NAMES, digits): shown for digits in number_keys(number)}
    return {key: value for key, value in keys.items() if value}


def push(wanted: Mapping[Key, str], known: Mapping[Key, str] | None, put: DbPut, delete: DbDel) -> dict[Key, str]:
    """Bring Asterisk's database from `known` to `wanted` and return what it holds now.

    `known` None means that nobody knows (after a reconnect): everything is written again. Safe to repeat; an error of
    `put` or `delete` comes through, and the next call with None mends it.
    """
    before = known or {}
    for key in before.keys() - wanted.keys():
        delete(*key)
    for key, value in wanted.items():
        if known is None or before.get(key) != value:
            put(*key, value)
    return dict(wanted)
