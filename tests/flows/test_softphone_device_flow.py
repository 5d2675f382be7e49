"""The softphone with a sound card: the officer hears and is heard, hears it ring, and may pull his headset out."""

from pathlib import Path

import numpy as np
from softphones import LIMIT, Phone, Samples, assert_heard, loopback
from sound_card import RATE, SoundCard, sound_card  # noqa: F401 - a fixture

from telephony.softphone.client import Softphone
from telephony.softphone.commands import Configuration, Sound, SoundKind
from telephony.softphone.events import EventKind, SoundState

SEAT = Configuration(user="6001", domain="127.0.0.1:9", bind=loopback(), sound=Sound(kind=SoundKind.DEVICE))


def pitch(samples: Samples) -> set[int]:
    """The loud frequencies, to the nearest 10 Hz; empty for silence."""
    if np.abs(samples).max() < 300:
        return set()
    spectrum = np.abs(np.fft.rfft(samples))
    loud = np.fft.rfftfreq(len(samples), 1 / RATE)[spectrum > spectrum.max() / 3]
    return {int(round(frequency, -1)) for frequency in loud}


class TestDevice:
    def test_he_hears_and_is_heard(self, sound_card: SoundCard, tmp_path: Path) -> None:  # noqa: F811
        """His headset lies on its microphone: the caller hears himself, through both directions of the device."""
        with Softphone(SEAT) as desk, Phone(tmp_path, "138") as caller:
            assert desk.wait_for(EventKind.SOUND, LIMIT) == SoundState(sound=SoundKind.DEVICE)
            speaker, microphone = (next(w for w in sound_card.wires() if end in w) for end in (":out_", ":in_"))
            sound_card.wire(speaker, microphone)
            desk.dial(caller.address)
            call = caller.pick_up()
            caller.hear(call, 4)
            caller.hang_up(call)
            assert_heard(caller.heard(call), caller.source)
        assert desk.exit_code == 0

    def test_he_hears_it_ring(self, sound_card: SoundCard, tmp_path: Path) -> None:  # noqa: F811
        with Softphone(SEAT) as desk, Phone(tmp_path, "138") as caller:
            assert pitch(sound_card.listen(0.5)) == set()
            desk.dial(caller.address)
            desk.wait_for(EventKind.RINGING, LIMIT)
            assert pitch(sound_card.listen(6)) == {450}
            caller.hang_up(caller.incoming().call)
            desk.wait_for(EventKind.ENDED, LIMIT)
            assert pitch(sound_card.listen(0.5)) == set()

    def test_a_device_that_hangs_leaves_a_telephone(self, sound_card: SoundCard, tmp_path: Path) -> None:  # noqa: F811
        with Softphone(SEAT) as desk, Phone(tmp_path, "138") as caller:
            desk.wait_for(EventKind.SOUND, LIMIT)
            out = desk.dial(caller.address)
            call = caller.pick_up()
            sound_card.freeze()
            lost = desk.wait_for(EventKind.SOUND, LIMIT)
            assert isinstance(lost, SoundState)
            assert lost.sound is SoundKind.NULL
            assert "the sound device has stopped" in lost.reason
            desk.dtmf(out, "1")
            caller.wait(EventKind.DIGIT, call)
            caller.hang_up(call)
            desk.wait_for(EventKind.ENDED, LIMIT)
        assert desk.exit_code == 0

    def test_a_device_that_comes_later_is_taken(self, sound_card: SoundCard, tmp_path: Path) -> None:  # noqa: F811
        sound_card.pull()
        with Softphone(SEAT) as desk, Phone(tmp_path, "138") as caller:
            state = desk.wait_for(EventKind.SOUND, LIMIT)
            assert isinstance(state, SoundState)
            assert state.sound is SoundKind.NULL
            assert state.reason.startswith("no sound: ")
            out = desk.dial(caller.address)
            call = caller.pick_up()
            desk.wait_for(EventKind.MEDIA, LIMIT, call=out)
            sound_card.plug()
            assert desk.wait_for(EventKind.SOUND, LIMIT) == SoundState(sound=SoundKind.DEVICE)
            assert np.abs(sound_card.listen(1)).max() > 1000, "he hears the caller now"
            caller.hang_up(call)
        assert desk.exit_code == 0
