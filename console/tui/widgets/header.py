"""The first line: which room, which seat, who, and what time it is there."""

from rich.cells import cell_len
from rich.text import Text

from console.tui.text import clean, cut, weekday
from console.tui.widgets.toned import Toned
from console.words import _, word


class Header(Toned):
    """Room, seat and officer on the left, the room's clock on the right."""

    def render(self) -> Text:
        """One line as wide as the screen."""
        room = self.room
        now = room.now().astimezone(room.zone)
        clock = f"{now:%m-%d} {weekday(now)} {now:%H:%M:%S} "
        width = max(0, self.size.width - cell_len(clock) - 1)
        line = Text(no_wrap=True, overflow="crop", end="")
        line.append(f" {clean(room.settings.room.name)} ", self.tone("strong"))
        who = room.signed_in
        if who is None:
            line.append("  " + _("nobody signed in"), self.tone("dim"))
        else:
            line.append("  ")
            if who.seat_id is not None:
                line.append(f"{clean(who.seat_label)} {clean(who.seat)}  ", self.tone("accent"))
            line.append(clean(who.name), self.tone("strong"))
            line.append(f" {word(who.role)}", self.tone("dim"))
            if room.telephone is not None:
                line.append(f"   {room.telephone_words()}", self.tone("dim"))
        if line.cell_len > width:
            line = Text(cut(line.plain, width), no_wrap=True, overflow="crop", end="")
        line.append(" " * (width - line.cell_len + 1))
        line.append(clock, self.tone("strong"))
        return line
