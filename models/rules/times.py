"""When something was, as it is said: 昨晚十一点半, 差五分十点, 二十分钟前, 11月23日8时许; "now" is the caller's."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.rules import numbers

LATE = timedelta(minutes=5)
"""A clock time this far ahead of the call still means the past: clocks differ, and `at` is the call's beginning."""


class Kind(StrEnum):
    """How a time was said, which tells how exact it is."""

    CLOCK = "clock"
    AGO = "ago"
    NOW = "now"
    DAY = "day"
    LASTING = "lasting"


@dataclass(frozen=True, slots=True)
class Moment:
    """Characters `start` to `end` of the text name `value` (aware, in the zone of `at`).

    A DAY (昨天, 今晚) is the beginning of what was named; LASTING (停了一个多小时了) is counted back from `at`.
    """

    start: int
    end: int
    value: datetime
    kind: Kind
    future: bool


@dataclass(slots=True)
class _Parts:
    """What one phrase has said so far: the day, the part of the day, the clock."""

    start: int
    end: int
    day: date | None = None
    fused: bool = False
    part: str = ""
    clock: tuple[int, int] | None = None
    exact: bool = False
    fresh: bool = field(default=True)


_D = "零〇一二两三四五六七八九十"
_HOUR = rf"(?:二十[一二三四]?|十[一二三四五六七八九]?|[{_D}]|2[0-4]|[01]?\d)"
_MINUTE = r"(?:[一二三四五]?十[一二三四五六七八九]?|[零〇0][一二三四五六七八九]|[一二三四五六七八九]|[0-5]?\d)"
_LONG_MINUTE = r"(?:[一二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九]|[0-5]\d)"
_COUNT = rf"(?:[{_D}百几]+|\d+)"
_AMOUNT = (
    r"(?![零〇一二三四五六七八九十\d.]*(?:[万亿米级度公里吨%％倍个亩百千元毫厘平方岁名人辆层条例天次艘艇只头家栋间户台]"
    r"|分之|点\d))"
)
_MEASURE = r"(?![零〇一二三四五六七八九十\d.]+(?:[万亿米级度公里吨%％倍亩千毫厘平方元]|分之))"
_TOKEN = re.compile(
    rf"""
    (?P<date>
        (?:(?P<year>\d{{4}}|二[零〇][{_D}]{{2}})年)?(?P<month>{_COUNT})月份?(?P<mday>[{_D}]{{1,3}}|\d{{1,2}})[日号]?
      | (?P<this>这个月|本月)?(?P<dom>[{_D}]{{1,3}}|\d{{1,2}})
        (?:日(?!线)|号(?=晚|早|上午|中午|下午|凌晨|夜|傍晚|以来|开始|发生|的|那天|当天|左右|到|至|{_HOUR}[点时]))
      | (?P<week>上个?|这个?|本|下个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-6])(?![个期年])
      | (?P<rel>大前[天日]|前[天日]|昨[天日儿]|寻日|琴日|今[天日儿]|当[天日]|大后天|[明后][天日]|翌日)
    )
  | (?P<fused>[昨前今当明琴](?:天?晚上?|夜里?|早上?|晨)(?!餐|饭|报|稻|期))
  | (?P<part>凌晨|清晨|清早|早晨|早上|晨早|朝早|上午|上昼|中午|正午|晌午|晏昼|午后|下午|下昼|傍晚|黄昏|天黑
      |晚上|晚间|夜里|夜间|夜晚|深夜|午夜|后半夜|半夜)
  | (?P<clock>
        差(?P<lack>一刻|{_MINUTE})(?:分钟?)?(?:钟)?(?:到)?(?P<h1>{_HOUR})[点时]钟?
      | (?P<h2>{_HOUR})[点时]差(?P<lack2>一刻|{_MINUTE})(?:分钟?)?
      | (?P<h3>{_HOUR})(?P<mark>点钟?|时(?![间候期而])) (?:
            (?P<half>半) | (?P<quarter>[一三两])刻钟? | (?P<fives>[一二两三四五六七八九十])个字
          | 过?(?P<m3>{_MINUTE}(?=分)|{_LONG_MINUTE})(?:分钟?|{_AMOUNT}) | [整正] | (?P<bare>{_MEASURE}) )
      | (?P<h4>2[0-4]|[01]?\d):(?P<m4>[0-5]\d)(?::[0-5]\d)?(?!\d)
      | (?<![{_D}幺\d])(?P<h5>[零〇][零〇一二三四五六七八九])(?P<m5>[零〇一二三四五][零〇一二三四五六七八九])
        (?![{_D}幺\d万亿])
    )(?:多钟?|来钟|不到|许|左右|上下|前后|的?样子)*
    """,
    re.VERBOSE,
)
_LENGTH = (
    rf"(?:(?P<hours>{_COUNT})个?[多来]?(?P<hhalf>半)?(?:小时|钟头|钟)(?:零?(?P<hm>{_COUNT})分钟?)?"
    rf"|(?P<halfhour>半)个?多?(?:小时|钟头|钟)|(?P<minutes>{_COUNT})[多来]?分钟?|(?P<quarters>[一两三])刻钟"
    rf"|(?P<days>{_COUNT})[多来]?[天日]|(?P<weeks>{_COUNT})(?:个?星期|周|个礼拜)|(?P<months>{_COUNT})个月"
    rf"|(?P<seconds>{_COUNT})秒钟?)"
)
_AGO = re.compile(
    rf"(?:大概|大约|约|差不多|不到|将近)?{_LENGTH}(?:左右|的?样子|多)*(?:之前|以前|前(?![后面往方来期台线排端沿]))"
)
_LASTED = re.compile(rf"(?:大概|大约|约|差不多|快|将近)?有?{_LENGTH}(?:左右|的?样子|多)*了?")
_NOW = re.compile(r"(?:就在?)?(?:刚刚|刚才|方才|啱啱|头先)|就刚(?!好)|刚(?=发生|看见|看到|起火|着火|撞|塌|倒|爆)")
_JOINT = re.compile(r"(?:[的在，、是就]|大概|大约|约|差不多|快|不到|将近|接近|刚过|时间|那个)*")
_EDGE = re.compile(r"(?:大概|大约|差不多|不到|将近|接近|刚过|快到|约|快)$")
_ADVICE = re.compile(r"建议|意见|要求|措施|问题|原因|请求|指示|也|都|没|小|点|儿")
_SURE_ONE = re.compile(r"钟|多|许|左右|整|半|前后|的时候|发生|开始|起|接")
_RELATIVE = {"大前": -3, "前": -2, "昨": -1, "寻": -1, "琴": -1, "今": 0, "当": 0, "明": 1, "翌": 1, "后": 2, "大后": 3}
_BEGINNING = {
    "凌": 0,
    "半": 0,
    "午夜": 0,
    "后": 0,
    "清": 6,
    "早": 6,
    "晨": 6,
    "朝": 6,
    "上": 8,
    "中": 12,
    "正": 12,
    "晌": 12,
    "晏": 12,
}
_NIGHT = ("晚", "夜", "深", "天黑")
_AFTERNOON = ("下", "午后", "傍", "黄")


