"""Excerpts for a desk phone, the waveform's picture, the disk's days."""

from pathlib import Path

import numpy as np
import pytest
import telephone_wav as made

from telephony.recording import seal, wav
from telephony.recording.errors import RecordingError
from telephony.recording.levels import Alarm, disk_days, levels
from telephony.recording.replay import Channels, excerpt

RX, TX = made.noise(3, 1), made.noise(3, 2, loud=30000)


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    return seal.seal(made.call(tmp_path / "a", RX, TX), tmp_path / "a.flac").path


def heard(path: Path) -> wav.Samples:
    state = wav.inspect(path)
    assert state.condition is wav.Condition.WHOLE
    return wav.read(state, 0, state.samples)


class TestExcerpt:
    def test_one_side_from_a_second_on(self, sealed: Path, tmp_path: Path) -> None:
        assert excerpt(sealed, 1.5, None, tmp_path / "e.wav", Channels.LEFT) == 1.5
        assert np.array_equal(heard(tmp_path / "e.wav"), RX[12000:])

    def test_the_mix_is_the_sum_without_overflow(self, sealed: Path, tmp_path: Path) -> None:
        excerpt(sealed, 0, 0.5, tmp_path / "e.wav")
        assert np.array_equal(heard(tmp_path / "e.wav"), np.clip(RX[:4000].astype(int) + TX[:4000], -32768, 32767))

    def test_more_than_there_is_ends_at_the_end(self, sealed: Path, tmp_path: Path) -> None:
        assert excerpt(sealed, 2, 100, tmp_path / "e.wav", Channels.RIGHT) == 1

    def test_beyond_the_end_is_said(self, sealed: Path, tmp_path: Path) -> None:
        with pytest.raises(RecordingError, match="no second 9"):
            excerpt(sealed, 9, None, tmp_path / "e.wav")
        assert not (tmp_path / "e.wav").exists()

    def test_a_file_that_is_no_recording_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "x.flac").write_bytes(b"no sound")
        with pytest.raises(RecordingError, match=r"x\.flac"):
            excerpt(tmp_path / "x.flac", 0, None, tmp_path / "e.wav")


class TestLevels:
    def test_both_sides_heard(self, sealed: Path) -> None:
        measured = levels(sealed, 10)
        assert (measured.seconds, measured.alarms, measured.one_sided) == (3, (), False)
        assert len(measured.left.peak) == 10
        assert measured.right.peak.max() == pytest.approx(30000 / 32768, rel=0.01)
        assert measured.left.rms.mean() == pytest.approx(3000 / 32768 / 3**0.5, rel=0.05)

    def test_idle_noise_on_one_side_is_an_alarm(self, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "b", made.noise(2, loud=20), TX)
        measured = levels(seal.seal(stem, tmp_path / "b.flac").path)
        assert measured.alarms == (Alarm.LEFT_SILENT,)
        assert measured.one_sided

    def test_one_short_word_is_not_silence(self, tmp_path: Path) -> None:
        quiet = np.zeros(80000, np.int16)
        quiet[40000:41600] = RX[:1600]
        measured = levels(seal.seal(made.call(tmp_path / "c", quiet, RX), tmp_path / "c.flac").path)
        assert measured.alarms == ()

    def test_a_file_without_sound_is_empty(self, tmp_path: Path) -> None:
        measured = levels(made.whole(tmp_path / "e.wav", np.zeros(0, np.int16)))
        assert (measured.seconds, measured.alarms) == (0, (Alarm.EMPTY,))


def test_days_until_the_disk_is_full(tmp_path: Path) -> None:
    assert disk_days(tmp_path / "not" / "yet", 1) > 1000
    assert disk_days(tmp_path, 0) == float("inf")
