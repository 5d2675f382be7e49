"""Initials by which Chinese names are found with few keys."""

# Surnames whose everyday reading is another one.
_SURNAMES = {
    "单于": "cy",
    "单": "s",
    "曾": "z",
    "仇": "q",
    "解": "x",
    "查": "z",
    "盖": "g",
    "区": "o",
    "朴": "p",
    "尉迟": "yc",
    "冼": "x",
}


def initials(name: str) -> str:
    """First letters of the pinyin of `name`, lower case; letters and digits stay: '廉江市应急办' -> 'ljsyjb'."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its tables take a third of a second, screens start without

    head, rest = "", name
    for length in (2, 1):
        if name[:length] in _SURNAMES and len(name) <= length + 2:
            head, rest = _SURNAMES[name[:length]], name[length:]
            break
    letters = lazy_pinyin(rest, style=Style.FIRST_LETTER, errors="default")
    return "".join(sign for sign in head + "".join(letters).lower() if sign.isalnum())
