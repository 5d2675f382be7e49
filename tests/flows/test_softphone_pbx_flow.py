"""The softphone as a seat of the real PBX: registered, rung, on hold, passing calls on."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pbx import Pbx, pbx, running_pbx  # noqa: F401
from softphones import CALLER, OFFICER, SECOND_OFFICER, Phone, assert_heard, read

from telephony.softphone.client import CallState
from telephony.softphone.events import EventKind

pytestmark = pytest.mark.asterisk
LINE = "07593181234"
Desk = Callable[..., Phone]


@pytest.fixture
def seat(pbx: Pbx, tmp_path: Path) -> Iterator[Desk]:  # noqa: F811
    """Makes seats that are registered; they end with the test."""
    made: list[Phone] = []

    def make(number: str, seed: int = OFFICER) -> Phone:
        phone = Phone(
            tmp_path, number, seed=seed, domain=f"{pbx.block}.1:5060", bind=f"{pbx.block}.3",
            password=pbx.instance.secrets.seats[number], register=True,
        )  # fmt: skip
        made.append(phone)
        return phone.__enter__()

    yield make
    for phone in made:
        phone.__exit__(None, None, None)


@pytest.fixture
def carrier(pbx: Pbx, tmp_path: Path) -> Iterator[Desk]:  # noqa: F811
    """Makes callers behind the trunk."""
    made: list[Phone] = []

    def make(number: str = "13800001234", **more: object) -> Phone:
        phone = Phone(
            tmp_path, number, seed=CALLER, domain=f"{pbx.block}.1:5060", bind=f"{pbx.block}.2", **more  # type: ignore[arg-type]
        )  # fmt: skip
        made.append(phone)
        return phone.__enter__()

    yield make
    for phone in made:
        phone.__exit__(None, None, None)


def legs(pbx: Pbx, mark: int) -> tuple[Path, Path]:  # noqa: F811
    """The recorded legs, of the outside party and of ours, once the call is over."""
    pbx.row(mark, eventtype="LINKEDID_END")
    stem = json.loads(pbx.row(mark, eventtype="DL_RECORDING")["eventextra"])["extra"]
    return Path(f"{stem}-rx.wav"), Path(f"{stem}-tx.wav")


class TestSeat:
    def test_a_call_from_outside(self, pbx: Pbx, seat: Desk, carrier: Desk) -> None:  # noqa: F811
        mark, desk, outside = pbx.mark(), seat("6001"), carrier(display_name="张三 [/b]")
        out = outside.dial(LINE)
        rings = desk.incoming()
        assert (rings.number, rings.name) == ("13800001234", "张三 [/b]")
        outside.wait(EventKind.RINGING, out)
        desk.softphone.answer(rings.call)
        outside.wait(EventKind.MEDIA, out)
        desk.hear(rings.call, 3)
        desk.hang_up(rings.call)
        outside.wait(EventKind.ENDED, out)
        assert_heard(desk.heard(rings.call), outside.source, desk.source)
        assert_heard(outside.heard(out), desk.source, outside.source)
        caller, officer = legs(pbx, mark)
        assert_heard(caller, outside.source, desk.source)
        assert_heard(officer, desk.source, outside.source)

    def test_two_seats_ring_and_the_slower_one_is_let_go(self, seat: Desk, carrier: Desk) -> None:
        first, second, outside = seat("6001"), seat("6002", SECOND_OFFICER), carrier()
        out = outside.dial(LINE)
        missed, taken = first.incoming().call, second.pick_up()
        first.wait(EventKind.ENDED, missed)
        outside.hear(out, 2)
        outside.hang_up(out)
        second.wait(EventKind.ENDED, taken)
        assert_heard(outside.heard(out), second.source, first.source)

    @pytest.mark.parametrize(
        ("options", "number", "name"),
        [
            ({"privacy": True}, "", "Anonymous"),
            ({"display_name": 'He said "fire" \\ ${SHELL(id)}'}, "13800001234", 'He said "fire" \\ ${SHELL(id)}'),
        ],
    )
    def test_who_calls(self, seat: Desk, carrier: Desk, options: dict[str, object], number: str, name: str) -> None:
        desk, outside = seat("6001"), carrier(**options)
        outside.dial(LINE)
        rings = desk.incoming()
        assert (rings.number, rings.name) == (number, name)

    def test_a_rejected_call_goes_on_ringing_elsewhere(self, seat: Desk, carrier: Desk) -> None:
        first, second, outside = seat("6001"), seat("6002", SECOND_OFFICER), carrier()
        out = outside.dial(LINE)
        first.softphone.reject(first.incoming().call)
        second.pick_up()
        outside.wait(EventKind.ANSWERED, out)

    def test_hold_and_return(self, seat: Desk, carrier: Desk) -> None:
        desk, outside = seat("6001"), carrier()
        out = outside.dial(LINE)
        call = desk.pick_up()
        outside.wait(EventKind.MEDIA, out)
        desk.softphone.hold(call)
        desk.wait(EventKind.HELD, call)
        assert desk.softphone.calls[call].state is CallState.HELD
        desk.softphone.resume(call)
        desk.wait(EventKind.RESUMED, call)
        outside.hear(out, 2)
        outside.hang_up(out)
        desk.wait(EventKind.ENDED, call)
        assert_heard(read(outside.heard(out))[-12000:], desk.source)

    def test_blind_transfer(self, seat: Desk, carrier: Desk) -> None:
        first, second, outside = seat("6001"), seat("6002", SECOND_OFFICER), carrier()
        out = outside.dial(LINE)
        call = first.incoming().call
        second.softphone.reject(second.incoming().call)
        first.softphone.answer(call)
        outside.wait(EventKind.MEDIA, out)
        first.softphone.blind_transfer(call, "6002")
        assert getattr(first.wait(EventKind.TRANSFERRED, call), "code", 0) == 200
        first.wait(EventKind.ENDED, call)
        passed = second.pick_up()
        second.hear(passed, 2)
        outside.hang_up(out)
        second.wait(EventKind.ENDED, passed)
        assert_heard(second.heard(passed), outside.source)
        assert_heard(read(outside.heard(out))[-12000:], second.source, first.source)

    def test_attended_transfer(self, seat: Desk, carrier: Desk) -> None:
        first, second, outside = seat("6001"), seat("6002", SECOND_OFFICER), carrier()
        out = outside.dial(LINE)
        call = first.incoming().call
        second.softphone.reject(second.incoming().call)
        first.softphone.answer(call)
        outside.wait(EventKind.MEDIA, out)
        first.softphone.hold(call)
        first.wait(EventKind.HELD, call)
        asked = first.dial("6002")
        passed = second.pick_up()
        first.wait(EventKind.MEDIA, asked)
        first.softphone.attended_transfer(call, asked)
        assert getattr(first.wait(EventKind.TRANSFERRED, call), "code", 0) == 200
        first.wait(EventKind.ENDED, call)
        first.wait(EventKind.ENDED, asked)
        second.hear(passed, 2)
        outside.hang_up(out)
        second.wait(EventKind.ENDED, passed)
        assert_heard(read(second.heard(passed))[-12000:], outside.source, first.source)
        assert_heard(read(outside.heard(out))[-12000:], second.source, first.source)

    def test_a_call_to_another_seat_with_keys(self, seat: Desk) -> None:
        first, second = seat("6001"), seat("6002", SECOND_OFFICER)
        out = first.dial("6002")
        call = second.pick_up()
        first.wait(EventKind.MEDIA, out)
        first.softphone.dtmf(out, "12#")
        assert [getattr(second.wait(EventKind.DIGIT, call), "digit", "") for _ in "12#"] == ["1", "2", "#"]

    def test_a_number_that_does_not_exist(self, seat: Desk) -> None:
        desk = seat("6001")
        end = desk.wait(EventKind.ENDED, desk.dial("4711"))
        assert getattr(end, "code", 0) == 404

    def test_a_wrong_password_is_told_and_tried_again(self, pbx: Pbx, tmp_path: Path) -> None:  # noqa: F811
        phone = Phone(
            tmp_path, "6003", domain=f"{pbx.block}.1:5060", bind=f"{pbx.block}.3", password="wrong", register=True
        )
        phone.softphone.start()
        try:
            failed = phone.wait(EventKind.REGISTRATION_FAILED)
            assert getattr(failed, "code", 0) in {401, 403}
            assert getattr(phone.wait(EventKind.REGISTRATION_FAILED), "retry", 0) == 2
        finally:
            phone.softphone.close()
