"""One call on one line."""

from datetime import datetime

from rich.text import Text

from console.tui.text import clean, cut, duration, short_time
from console.tui.widgets.alerts import number_of, party_of
from console.tui.widgets.toned import Toned
from console.words import _, word
from models.queries.desk import Conversation as View
from models.rules.calls import CallState
from models.tables.recordings import RecordingState


class CallLine(Toned):
    """Who speaks with whom, how long, and whether it is recorded."""

    view: View | None = None

    def render(self) -> Text:
        """One line."""
        line = Text(" ", no_wrap=True, overflow="crop", end="")
        if self.view is None:
            line.append(_("no conversation"), self.tone("dim"))
            return line
        room, call = self.room, self.view.call
        self.mark_drill(line, call.drill)
        line.append(short_time(call.rang_at, room.now(), room.zone) + " ", self.tone("dim"))
        tail = self._tail(room.now())
        party = clean(party_of(call) if call.party else number_of(call))
        line.append(cut(party, max(4, self.size.width - line.cell_len - tail.cell_len)), self.tone("strong"))
        line.append_text(tail)
        return line

    def _tail(self, now: datetime) -> Text:
        """Seat, length, state: never cut, whoever calls."""
        tail = Text()
        if self.view is None:
            return tail
        call = self.view.call
        if call.seat:
            tail.append(" " + _("at seat {seat}").format(seat=clean(call.seat)))
        if call.answered_at:
            tail.append(f" {duration(call.talk_seconds(now))}", self.tone("accent"))
        if call.state is not CallState.ANSWERED:
            tail.append(f" {word(call.state)}", self.tone("dim"))
        elif any(view.state is RecordingState.GROWING for view in self.view.recorded):
            tail.append(" ")
            tail.append(_("recording"), self.tone("good"))
        else:
            tail.append(" ")
            tail.append(_("NOT RECORDED"), self.tone("warn"))
        return tail
