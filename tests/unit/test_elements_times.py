"""Moments as they are said, counted from the call."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import numbers, times
from models.rules.times import Kind

ZONE = ZoneInfo("Asia/Shanghai")


def at(clock: str) -> datetime:
    """That clock time on Monday 2026-11-23, in the room's zone."""
    return datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("said", "call", "meant"),
    [
        ("今天上午十点二十分左右", "10:25", "11-23 10:20"),
        ("二十分钟前", "10:25", "11-23 10:05"),
        ("大概两个小时以前", "10:25", "11-23 08:25"),
        ("一个半小时前", "10:25", "11-23 08:55"),
        ("半个钟头之前", "10:25", "11-23 09:55"),
        ("一刻钟前", "10:25", "11-23 10:10"),
        ("三天前", "10:25", "11-20 10:25"),
        ("三点二十", "10:25", "11-23 03:20"),
        ("三点二十", "16:00", "11-23 15:20"),
        ("三点二十", "02:00", "11-22 15:20"),
        ("八点", "20:30", "11-23 20:00"),
        ("昨晚十一点半", "10:25", "11-22 23:30"),
        ("昨晚十二点左右", "10:25", "11-23 00:00"),
        ("昨晚凌晨两点", "10:25", "11-23 02:00"),
        ("昨天夜里十二点多", "10:25", "11-23 00:00"),
        ("晚上十一点", "01:10", "11-22 23:00"),
        ("今晚十一点半", "00:30", "11-22 23:30"),
        ("下午三点一刻", "15:40", "11-23 15:15"),
        ("下午三点三刻", "15:50", "11-23 15:45"),
        ("凌晨两点", "10:25", "11-23 02:00"),
        ("凌晨十二点半", "10:25", "11-23 00:30"),
        ("中午一点钟", "14:00", "11-23 13:00"),
        ("中午十二点四十", "14:00", "11-23 12:40"),
        ("半夜一点", "09:00", "11-23 01:00"),
        ("傍晚六点", "20:00", "11-23 18:00"),
        ("差五分十点", "10:25", "11-23 09:55"),
        ("十点差五分", "10:25", "11-23 09:55"),
        ("八点过十分", "10:25", "11-23 08:10"),
        ("十点零五分", "10:25", "11-23 10:05"),
        ("五点不到", "10:25", "11-23 05:00"),
        ("10:20", "10:25", "11-23 10:20"),
        ("08:15", "21:00", "11-23 08:15"),
        ("11月23日8时许", "10:25", "11-23 08:00"),
        ("十九点五十二分", "20:15", "11-23 19:52"),
        ("今晚8时", "23:10", "11-23 20:00"),
        ("二十二号晚上九点", "10:25", "11-22 21:00"),
        ("上周五晚上八点", "10:25", "11-20 20:00"),
        ("十二点三个字", "13:00", "11-23 12:15"),
        ("零八一五", "10:25", "11-23 08:15"),
        ("前天", "10:25", "11-21 00:00"),
        ("刚才", "10:25", "11-23 10:25"),
    ],
)
def test_one_moment(said: str, call: str, meant: str) -> None:
    (moment,) = times.find(said, at(call))
    assert (moment.start, moment.end) == (0, len(said))
    assert moment.value.strftime("%m-%d %H:%M") == meant
    assert not moment.future


@pytest.mark.parametrize(
    "said",
    [
        "三点建议",
        "早一点来",
        "有一点情况",
        "水位四十一点二米",
        "三点八级地震",
        "二号码头",
        "一点二万元",
        "几点发生的",
        "十分感谢",
    ],
)
def test_no_moment(said: str) -> None:
    assert times.find(said, at("10:25")) == []


def test_two_moments_keep_apart() -> None:
    first, second = times.find("九点接到报告事故八点四十发生的", at("10:25"))
    assert (first.value, second.value) == (at("09:00"), at("08:40"))


def test_a_day_said_before_the_place_counts_for_the_hour_after_it() -> None:
    moments = times.find("昨晚在疏港大道十一点半", at("10:25"))
    assert moments[-1].value.strftime("%m-%d %H:%M") == "11-22 23:30"


@pytest.mark.parametrize("said", ["明天上午九点", "今天下午两点", "预计今晚八点", "后天"])
def test_what_is_to_come(said: str) -> None:
    assert [moment.future for moment in times.find(said, at("10:25"))] == [True]


def test_how_long_it_has_lasted() -> None:
    since = times.lasted("停了一个半小时了", at("10:25"))
    assert since is not None
    assert (since.value, since.kind) == (at("08:55"), Kind.LASTING)
    assert times.lasted("不知道", at("10:25")) is None


@given(st.integers(0, 23), st.integers(0, 59), st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))))
def test_a_clock_time_with_its_day_is_read_back(hour: int, minute: int, call: datetime) -> None:
    now = call.replace(year=2020 + call.year % 10, day=min(call.day, 28))
    said = f"昨天{numbers.words(hour)}时{numbers.words(minute)}分" if minute > 9 else f"昨天{hour}时0{minute}分"
    (moment,) = times.find(said, now)
    meant = (now - timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    assert moment.value == meant


@given(st.integers(1, 600))
def test_minutes_ago_are_read_back(minutes: int) -> None:
    now = datetime(2026, 11, 23, 2, 25, tzinfo=UTC)
    for said in (f"{minutes}分钟前", f"{numbers.words(minutes)}分钟以前"):
        (moment,) = times.find(said, now)
        assert now - moment.value == timedelta(minutes=minutes)


@given(
    st.text("零一二两三四五六七八九十点分半刻差过前昨今晚上下午号月日周星期:0123456789小时多个左右刚才", max_size=20)
)
def test_any_words_are_read_without_error(said: str) -> None:
    now = datetime(2026, 11, 23, 2, 25, tzinfo=UTC)
    for moment in times.find(said, now):
        assert 0 <= moment.start < moment.end <= len(said)
        assert moment.value.tzinfo is not None
