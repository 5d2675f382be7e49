"""Text from outside in fixed columns, and what is marked for checking."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.tui import text
from console.tui.marks import to_check
from console.tui.typed_filter import parse
from console.tui.widgets.waveform import bars
from console.words import set_language
from models.tables.entries import EntryState

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@given(st.text(max_size=80), st.integers(0, 60))
def test_a_column_is_exactly_as_wide_as_it_should_be(value: str, width: int) -> None:
    assert cell_len(text.fit(value, width)) == width


@given(st.text(max_size=200), st.integers(4, 60))
def test_lines_fit_and_nothing_but_blanks_is_lost(value: str, width: int) -> None:
    lines = text.wrap(value, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.clean(value).replace(" ", "")


def test_no_line_begins_with_a_comma() -> None:
    assert text.wrap("\u4e00\u4e8c\u4e09\uff0c\u56db", 6) == ["\u4e00\u4e8c", "\u4e09\uff0c\u56db"]


def test_invisible_signs_cannot_turn_or_hide_a_name() -> None:
    assert text.clean("张\u202e三\x1b[31m\r\n李\u200b四") == "张三[31m  李四"


@pytest.mark.parametrize(("seconds", "said"), [(0, "00:00"), (92.7, "01:32"), (3723, "1:02:03"), (-3, "00:00")])
def test_durations(seconds: float, said: str) -> None:
    assert text.duration(seconds) == said


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("十点二十分发生追尾", ["十点二十分"]),
        ("三人受伤两死", ["三人", "两死"]),
        ("电话是0759-3320110", ["0759-3320110"]),
        ("我叫张明在省道二八七线", ["我叫张明在", "二八七线"]),
        ("没有什么情况", []),
    ],
)
def test_numbers_times_and_names_are_marked(said: str, marked: list[str]) -> None:
    found = [said[begin:end] for begin, end in to_check(said)]
    assert [part[:4] for part in found] == [part[:4] for part in marked]


class TestTypedFilter:
    """What an officer types into the log's filter."""

    def test_words_numbers_and_initials_stay_together(self) -> None:
        assert parse("防汛 3320110 ljsyjb", NOW, ZONE).filter.words == "防汛 3320110 ljsyjb"

    def test_a_day_is_midnight_to_midnight_in_the_room(self) -> None:
        wanted = parse("11-20", NOW, ZONE).filter
        assert wanted.since == datetime(2026, 11, 20, tzinfo=ZONE)
        assert wanted.until == datetime(2026, 11, 21, tzinfo=ZONE)

    def test_a_range_may_be_open(self) -> None:
        assert parse("2026-11-01..", NOW, ZONE).filter.until is None
        assert parse("..昨天", NOW, ZONE).filter.until == datetime(2026, 11, 23, tzinfo=ZONE)

    def test_without_a_year_the_last_such_day_is_meant(self) -> None:
        assert parse("12-31", NOW, ZONE).filter.since == datetime(2025, 12, 31, tzinfo=ZONE)

    def test_states_and_practice_in_both_languages(self) -> None:
        assert parse("draft 更正 演练", NOW, ZONE).filter.states == {EntryState.DRAFT, EntryState.AMENDED}
        assert parse("practice", NOW, ZONE).filter.drill is True
        assert parse("实战", NOW, ZONE).filter.drill is False

    @pytest.mark.parametrize("typed", ["13-45", "2026-02-30", "..", "11-01..x"])
    def test_what_is_no_date_is_a_word(self, typed: str) -> None:
        assert parse(typed, NOW, ZONE).filter.words == typed

    def test_it_says_how_it_was_understood(self) -> None:
        set_language("zh")
        assert parse("防汛 11-20 draft", NOW, ZONE).understood == "含 防汛  自 2026-11-20 至 2026-11-20  草稿"


def test_bars_grow_from_the_middle() -> None:
    assert bars([1.0, 0.0], 2) == ["⡇", "⡇"]
    assert bars([0.5, 0.5], 2) == ["⠀", "⣿"]
    assert bars([0.5, 0.5], 2, down=True) == ["⣿", "⠀"]
    assert bars([], 1) == [""]
