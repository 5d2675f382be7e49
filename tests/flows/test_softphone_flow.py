"""Two real softphones call each other over loopback: every word of the protocol, with the sound checked."""

import time
from pathlib import Path

import phones
import pytest
from phones import CALLER, OFFICER, Phone, assert_heard

from telephony.softphone.events import EventKind


@pytest.fixture
def pair(tmp_path: Path):
    with Phone(tmp_path, "13800001234", seed=CALLER) as caller, Phone(tmp_path, "6001", seed=OFFICER) as officer:
        yield caller, officer


def heard_for(phone: Phone, call: str, seconds: float) -> None:
    """Wait until the recording of a running call holds that many seconds."""
    limit = time.monotonic() + phones.LIMIT
    while phone.heard(call).stat().st_size < seconds * 16000:
        assert time.monotonic() < limit, f"{phone.user} hears nothing"
        time.sleep(0.05)


class TestCall:
    def test_both_hear_each_other(self, pair) -> None:
        caller, officer = pair
        out = caller.dial(officer.address)
        rings = officer.incoming()
        assert rings.number == "13800001234"
        caller.wait(EventKind.RINGING, out)
        officer.softphone.answer(rings.call)
        assert caller.wait(EventKind.MEDIA, out).codec == "PCMA"
        heard_for(officer, rings.call, 3)
        end = caller.hang_up(out)
        assert (end.code, end.reason) == (200, "OK")
        assert end.seconds > 2.5
        officer.wait(EventKind.ENDED, rings.call)
        assert_heard(officer.heard(rings.call), caller.source, officer.source)
        assert_heard(caller.heard(out), officer.source, caller.source)
        assert caller.softphone.calls == {}
        assert officer.softphone.calls == {}
