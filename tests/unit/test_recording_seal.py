"""Sealing, checking and letting go of the WAVs: nothing is lost, whatever is killed or full."""

import contextlib
import fcntl
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import telephone_wav as made
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.recording import legs, seal, wav
from telephony.recording.errors import DamagedRecording, DiskFull, NothingRecorded, RecordingError, SealBusy
from telephony.recording.legs import Leg, Note
from telephony.recording.seal import Verdict

RX, TX, MIX = made.noise(2, 1), made.noise(1.25, 2), made.noise(2, 3)


def sealed_sound(path: Path) -> np.ndarray:
    sound, rate = soundfile.read(path, dtype="int16", always_2d=True)
    assert rate == 8000
    return sound


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    return made.call(tmp_path / "spool" / "room-1763900000.17", RX, TX, MIX)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "2026" / "call.flac"


class TestSeal:
    def test_left_is_the_outside_party_and_right_ours_padded_with_silence(self, stem: Path, out: Path) -> None:
        result = seal.seal(stem, out)
        sound = sealed_sound(out)
        assert np.array_equal(sound[:, 0], RX)
        assert np.array_equal(sound[: len(TX), 1], TX)
        assert not sound[len(TX) :, 1].any()
        assert (result.seconds, result.rx_seconds, result.tx_seconds) == (2, 2, 1.25)
        assert (result.repaired, result.notes) == (False, ())
        assert result.sha256 == seal.digest(out)
        assert sorted(path.name for path in out.parent.iterdir()) == ["call.flac"]

    @settings(deadline=None)
    @given(rx=st.binary(max_size=3000), tx=st.binary(max_size=3000), tails=st.tuples(st.booleans(), st.booleans()))
    def test_whatever_was_cut_where_every_sample_is_sealed(
        self, rx: bytes, tx: bytes, tails: tuple[bool, bool], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        folder = tmp_path_factory.mktemp("cut")
        stem, out = folder / "a", folder / "a.flac"
        for leg, raw, cut in zip(Leg, (rx, tx), tails, strict=True):
            head = made.header(0 if cut else len(raw) // 2 * 2)
            legs.leg_path(stem, leg).write_bytes(head + raw)
        samples = [np.frombuffer(raw[: len(raw) // 2 * 2], "<i2") for raw in (rx, tx)]
        total = max(map(len, samples))
        if not total:
            with pytest.raises(NothingRecorded):
                seal.seal(stem, out)
            assert not out.exists()
            return
        result = seal.seal(stem, out)
        sound = sealed_sound(out)
        for column, leg in enumerate(samples):
            assert np.array_equal(sound[: len(leg), column], leg)
            assert not sound[len(leg) :, column].any()
        assert result.repaired is any(cut and len(leg) for cut, leg in zip(tails, samples, strict=True))
        assert [path.read_bytes()[44:] for path in legs.all_paths(stem)[1:]] == [rx, tx]

    def test_a_missing_leg_becomes_silence_and_the_mix_stays(self, tmp_path: Path, out: Path) -> None:
        stem = made.call(tmp_path / "a", RX, None, MIX)
        result = seal.seal(stem, out)
        assert Note.TX_MISSING in result.notes
        assert not sealed_sound(out)[:, 1].any()
        assert seal.discard(stem, out, result.sha256) == (legs.mix_path(stem),)

    def test_a_damaged_leg_is_kept_beside_the_sealed_file(self, stem: Path, out: Path) -> None:
        damaged = legs.leg_path(stem, Leg.RX)
        damaged.write_bytes(content := os.urandom(5000))
        result = seal.seal(stem, out)
        assert Note.RX_DAMAGED in result.notes
        kept = seal.discard(stem, out, result.sha256)
        assert set(kept) == {damaged, legs.mix_path(stem)}
        assert damaged.read_bytes() == content

    def test_only_the_mix_goes_into_both_channels(self, tmp_path: Path, out: Path) -> None:
        stem = made.call(tmp_path / "a", None, None, MIX)
        result = seal.seal(stem, out)
        assert Note.MIX_ONLY in result.notes
        assert np.array_equal(sealed_sound(out), np.column_stack([MIX, MIX]))
        assert seal.discard(stem, out, result.sha256) == ()

    def test_nothing_but_damage_is_an_error_that_says_so(self, tmp_path: Path, out: Path) -> None:
        legs.mix_path(tmp_path / "a").write_bytes(b"garbage" * 99)
        with pytest.raises(DamagedRecording, match="not a WAV file"):
            seal.seal(tmp_path / "a", out)
        assert not out.exists()

    def test_an_abandoned_call_has_nothing_to_seal(self, tmp_path: Path, out: Path) -> None:
        empty = np.zeros(0, np.int16)
        with pytest.raises(NothingRecorded):
            seal.seal(made.call(tmp_path / "a", empty, empty, empty), out)

    def test_memory_does_not_grow_with_the_call(self, tmp_path: Path, out: Path) -> None:
        made.call(tmp_path / "a", np.zeros(8000 * 1200, np.int16), made.noise(1200, loud=50))
        script = (
            "import resource, sys, pathlib\n"
            "from telephony.recording import seal\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "seal.seal(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        )
        run = subprocess.run([sys.executable, "-c", script, tmp_path / "a", out], capture_output=True, check=True)
        assert int(run.stdout) < 15_000  # KiB; the two legs alone are 37,500


class TestAgain:
    def test_sealing_twice_gives_the_same_file(self, stem: Path, out: Path) -> None:
        first = seal.seal(stem, out)
        inode = out.stat().st_ino
        assert seal.seal(stem, out) == first
        assert out.stat().st_ino == inode

    def test_a_kill_in_the_middle_of_discarding_does_no_harm(self, stem: Path, out: Path) -> None:
        first = seal.seal(stem, out)
        for path in legs.plan(stem).covered:
            path.unlink()
            again = seal.seal(stem, out)
            assert (again.sha256, again.seconds) == (first.sha256, first.seconds)
            assert [entry.name for entry in out.parent.iterdir()] == ["call.flac"]

    def test_another_file_under_the_name_is_set_aside(self, stem: Path, out: Path) -> None:
        out.parent.mkdir(parents=True)
        out.write_bytes(b"half a file")
        assert Note.SET_ASIDE in seal.seal(stem, out).notes
        assert out.with_name("call.aside-1.flac").read_bytes() == b"half a file"

    def test_two_at_once_do_not_write_the_same_file(self, stem: Path, out: Path) -> None:
        out.parent.mkdir(parents=True)
        with out.with_name(".call.flac.part").open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(SealBusy):
                seal.seal(stem, out)

    def test_killed_at_any_moment_the_next_try_seals_it(self, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "spool" / "a", made.noise(240, 1), made.noise(240, 2))
        content = [path.read_bytes() for path in legs.all_paths(stem)[1:]]
        script = (
            "import sys, pathlib\nfrom telephony.recording import seal\nprint('ready', flush=True)\n"
            "seal.seal(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
        )
        chance = random.Random(17)  # noqa: S311
        began = time.monotonic()
        seal.seal(stem, tmp_path / "whole.flac")
        took, died = time.monotonic() - began, 0
        for number in range(8):
            out = tmp_path / f"sealed-{number}" / "a.flac"
            with subprocess.Popen([sys.executable, "-c", script, stem, out], stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                process.stdout.readline()
                try:
                    process.wait(chance.uniform(0, took) if number else 0)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    died += 1
            if out.exists():
                assert sealed_sound(out).shape == (240 * 8000, 2)
            seal.seal(stem, out)
            assert [entry.name for entry in out.parent.iterdir()] == ["a.flac"]
            assert (
                sealed_sound(out).tobytes()
                == np.column_stack([np.frombuffer(leg[44:], "<i2") for leg in content]).tobytes()
            )
        assert died, "every child finished before it could be killed"
        assert [path.read_bytes() for path in legs.all_paths(stem)[1:]] == content


class TestFull:
    def test_a_full_disk_is_said_and_nothing_is_lost(
        self, stem: Path, out: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Full(io.FileIO):
            """The device that is always full stands in for the temporary file."""

            def truncate(self, size: int | None = None) -> int:
                return 0

        @contextlib.contextmanager
        def full(path: Path) -> Iterator[Full]:
            with Full("/dev/full", "r+b") as file:
                yield file

        monkeypatch.setattr(seal, "_exclusive", full)
        before = [path.read_bytes() for path in legs.all_paths(stem)]
        with pytest.raises(DiskFull, match=r"full.*free space"):
            seal.seal(stem, out)
        assert not out.exists()
        assert [path.read_bytes() for path in legs.all_paths(stem)] == before

    def test_a_write_that_fails_half_way_leaves_no_file(self, tmp_path: Path) -> None:
        stem, out = made.call(tmp_path / "spool" / "a", made.noise(60), made.noise(60, 1)), tmp_path / "out" / "a.flac"
        script = (
            "import resource, sys, pathlib\nfrom telephony.recording import errors, seal\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
            "try:\n    seal.seal(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
            "except errors.RecordingError as error:\n    print(error)\n"
        )
        run = subprocess.run([sys.executable, "-c", script, stem, out], capture_output=True, text=True, check=True)
        assert "cannot be written" in run.stdout
        assert "kept as WAV" in run.stdout
        assert list(out.parent.iterdir()) == []
        assert seal.seal(stem, out).seconds == 60


class TestVerifyAndDiscard:
    def test_the_wavs_go_when_the_file_has_the_hash(self, stem: Path, out: Path) -> None:
        result = seal.seal(stem, out)
        assert seal.verify(out, result.sha256).ok
        assert seal.discard(stem, out, result.sha256) == ()
        assert list(stem.parent.iterdir()) == []
        assert seal.discard(stem, out, result.sha256) == ()

    def test_one_changed_byte_is_found_and_keeps_the_wavs(self, stem: Path, out: Path) -> None:
        result = seal.seal(stem, out)
        content = bytearray(out.read_bytes())
        content[len(content) // 2] ^= 1
        out.write_bytes(content)
        assert seal.verify(out, result.sha256).verdict is Verdict.CHANGED
        with pytest.raises(RecordingError, match="SHA-256 differs"):
            seal.discard(stem, out, result.sha256)
        assert all(path.exists() for path in legs.all_paths(stem))

    def test_a_lost_file_is_missing(self, tmp_path: Path) -> None:
        assert seal.verify(tmp_path / "none.flac", "00").verdict is Verdict.MISSING

    def test_a_folder_in_its_place_is_unreadable(self, tmp_path: Path) -> None:
        assert seal.verify(tmp_path, "00").verdict is Verdict.UNREADABLE


def test_the_same_legs_give_the_same_bytes(stem: Path, tmp_path: Path) -> None:
    """Two seals of the same legs are the same bytes, so that a kill between seal and journal changes no hash."""
    first = seal.seal(stem, tmp_path / "1.flac")
    assert seal.seal(stem, tmp_path / "2.flac").sha256 == first.sha256
    assert wav.inspect(legs.leg_path(stem, Leg.RX)).condition is wav.Condition.WHOLE