def find(text: str, at: datetime) -> list[Moment]:
    """Every moment that `text` names, in order, counted from `at` (aware); questions about times are not moments."""
    found = [*_clocks(text, at), *_agos(text, at)]
    taken = [(moment.start, moment.end) for moment in found]
    found.extend(
        Moment(match.start(), match.end(), at, Kind.NOW, False)
        for match in _NOW.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    )
    return sorted(found, key=lambda moment: moment.start)


def lasted(text: str, at: datetime) -> Moment | None:
    """The beginning of what has lasted as long as `text` says (一个多小时了), if it names a length."""
    match = _LASTED.search(text)
    length = _length(match) if match else None
    return Moment(match.start(), match.end(), at - length, Kind.LASTING, False) if match and length else None


def _agos(text: str, at: datetime) -> list[Moment]:
    found = []
    for match in _AGO.finditer(text):
        length = _length(match)
        if length is not None:
            found.append(Moment(match.start(), match.end(), at - length, Kind.AGO, False))
    return found


def _length(match: re.Match[str]) -> timedelta | None:
    half = timedelta(minutes=30)
    if match["halfhour"]:
        return half
    for name, unit in (
        ("hours", 60),
        ("minutes", 1),
        ("quarters", 15),
        ("days", 1440),
        ("weeks", 10080),
        ("months", 43200),
    ):
        if match[name]:
            count = numbers.whole(match[name])
            if count is None:
                return timedelta(minutes=5) if name == "minutes" else None
            if count > 1000:
                return None
            extra = half if name == "hours" and match["hhalf"] else timedelta(0)
            if name == "hours" and match["hm"]:
                extra += timedelta(minutes=numbers.whole(match["hm"]) or 0)
            return timedelta(minutes=count * unit) + extra
    return timedelta(0) if match["seconds"] else None


