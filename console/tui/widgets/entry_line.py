"""One entry on one line: state, when, who, whose."""

from rich.text import Text

from console.tui.text import clean, duration, short_time
from console.tui.widgets.alerts import number_of, party_of
from console.tui.widgets.pending import kind_words
from console.tui.widgets.toned import Toned
from console.words import _, word
from models.queries.entries import EntryView
from models.tables.entries import EntryState


class EntryLine(Toned):
    """The head of the confirm screen."""

    view: EntryView | None = None

    def render(self) -> Text:
        """One line."""
        line = Text(" ", no_wrap=True, overflow="crop", end="")
        if self.view is None:
            line.append(_("reading the record"), self.tone("dim"))
            return line
        room, row, call = self.room, self.view.row, self.view.call
        self.mark_drill(line, row.drill)
        line.append(word(row.state), self.tone("warn" if row.state is EntryState.DRAFT else "good"))
        line.append(f"  {short_time(row.occurred_at, room.now(), room.zone)} {kind_words(row)} ", self.tone("dim"))
        if call is not None:
            line.append(f"{clean(number_of(call))} {clean(party_of(call))}", self.tone("strong"))
            if call.answered_at:
                line.append(f" {duration(call.talk_seconds(room.now()))}", self.tone("accent"))
            if call.cut:
                line.append("  " + _("cut off"), self.tone("warn"))
        else:
            line.append(clean(row.source), self.tone("strong"))
        if row.owner_id is None:
            line.append("  " + _("not taken"), self.tone("warn"))
        else:
            line.append("  " + _("owner {who}").format(who=clean(row.owner)), self.tone("dim"))
        if row.confirmed_by and self.view.confirmed_at:
            when = short_time(self.view.confirmed_at, room.now(), room.zone)
            line.append(
                "  " + _("confirmed by {who} {when}").format(who=clean(row.confirmed_by), when=when), self.tone("good")
            )
        return line
