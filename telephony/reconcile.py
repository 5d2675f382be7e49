"""No ring without a row, and no row that waits for ever: at the start and every minute (invariant 2).

What CEL could not tell is found by asking Asterisk which channels live, and by looking into the spool.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.actions import calls, recordings
from models.queries import work
from models.store.engine import Record
from telephony.errors import TelephonyError
from telephony.facts import Living
from telephony.sealing import tidy

log = logging.getLogger(__name__)

ACTOR = "system:reconcile"
GRACE = timedelta(seconds=10)
"""A call is left alone while its facts may still be on their way."""
_STEM = re.compile(r"^(?P<call>.*?(?P<epoch>\d{9,10})\.\d+)(?:\.\d+)?$")


def close_dead_calls(record: Record, living: Living) -> int:
    """End what Asterisk knows no more: cut when Asterisk stopped in mid-call, otherwise ended as last seen."""
    with record.reading() as session:
        candidates = work.open_calls(session)
    count = 0
    now = record.clock()
    for call in candidates:
        if living.channels.intersection((*call.channels, call.pbx_id)) or now - call.last_seen < GRACE:
            continue
        count += 1
        if call.rang_at < living.started_at:
            at = min(max([call.last_seen, *_written(call.stems)]), living.started_at)
            log.warning("reconcile: call %s was cut: Asterisk stopped in the middle of it", call.pbx_id)
            with record.writing(ACTOR) as uow:
                calls.cut(uow, call_id=call.id, at=at)
        else:
            log.warning("reconcile: call %s has ended without our hearing of it", call.pbx_id)
            at = max([call.last_seen, *_written(call.stems)])
            with record.writing(ACTOR) as uow:
                calls.lost(uow, call_id=call.id, at=at)
    return count


def _written(stems: tuple[str, ...]) -> list[datetime]:
    """When sound was written last."""
    found = []
    for stem in stems:
        for ending in ("", "-rx", "-tx"):
            try:
                found.append(datetime.fromtimestamp(Path(f"{stem}{ending}.wav").stat().st_mtime, UTC))
            except FileNotFoundError:
                continue
    return found


def adopt_spool(record: Record, spool: Path, recordings_folder: Path, living: Living) -> int:
    """Sound in the spool that no row speaks of becomes a call; WAVs of sealed recordings go. How many calls it made."""
    stems = sorted({str(spool / _stem_name(path)) for path in spool.glob("*.wav")})
    with record.reading() as session:
        known = work.known_stems(session, stems)
    for stem, row in known.items():
        if row.sha256:
            _discard(Path(stem), recordings_folder / row.path, row.sha256)
    adopted = 0
    for stem in stems:
        match = _STEM.match(stem.rpartition("/")[2])
        if stem in known or match is None or not _settled(Path(stem), record.clock()):
            continue
        began = datetime.fromtimestamp(int(match["epoch"]), UTC)
        ended = max(_written((stem,)), default=began)
        if match["call"] in living.channels:
            continue
        log.warning("reconcile: %s was recorded, but nothing else is known of the call", stem)
        with record.writing(ACTOR) as uow:
            calls.channel_seen(uow, call=match["call"], channel=match["call"], name="", at=began)
            recordings.started(uow, call=match["call"], channel=match["call"], at=began, stem=stem)
            calls.channel_ended(uow, call=match["call"], channel=match["call"], name="", at=max(began, ended))
        adopted += 1
    return adopted


def _stem_name(path: Path) -> str:
    name = path.stem
    for ending in ("-rx", "-tx", "-msg"):
        name = name.removesuffix(ending)
    return name


def _settled(stem: Path, now: datetime) -> bool:
    """Nobody has written for a while: CEL has had its time to tell."""
    return all(now - written > GRACE for written in _written((str(stem),)))


def _discard(stem: Path, out: Path, sha256: str) -> None:
    try:
        tidy(stem, out, sha256)
    except TelephonyError as error:
        log.error("reconcile: %s", error)