def _clocks(text: str, at: datetime) -> list[Moment]:
    groups: list[_Parts] = []
    for match in _TOKEN.finditer(text):
        if match["clock"] and not _is_clock(match, text):
            continue
        last = groups[-1] if groups else None
        near = last is not None and last.clock is None and _JOINT.fullmatch(text, last.end, match.start()) is not None
        if last is None or not near or not _joins(last, match):
            inherit = (
                last if last and last.clock is None and match["clock"] and match.start() - last.end <= 20 else None
            )
            last = _Parts(match.start(), match.end())
            if inherit and "。" not in text[inherit.end : match.start()]:
                last.day, last.fused, last.part, last.fresh = inherit.day, inherit.fused, inherit.part, False
            groups.append(last)
        last.end = match.end()
        _take(last, match, at)
    return [moment for moment in (_moment(parts, text, at) for parts in groups) if moment is not None]


def _joins(last: _Parts, match: re.Match[str]) -> bool:
    if match["date"]:
        return False
    if match["fused"]:
        return last.day is None and not last.part
    return not (match["part"] and last.part) or (last.fused and match["part"] in {"凌晨", "半夜", "后半夜"})


def _is_clock(match: re.Match[str], text: str) -> bool:
    """Not 三点建议, not 早一点, not 有一点."""
    if match["bare"] is None:
        return True
    rest = text[match.end() : match.end() + 2]
    if _ADVICE.match(rest) and not match["clock"].endswith(("钟", "左右", "许", "多")):
        return False
    if match["h3"] == "一" and match["mark"] == "点":
        before = text[max(0, match.start() - 2) : match.start()]
        named = _TOKEN.search(before + "　") is not None or before.endswith(("是", "在", "约", "概", "午"))
        return named or bool(_SURE_ONE.match(match["clock"][2:]) or _SURE_ONE.match(rest))
    return True


def _take(parts: _Parts, match: re.Match[str], at: datetime) -> None:
    if match["date"]:
        parts.day = _day(match, at)
    elif match["fused"]:
        parts.fused = True
        parts.day = at.date() + timedelta(days=_RELATIVE[match["fused"][0]])
        parts.part = match["fused"].lstrip("昨前今当明琴天")
    elif match["part"]:
        parts.part = match["part"]
    else:
        parts.clock, parts.exact = _clock(match)


def _clock(match: re.Match[str]) -> tuple[tuple[int, int], bool]:
    """((hour, minute), whether it can only be read on the 24-hour clock)."""
    hour = numbers.whole(match["h1"] or match["h2"] or match["h3"] or match["h4"] or match["h5"]) or 0
    lack = match["lack"] or match["lack2"]
    if lack:
        minutes = 15 if lack == "一刻" else numbers.whole(lack) or 0
        return divmod(hour * 60 - minutes if hour else 24 * 60 - minutes, 60), hour > 12
    minute = 0
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 45 if match["quarter"] == "三" else 15
    elif match["fives"]:
        minute = 5 * (numbers.whole(match["fives"]) or 0)
    else:
        minute = numbers.whole(match["m3"] or match["m4"] or match["m5"] or "0") or 0
    written = match["h4"] or match["h5"] or ""
    exact = hour > 12 or hour == 0 or match["mark"] == "时" or written[:1] in {"0", "零", "〇"}
    return (hour, minute), exact


