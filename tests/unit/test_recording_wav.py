"""MixMonitor's WAV files while they grow, whole, cut and damaged."""

import os
from pathlib import Path

import numpy as np
import pytest
import telephone_wav as made
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.recording import wav
from telephony.recording.errors import DamagedRecording
from telephony.recording.growing import GrowingWav
from telephony.recording.wav import Condition

SOUND = made.noise(1.5)


class TestInspect:
    def test_tells_a_finished_file(self, tmp_path: Path) -> None:
        state = wav.inspect(made.whole(tmp_path / "a.wav", SOUND))
        assert (state.condition, state.seconds, state.reason) == (Condition.WHOLE, 1.5, "")

    def test_a_header_of_zeros_is_a_cut_file_with_all_its_sound(self, tmp_path: Path) -> None:
        state = wav.inspect(made.cut(tmp_path / "a.wav", SOUND, b"\x01"))
        assert (state.condition, state.samples) == (Condition.CUT, len(SOUND))

    @pytest.mark.parametrize("content", [b"", b"RI", made.header()[:20], made.header(), made.header() + b"\x01"])
    def test_no_sample_yet_is_empty(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(content)
        assert wav.inspect(path).condition is Condition.EMPTY

    def test_a_missing_file_is_a_state(self, tmp_path: Path) -> None:
        assert wav.inspect(tmp_path / "none.wav").condition is Condition.MISSING

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"\x00" * 5000, "not a WAV file"),
            (b"OggS" + os.urandom(500), "not a WAV file"),
            (made.header(rate=16000) + b"\x00" * 100, "16000 Hz"),
            (b"RIFF\x00\x00\x00\x00WAVEdata" + b"\x00" * 100, "no format"),
        ],
    )
    def test_foreign_bytes_are_named(self, tmp_path: Path, content: bytes, reason: str) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(content)
        state = wav.inspect(path)
        assert state.condition is Condition.DAMAGED
        assert reason in state.reason

    def test_chunks_after_the_sound_are_not_sound(self, tmp_path: Path) -> None:
        path = made.whole(tmp_path / "a.wav", SOUND)
        with path.open("ab") as file:
            file.write(b"LIST\x04\x00\x00\x00INFO")
        state = wav.inspect(path)
        assert (state.condition, state.samples) == (Condition.WHOLE, len(SOUND))

    def test_sound_after_a_stale_size_is_sound(self, tmp_path: Path) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(made.header(1000) + SOUND.tobytes())
        assert wav.inspect(path).samples == len(SOUND)


class TestRepair:
    @settings(deadline=None)
    @given(length=st.integers(0, 44 + 4000), claimed=st.sampled_from([0, 2, 4000, 100_000]))
    def test_any_cut_keeps_every_byte_of_sound_and_ends_whole(
        self, length: int, claimed: int, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        path = tmp_path_factory.mktemp("cut") / "a.wav"
        content = (made.header(claimed) + made.noise(0.25).tobytes())[:length]
        path.write_bytes(content)
        state = wav.repair(path)
        after = path.read_bytes()
        assert len(after) == len(content)
        assert after[44:] == content[44:]
        if length >= 46:
            assert state.condition is Condition.WHOLE
            assert state.samples == (length - 44) // 2
            assert after[4:8] == (len(after[44:]) // 2 * 2 + 36).to_bytes(4, "little")
        else:
            assert state.condition is Condition.EMPTY
            assert after == content

    def test_a_damaged_file_is_not_touched(self, tmp_path: Path) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(content := os.urandom(3000))
        assert wav.repair(path).condition is Condition.DAMAGED
        assert path.read_bytes() == content

    def test_a_whole_file_is_not_written_to(self, tmp_path: Path) -> None:
        path = made.whole(tmp_path / "a.wav", SOUND)
        os.utime(path, (1, 1))
        wav.repair(path)
        assert path.stat().st_mtime == 1


class TestGrowing:
    @settings(deadline=None)
    @given(cuts=st.lists(st.integers(0, 44 + 2 * 4000), max_size=12), limit=st.one_of(st.none(), st.integers(1, 999)))
    def test_every_sample_comes_once_in_order(
        self, cuts: list[int], limit: int | None, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        path = tmp_path_factory.mktemp("grow") / "a.wav"
        sound = made.noise(0.5)
        content = made.header() + sound.tobytes()
        leg, got = GrowingWav(path), [np.zeros(0, np.int16)]
        for size in [*sorted(cuts), len(content)]:
            path.write_bytes(content[:size])
            got.append(leg.read(limit))
        path.write_bytes(made.header(len(content) - 44) + content[44:])
        while len(new := leg.read(limit)):
            got.append(new)
        assert np.array_equal(np.concatenate(got), sound)
        assert leg.available() == 0.5

    def test_a_file_that_is_not_there_yet_gives_nothing(self, tmp_path: Path) -> None:
        leg = GrowingWav(tmp_path / "later.wav")
        assert len(leg.read()) == 0
        assert leg.available() == 0.0

    def test_a_file_removed_meanwhile_is_read_to_its_end(self, tmp_path: Path) -> None:
        path = made.cut(tmp_path / "a.wav", SOUND)
        leg = GrowingWav(path)
        first = leg.read(500)
        path.unlink()
        assert np.array_equal(np.concatenate([first, leg.read()]), SOUND)

    def test_a_damaged_file_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(b"x" * 100)
        with pytest.raises(DamagedRecording, match=r"a\.wav.*kept"):
            GrowingWav(path).read()
