"""What a machine mishears and an officer checks by ear: numbers, times, names. Marked, never corrected."""

import re

_DIGITS = "0-9零〇一二两三四五六七八九十百千万亿几"
_PATTERNS = (
    # Times of day and dates.
    rf"[{_DIGITS}]+(?:点|时|:|\uff1a)(?:[{_DIGITS}]+分?|半|一刻|三刻|整)?",
    rf"[{_DIGITS}]+(?:年|月|日|号)(?:[{_DIGITS}]+(?:月|日|号))*",
    rf"[{_DIGITS}]+(?:多|余)?(?:分钟|小时|个小时|天)(?:以?前|之前|后|以后)?",
    # Counts with their measure, and longer runs of digits such as telephone numbers and roads.
    rf"[{_DIGITS}]+(?:多|余|来)?(?:人|名|个|死|伤|户|间|辆|艘|栋|米|公里|亩|元|万元|吨|级|毫米|厘米|楼|线|路)",
    r"[0-9][0-9\-]{2,}",
    r"[零〇一二两三四五六七八九十幺洞]{3,}",
    # Names said of people.
    r"(?:我叫|名叫|姓名是|联系人是?|负责人是?)[\u4e00-\u9fff]{2,3}",
    r"我?姓[\u4e00-\u9fff]",
)
_ANY = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))


def to_check(text: str) -> list[tuple[int, int]]:
    """Where in `text` something stands that must be checked: (start, end) of characters."""
    return [match.span() for match in _ANY.finditer(text)]
