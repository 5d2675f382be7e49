"""The main job in one: a practice call rings, is recorded, heard, drafted, owned, confirmed and verified."""

import json
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from watch import SECRET, Watch, running_watch, watch  # noqa: F401

from models.queries import calls as call_queries
from models.queries import entries as entry_queries
from models.rules.calls import CallState
from models.tables.entries import EntryState
from models.tables.recordings import TranscriptState
from telephony.practice import room as practice
from telephony.practice.scripts import PracticeCall

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]
ZONE = ZoneInfo("Asia/Shanghai")


def place(watch: Watch, script: PracticeCall) -> entry_queries.EntryView:  # noqa: F811
    """Place the call with machines on both ends and wait for its draft."""
    known = {detail.call.id for detail in watch.calls()}
    caller = threading.Thread(
        target=practice.with_officer, args=(watch.settings, script.id, "6001", lambda _step: None, threading.Event())
    )
    caller.start()
    caller.join(timeout=150)

    def drafted() -> entry_queries.EntryView | None:
        with watch.record.reading() as session:
            new = [call for call in call_queries.listed(session).items if call.id not in known]
            if len(new) != 1 or new[0].entry_id is None:
                return None
            found = entry_queries.get(session, new[0].entry_id)
        done = found and found.recordings and all(one.transcript is TranscriptState.DONE for one in found.recordings)
        return found if done else None

    return watch.wait(drafted, "the draft", 60)


def test_a_sentence_never_trained_on_becomes_a_right_draft(watch: Watch) -> None:  # noqa: F811
    wang = watch.officer("王海", "6001")
    script = practice.script("brief")
    entry = place(watch, script)
    assert entry.call is not None
    assert entry.call.state is CallState.ENDED
    assert entry.call.drill and entry.row.drill
    assert entry.row.owner_id == wang
    assert (entry.row.state, entry.text) == (EntryState.DRAFT, ""), "a machine drafts, an officer confirms"
    found = {element.key: element for element in entry.elements if element.stated}
    truth = script.truth
    assert {"time", "place", "nature", "consequences"} <= found.keys(), [phrase.text for phrase in entry.phrases]
    happened = datetime.fromisoformat(found["time"].value).astimezone(ZONE)
    hour, minute = map(int, truth["time"]["clock"].split(":"))
    # Said without 上午 or 晚上: the last time the clock showed it, before the call.
    assert (happened.hour % 12, happened.minute) == (hour % 12, minute)
    assert timedelta(0) <= entry.call.rang_at - happened < timedelta(hours=24)
    assert truth["place"] in found["place"].text
    assert found["nature"].value["code"] == truth["nature"]["code"]
    assert truth["nature"]["kind"] in found["nature"].value["kind"]
    assert found["consequences"].value == truth["consequences"]
    for element in found.values():
        assert element.spans, f"{element.key} rests on no phrase"
        assert all(0 <= span["at"] <= script.seconds + 5 for span in element.spans)

    confirmed = subprocess.run(
        [sys.executable, "-m", "console", "--home", str(watch.home), "entry", "confirm", str(entry.row.id),
         "--as", "王海", "--text", "廉江市交警大队报:交通事故,三人受伤"],
        input=f"{SECRET}\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert confirmed.returncode == 0, confirmed.stderr
    verified = subprocess.run(
        [sys.executable, "-m", "console", "--home", str(watch.home), "verify", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stderr
    said = json.loads(verified.stdout)
    assert said["broken"] is None
    assert said["recordings"] >= 1


def test_verify_names_a_changed_recording(watch: Watch) -> None:  # noqa: F811
    """One byte of a sealed recording is changed."""
    if not watch.calls():
        watch.officer("王海", "6001")
        place(watch, practice.script("brief"))
    with watch.record.reading() as session:
        call = call_queries.listed(session).items[0]
    watch.wait(lambda: watch.settled(call.id), "the recording to be sealed")
    assert call.entry_id is not None
    with watch.record.reading() as session:
        entry = entry_queries.get(session, call.entry_id)
    assert entry is not None
    audio = watch.home / "recordings" / entry.recordings[0].path
    whole = audio.read_bytes()
    audio.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        verified = subprocess.run(
            [sys.executable, "-m", "console", "--home", str(watch.home), "verify"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        audio.write_bytes(whole)
    assert verified.returncode == 1
    assert entry.recordings[0].path in verified.stdout
