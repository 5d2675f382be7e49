"""Numbers as they are said and written: 两千零五十万, 1.2万, 十来个, 三四十, 一百二, 二八七."""

import re
from functools import lru_cache

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),
    "〇": 0,
    "幺": 1,
    "两": 2,
    "俩": 2,
    "仨": 3,
}
SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_UNITS = {"万": 10_000, "亿": 100_000_000}
TENS = {"廿": "二十", "卅": "三十"}

CHARACTERS = "".join(DIGITS) + "".join(SMALL_UNITS) + "".join(BIG_UNITS) + "廿卅"
NUMBER = (
    rf"(?:(?:\d+(?:,\d{{3}})+|\d+)(?:\.\d+)?|[{CHARACTERS}]|点(?=[{CHARACTERS}]+[万亿]))"
    rf"(?:[{CHARACTERS}]|\d|点(?=[一二三四五六七八九零]+[万亿])|[几多余来](?=[十百千万亿]))*[几多余来]?"
)
"""A regular expression for one number, its "about" included (十几, 三百多万); read it with `parse`."""

_TOKEN = re.compile(r"\d+(?:\.\d+)?|.")
_RANGE = re.compile(r"([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿]|$)")
_DECIMAL = re.compile(r"([零一二两三四五六七八九十百千]+)点([零一二三四五六七八九]+)")
_ABOUT = re.compile(r"[多余来几]")
_VAGUE = re.compile(r"^[几数好]")


@lru_cache(maxsize=4096)
def parse(said: str) -> int | float | None:
    """The number that `said` names; of a range or an "about" the part that is certain (十几 → 10, 三四十 → 30).

    None when it names none (几个, 数十). Digits said one by one are read as such (二八七 → 287).
    """
    text = said.replace(",", "").strip()
    if not text or _VAGUE.match(text):
        return None
    for short, long in TENS.items():
        text = text.replace(short, long)
    text = _ABOUT.sub("", text).removeprefix("上").removeprefix("近").removeprefix("成")
    if not text:
        return None
    if len(text) > 2 and all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    text = _DECIMAL.sub(_decimal, _RANGE.sub(_lower, text))
    return _sum(text)


def whole(said: str) -> int | None:
    """Like `parse`, but a count: None for a fraction."""
    number = parse(said)
    return None if number is None or number != int(number) else int(number)


def words(number: int) -> str:
    """`number` in Chinese words, 0 up to 10**12 - 1."""
    if not 0 <= number < 10**12:
        raise ValueError(f"{number} has no words here; give 0 to 999999999999")
    if number == 0:
        return "零"
    parts: list[str] = []
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, number = divmod(number, unit)
        if section == 0:
            if parts and number and not parts[-1].endswith("零"):
                parts.append("零")
            continue
        if parts and section < 1000 and not parts[-1].endswith("零"):
            parts.append("零")
        parts.append(_section(section) + name)
    text = "".join(parts)
    return text[1:] if text.startswith("一十") else text


def _section(number: int) -> str:
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = bool(text)
    return text


def _lower(match: re.Match[str]) -> str:
    first, second = match.groups()
    return first if DIGITS[second] == DIGITS[first] + 1 else match.group()


def _decimal(match: re.Match[str]) -> str:
    before = parse(match[1])
    return f"{before}." + "".join(str(DIGITS[character]) for character in match[2])


def _sum(text: str) -> int | float | None:
    total: float = 0
    section: float = 0
    current: float | None = None
    scale, zero, spoken = 0, False, False
    for token in _TOKEN.findall(text):
        if token in SMALL_UNITS:
            unit = SMALL_UNITS[token]
            section += (1 if current is None else current) * unit
            current, scale, zero = None, unit, False
        elif token in BIG_UNITS:
            unit = BIG_UNITS[token]
            section += current or 0
            total = (total + (section or 1)) * unit if unit == BIG_UNITS["亿"] else total + (section or 1) * unit
            section, current, scale, zero = 0, None, unit, False
        elif token in DIGITS:
            zero = zero or DIGITS[token] == 0
            current = DIGITS[token] if current is None else current * 10 + DIGITS[token]
            spoken = True
        elif token[0].isdigit():
            current = float(token) if "." in token else int(token)
            spoken = False
        else:
            return None
    if current is not None:
        short = spoken and not zero and scale >= 100 and current < 10
        section += current * scale / 10 if short else current
    result = round(total + section, 4)
    return int(result) if result == int(result) else result
