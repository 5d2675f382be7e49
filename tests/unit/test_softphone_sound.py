"""The ring between the telephone's clock and the sound card's."""

import sys

import pytest

from telephony.softphone.commands import SoundKind
from telephony.softphone.events import SoundState
from telephony.softphone.sound import Ring, SoundDesk

TARGET, MOST, FRAME = 6, 20, 4


def numbers(start: int, count: int) -> memoryview:
    return memoryview(bytes(range(start, start + count)))


def taken(ring: Ring, count: int = FRAME) -> bytes:
    into = bytearray(b"\xff" * count)
    ring.read(memoryview(into))
    return bytes(into)


class TestRing:
    def test_silence_until_enough_has_gathered(self) -> None:
        ring = Ring(TARGET, MOST)
        ring.write(numbers(1, 4))
        assert taken(ring) == bytes(4)
        ring.write(numbers(5, 4))
        assert taken(ring) == bytes([1, 2, 3, 4])
        assert taken(ring) == bytes([5, 6, 7, 8])

    def test_silence_and_gathering_again_after_it_ran_dry(self) -> None:
        ring = Ring(TARGET, MOST)
        ring.write(numbers(1, 8))
        assert taken(ring) + taken(ring) == bytes(range(1, 9))
        assert taken(ring) == bytes(4)
        ring.write(numbers(9, 4))
        assert taken(ring) == bytes(4)
        ring.write(numbers(13, 4))
        assert taken(ring) == bytes([9, 10, 11, 12])

    def test_never_later_than_most(self) -> None:
        ring = Ring(TARGET, MOST)
        for start in range(0, 40, 4):
            ring.write(numbers(start, 4))
        assert taken(ring) == bytes([34, 35, 36, 37])

    def test_what_goes_in_comes_out_across_the_end(self) -> None:
        ring = Ring(TARGET, MOST)
        ring.write(numbers(0, 8))
        out = bytearray()
        for start in range(8, 248, 4):
            out += taken(ring)
            ring.write(numbers(start, 4))
        assert bytes(out) == bytes(range(len(out)))


class TestSoundDesk:
    @pytest.mark.parametrize("kind", [SoundKind.NULL, SoundKind.FILE])
    def test_no_device_unless_asked_for(self, kind: SoundKind) -> None:
        desk = SoundDesk(kind)
        assert (desk.port, desk.state) == (None, SoundState(sound=kind))
        assert desk.look() is None
        desk.close()

    def test_without_portaudio_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sounddevice", None)  # what Python does for a module that cannot be imported
        desk = SoundDesk(SoundKind.DEVICE)
        assert desk.port is None
        assert desk.state.sound is SoundKind.NULL
        assert "libportaudio2" in desk.state.reason
        assert desk.look() is None
        desk.close()
