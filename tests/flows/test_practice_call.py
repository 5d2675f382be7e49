"""A practice call between two machines through the real PBX: both legs heard, in their places, at the same time."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from pbx import Pbx, pbx, running_pbx  # noqa: F401
from softphones import CALLER, OFFICER, RATE, correlate, read, voice, write

from telephony.practice.caller import Access, OfficerPhone, PracticeFailed, Step, StepKind, place
from telephony.practice.scripts import PracticeCall, load

pytestmark = pytest.mark.asterisk


def script(folder: Path, seconds: float = 6) -> PracticeCall:
    """A short conversation of two signals."""
    return PracticeCall(
        id="short",
        title={},
        number="13900001234",
        name="霞山区值班室",
        caller=write(folder / "caller.wav", voice(CALLER, seconds)),
        officer=write(folder / "officer.wav", voice(OFFICER, seconds)),
        seconds=seconds,
        turns=(),
        truth={},
    )


def practice(pbx: Pbx) -> Access:  # noqa: F811
    return Access(
        domain=f"{pbx.block}.1:5060",
        user="dutyline-practice",
        password=pbx.instance.secrets.practice,
        bind=f"{pbx.block}.4",
    )


def seat(pbx: Pbx, number: str = "6001") -> Access:  # noqa: F811
    return Access(
        domain=f"{pbx.block}.1:5060", user=number, password=pbx.instance.secrets.seats[number], bind=f"{pbx.block}.3"
    )


class TestPracticeCall:
    def test_both_legs_are_recorded_in_step(self, pbx: Pbx, tmp_path: Path) -> None:  # noqa: F811
        mark, steps, said = pbx.mark(), list[Step](), script(tmp_path)
        with OfficerPhone(seat(pbx), after=0.5, number=said.number) as officer:
            end = place(said, practice(pbx), officer=officer, on_step=steps.append)
        assert [step.kind for step in steps] == list(StepKind)
        assert end.detail == ""
        pbx.row(mark, eventtype="LINKEDID_END")
        stem = json.loads(pbx.row(mark, eventtype="DL_RECORDING")["eventextra"])["extra"]
        caller, office = read(Path(f"{stem}-rx.wav")), read(Path(f"{stem}-tx.wav"))
        assert correlate(caller, said.caller) > 0.9
        assert correlate(office, said.officer) > 0.9
        begins = [onset(caller, read(said.caller)), onset(office, read(said.officer))]
        assert abs(begins[0] - begins[1]) < 0.25, begins

    def test_a_script_of_the_product_can_be_placed(self, pbx: Pbx) -> None:  # noqa: F811
        stop, steps = threading.Event(), list[Step]()
        said = load()[0]

        def step(made: Step) -> None:
            steps.append(made)
            if made.kind is StepKind.SPEAKING:
                stop.set()

        with OfficerPhone(seat(pbx), after=0) as officer:
            end = place(said, practice(pbx), officer=officer, on_step=step, stop=stop)
        assert [made.kind for made in steps][-2:] == [StepKind.SPEAKING, StepKind.ENDED]
        assert end.detail == ""

    def test_a_wrong_password_is_said(self, pbx: Pbx, tmp_path: Path) -> None:  # noqa: F811
        wrong = Access(domain=f"{pbx.block}.1:5060", user="dutyline-practice", password="x", bind=f"{pbx.block}.4")
        end = place(script(tmp_path), wrong)
        assert end.detail.startswith("401")
        with pytest.raises(PracticeFailed, match="no PBX is named"):
            place(script(tmp_path), Access(domain="", user="x", password=""))


def onset(leg: "np.typing.NDArray[np.float64]", source: "np.typing.NDArray[np.float64]") -> float:
    """The second of `leg` at which `source` begins."""
    length = 1 << (len(leg) + len(source)).bit_length()
    product = np.fft.irfft(np.fft.rfft(leg, length) * np.conj(np.fft.rfft(source, length)), length)
    at = int(np.argmax(np.abs(product)))
    return (at if at < length // 2 else at - length) / RATE
