"""What cannot wait: calls that ring, and what is wrong with the room itself. Always in the same place."""

from datetime import datetime

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from console.tui.text import clean, cut
from console.tui.widgets.toned import Toned
from console.words import _, ngettext
from models.queries.calls import CallView
from models.rules.calls import Direction


def number_of(call: CallView) -> str:
    """The number as it is shown: a hidden one is said to be hidden."""
    return call.number or _("number hidden")


def party_of(call: CallView) -> str:
    """Who it is: from the directory, else the name that came with the call, else unknown."""
    return call.party or _("unknown")


class Alerts(Toned):
    """Rings first, then troubles, then a calm line. Its height never changes, so nothing below it ever moves."""

    def render(self) -> Text:
        """As many lines as the widget is high."""
        height, width = max(1, self.size.height), self.size.width
        lines = self._lines(width)
        if len(lines) > height:
            hidden = lines[height - 1 :]
            numbers = ", ".join(f"{number_of(call)} {party_of(call)}" for call in self._ringing()[height - 1 :])
            lines = lines[: height - 1]
            more = ngettext("{n} more: {which}", "{n} more: {which}", len(hidden)).format(n=len(hidden), which=numbers)
            lines.append((f" {clean(more)}", "", self.tone("alert")) if numbers else hidden[0])
        drawn = [self._draw(left, right, style, width) for left, right, style in lines]
        return Text("\n", no_wrap=True, overflow="crop", end="").join(drawn)

    def _ringing(self) -> tuple[CallView, ...]:
        return self.room.picture.ringing if self.room.picture else ()

    def _lines(self, width: int) -> list[tuple[str, str, Style]]:
        now = self.room.now()
        lines = [self._ring(call, now) for call in self._ringing()]
        lines += self._asked()
        lines += [(f" ! {clean(trouble)}", "", self.tone("warn")) for trouble in self.room.troubles()]
        if not lines:
            lines.append((f" {self._calm()}", "", self.tone("dim")))
        return lines

    def _asked(self) -> list[tuple[str, str, Style]]:
        """While a caller waits because somebody is asked first."""
        asked = self.room.telephone.consulting if self.room.telephone else None
        if asked is None:
            return []
        words = _("calling {number}, the caller waits") if asked.dialling else _("asking {number}, the caller waits")
        keys = "  ".join((" F6 " + _("join them"), "X " + _("back to the caller") + " "))
        return [(" " + clean(words.format(number=asked.number)), keys, self.tone("alert"))]

    def _ring(self, call: CallView, now: datetime) -> tuple[str, str, Style]:
        outgoing = call.direction is Direction.OUTGOING
        head = _("CALLING") if outgoing else _("INCOMING")
        parts = [
            " " + _("PRACTICE") + f" {head}" if call.drill else f" {head}",
            number_of(call),
            party_of(call),
            _("line {line}").format(line=call.line_label or call.line or _("unknown")),
            _("ringing {n} s").format(n=int(call.ring_seconds(now))),
        ]
        keys = "" if outgoing else " F5 " + _("answer") + " "
        return "  ".join(clean(part) for part in parts), keys, self.tone("drill" if call.drill else "alert")

    def _calm(self) -> str:
        picture = self.room.picture
        if picture is None:
            return _("reading the record")
        carried = [line.traffic for line in picture.lines if line.kind.value == "trunk"]
        return _("no call is waiting   today: {calls} calls, {missed} missed").format(
            calls=sum(item.calls for item in carried), missed=sum(item.missed for item in carried)
        )

    @staticmethod
    def _draw(left: str, right: str, style: Style, width: int) -> Text:
        room = max(0, width - cell_len(right))
        shown = cut(left, room)
        line = Text(no_wrap=True, overflow="crop", end="")
        line.append(shown + " " * (room - cell_len(shown)) + right, style)
        return line
