"""Text that came from outside, made safe for fixed columns: one line, no control signs, cut and filled by cells."""

import unicodedata
from datetime import datetime, tzinfo

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from console.words import _

CLOSING = "\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\uff09\u300b\u300d\u201d"
"""Chinese signs that never begin a line."""
CUT = "›"
"""Marks what was cut off; unlike the ellipsis it is one cell wide in every terminal."""


def clean(value: str) -> str:
    """`value` on one line: control signs, direction marks and other invisible signs become nothing or a blank."""
    found = []
    for sign in value:
        category = unicodedata.category(sign)
        if sign in "\r\n\t" or category in ("Zl", "Zp"):
            found.append(" ")
        elif category[0] != "C":
            found.append(sign)
    return "".join(found)


def cut(value: str, width: int) -> str:
    """`value` cleaned and at most `width` cells wide; what was cut is marked."""
    value = clean(value)
    if cell_len(value) <= width:
        return value
    kept, used = [], 0
    for sign in value:
        used += cell_len(sign)
        if used > width - 1:
            break
        kept.append(sign)
    return "".join(kept) + (CUT if width > 0 else "")


def fit(value: str, width: int) -> str:
    """`value` cleaned and exactly `width` cells wide."""
    value = cut(value, width)
    return value + " " * (width - cell_len(value))


def row(*columns: tuple[str, int, Style | str]) -> Text:
    """A line of fixed columns (text, cells, style), one blank between them."""
    line = Text(no_wrap=True, overflow="crop", end="")
    for number, (value, width, style) in enumerate(columns):
        if number:
            line.append(" ")
        line.append(fit(value, width), style)
    return line


def wrap(value: str, width: int) -> list[str]:
    """`value` cleaned and broken into lines of at most `width` cells; Latin words stay whole where they can."""
    lines: list[str] = []
    line, used, blank = "", 0, -1
    for sign in clean(value):
        size = cell_len(sign)
        if used + size > width and line:
            if sign != " " and sign.isascii() and blank > width // 2 and line[blank + 1 :].isascii():
                lines.append(line[:blank])
                line = line[blank + 1 :]
            elif sign in CLOSING and len(line) > 1:
                lines.append(line[:-1])
                line = line[-1]
            else:
                lines.append(line)
                line = ""
            used, blank = cell_len(line), -1
            if sign == " " and not line:
                continue
        if sign == " ":
            blank = len(line)
        line += sign
        used += size
    if line or not lines:
        lines.append(line)
    return lines


def wrap_words(words: list[str], width: int) -> list[str]:
    """`words` with blanks between, in lines of at most `width` cells; no word is broken, further lines indented."""
    lines: list[str] = []
    for word in words:
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"  {word}" if lines else word)
    return lines


def duration(seconds: float) -> str:
    """'01:32', from an hour on '1:02:03'."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def ago(seconds: float) -> str:
    """How old a value is, in the largest sensible unit."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _("{n} s").format(n=whole)
    if whole < 3600:
        return _("{n} min").format(n=whole // 60)
    if whole < 86400:
        return _("{n} h").format(n=whole // 3600)
    return _("{n} d").format(n=whole // 86400)


def short_time(value: datetime, now: datetime, zone: tzinfo) -> str:
    """'10:21' today, '11-22 10:21' this year, else with the year: as long as needed to be understood."""
    local, today = value.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return local.strftime("%H:%M")
    return local.strftime("%m-%d %H:%M" if local.year == today.year else "%Y-%m-%d %H:%M")


def weekday(value: datetime) -> str:
    """The day of the week."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[value.weekday()]