def _day(match: re.Match[str], at: datetime) -> date | None:
    today = at.date()
    if match["rel"]:
        return today + timedelta(days=_RELATIVE[match["rel"][:-1]])
    if match["weekday"]:
        number = "一二三四五六日".find(match["weekday"].replace("天", "日"))
        number = int(match["weekday"]) - 1 if number < 0 else number
        monday = today - timedelta(days=today.weekday())
        week = (match["week"] or "")[:1]
        shift = {"上": -7, "下": 7}.get(week, 0)
        day = monday + timedelta(days=number + shift)
        return day - timedelta(days=7) if not week and day > today else day
    try:
        if match["dom"]:
            day = today.replace(day=numbers.whole(match["dom"]) or 0)
            if day > today and not match["this"] and day - today > timedelta(days=7):
                day = (today.replace(day=1) - timedelta(days=1)).replace(day=day.day)
            return day
        month, number = numbers.whole(match["month"]) or 0, numbers.whole(match["mday"]) or 0
        if match["year"]:
            return date(numbers.whole(match["year"]) or 0, month, number)
        day = date(today.year, month, number)
        return date(today.year - 1, month, number) if day - today > timedelta(days=60) else day
    except ValueError:
        return None


def _moment(parts: _Parts, text: str, at: datetime) -> Moment | None:
    start = parts.start
    if edge := _EDGE.search(text, max(0, start - 3), start):
        start = edge.start()
    if parts.clock is None:
        return _bare_day(parts, start, at)
    hour, minute = parts.clock
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    value = _place(parts, hour, minute, at)
    return Moment(start, parts.end, value, Kind.CLOCK, value > at + LATE)


def _bare_day(parts: _Parts, start: int, at: datetime) -> Moment | None:
    day = parts.day or (at.date() if parts.part else None)
    if day is None:
        return None
    hour = next((hours for head, hours in _BEGINNING.items() if parts.part.startswith(head)), 0)
    if parts.part.startswith(_AFTERNOON):
        hour = 18 if parts.part[0] in "傍黄" else 12
    elif parts.part.startswith(_NIGHT):
        hour = 18
    value = _on(day, hour, 0, at)
    if value > at and parts.day is None:
        value -= timedelta(days=1)
    return Moment(start, parts.end, value, Kind.DAY, value > at and day > at.date())


def _on(day: date, hour: int, minute: int, at: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 0, minute, tzinfo=at.tzinfo) + timedelta(hours=hour)


def _place(parts: _Parts, hour: int, minute: int, at: datetime) -> datetime:
    """The datetime that an hour, 12- or 24-hour, means on its day; without a day the latest that is not to come."""
    today = at.date()
    if parts.part and hour <= 12:
        return _in_part(parts, hour, minute, at)
    if parts.day is not None:
        if parts.exact or parts.day != today or hour > 6:
            return _on(parts.day, hour, minute, at)
        later = _on(today, hour + 12, minute, at)
        return later if later <= at + LATE else _on(today, hour, minute, at)
    hours = (hour,) if parts.exact else (hour % 12, hour % 12 + 12)
    options = [_on(today - timedelta(days=back), h, minute, at) for back in (0, 1) for h in hours]
    return max(option for option in options if option <= at + LATE)


def _in_part(parts: _Parts, hour: int, minute: int, at: datetime) -> datetime:
    part, day = parts.part, parts.day or at.date()
    if part.startswith(("凌", "后半", "半", "午夜")):
        hour = hour % 12 if part.startswith(("凌", "后半")) or hour < 8 or hour == 12 else hour + 12
        if hour < 8 and parts.fused:
            day += timedelta(days=1)
    elif part.startswith(_AFTERNOON) or (part.startswith(("中", "正", "晌", "晏")) and hour < 10):
        hour = hour % 12 + 12
    elif part.startswith(_NIGHT):
        hour = hour + 12 if 5 <= hour < 12 else hour % 12 + 24
    value = _on(day, hour, minute, at)
    unnamed = parts.day is None or (parts.day == at.date() and at.hour < 6)
    while unnamed and value > at + LATE and (at.hour < 8 or value - at > timedelta(hours=14)):
        value -= timedelta(days=1)
    return value
