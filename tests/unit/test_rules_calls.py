"""What a call is and who owns it, as pure functions of its channels."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.calls import CallState, Direction, LegKind, LegView, age, judge
from models.rules.ownership import Watch, first_responder

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def at(second: float | None) -> datetime | None:
    return None if second is None else START + timedelta(seconds=second)


def leg(
    channel: str,
    kind: LegKind,
    started: float = 0,
    answered: float | None = None,
    ended: float | None = None,
    seat: int | None = None,
) -> LegView:
    return LegView(
        channel=channel,
        kind=kind,
        started_at=START + timedelta(seconds=started),
        answered_at=at(answered),
        ended_at=at(ended),
        seat=seat,
    )


OUT, SEAT, INNER = LegKind.OUTSIDE, LegKind.SEAT, LegKind.INNER


@pytest.mark.parametrize(
    ("legs", "closed", "message", "expected"),
    [
        ([leg("1", OUT)], None, False, ("incoming", "ringing", None, None)),
        ([leg("1", OUT, 0, None, 5)], None, False, ("incoming", "abandoned", None, None)),
        ([leg("1", OUT, 0, 60, 70), leg("2", SEAT, 1, None, 60, 7)], None, False, ("incoming", "missed", None, None)),
        ([leg("1", OUT, 0, None, 70)], None, True, ("incoming", "missed", None, None)),
        ([leg("1", OUT, 0, 5), leg("2", SEAT, 1, 5, None, 7)], None, False, ("incoming", "answered", 5, 7)),
        ([leg("1", OUT, 0, 5, 9), leg("2", SEAT, 1, 5, None, 7)], None, False, ("incoming", "ended", 5, 7)),
        ([leg("1", OUT, 0, 5), leg("2", SEAT, 1, 5, None, 7)], 9, False, ("incoming", "ended", 5, 7)),
        (
            [leg("1", OUT, 0, 3), leg("2", SEAT, 1, 8, None, 7), leg("3", SEAT, 1, 6, None, 8)],
            None,
            False,
            ("incoming", "answered", 6, 8),
        ),
        ([leg("1", SEAT, 0, 1, None, 7), leg("2", OUT, 1)], None, False, ("outgoing", "ringing", None, 7)),
        ([leg("1", SEAT, 0, 1, 9, 7), leg("2", OUT, 1, None, 9)], None, False, ("outgoing", "missed", None, 7)),
        ([leg("1", SEAT, 0, 1, 9, 7), leg("2", OUT, 1, 4, 9)], None, False, ("outgoing", "ended", 4, 7)),
        ([leg("1", SEAT, 0, 1, 9, 7), leg("2", SEAT, 1, 4, 9, 8)], None, False, ("internal", "ended", 4, 7)),
        ([leg("1", OUT, 0, 5), leg("2", INNER, 1, 4)], None, False, ("incoming", "ringing", None, None)),
        ([leg("1", INNER, 0, 1, 2)], None, False, ("internal", "missed", None, None)),
    ],
)
def test_the_legs_tell_what_the_call_was(
    legs: list[LegView], closed: float | None, message: bool, expected: tuple[str, str, float | None, int | None]
) -> None:
    direction, state, answered, seat = expected
    for order in itertools.permutations(legs):
        seen = judge(order, first="1", closed_at=at(closed), message_left=message)
        assert (seen.direction, seen.state) == (Direction(direction), CallState(state))
        assert (seen.answered_at, seen.seat) == (at(answered), seat)
        assert seen.rang_at == START


def test_a_call_without_a_leg_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="at least one leg"):
        judge([], first="1")


times = st.integers(0, 100)
legs = st.builds(
    lambda number, kind, started, answered, ended, seat: leg(
        f"1.{number}", kind, started, answered, ended, seat if kind is SEAT else None
    ),
    st.integers(1, 9),
    st.sampled_from(LegKind),
    times,
    st.none() | times,
    st.none() | times,
    st.integers(1, 3),
)


@given(
    st.lists(legs, min_size=1, max_size=6, unique_by=lambda leg: leg.channel),
    st.none() | times,
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_order_never_matters_and_times_and_state_agree(
    found: list[LegView], closed: int | None, message: bool, source: random.Random
) -> None:
    first = found[0].channel
    seen = judge(found, first=first, closed_at=at(closed), message_left=message)
    source.shuffle(found)
    assert judge(found, first=first, closed_at=at(closed), message_left=message) == seen
    assert seen.state.over == (seen.ended_at is not None)
    assert (seen.state in (CallState.ANSWERED, CallState.ENDED)) == (seen.answered_at is not None)


def test_age_counts_as_the_pbx_does() -> None:
    ids = ["pbx-1700000000.9", "pbx-1700000000.10", "1700000001.1", "odd-name-1700000001.2", "not a uniqueid"]
    assert sorted(set(ids), key=age) == ids


def test_first_responder_is_who_sat_there_then() -> None:
    start = START
    hour = timedelta(hours=1)
    watches = [Watch(1, 7, start, start + hour), Watch(2, 7, start + hour, None), Watch(3, 8, start, None)]
    assert first_responder(7, start - timedelta(seconds=1), watches) is None
    assert first_responder(7, start, watches) == 1
    assert first_responder(7, start + hour, watches) == 2
    assert first_responder(8, start + 9 * hour, watches) == 3
    assert first_responder(9, start, watches) is None
    assert first_responder(None, start, watches) is None
    assert first_responder(7, None, watches) is None
