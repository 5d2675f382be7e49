"""A line of a form with a secret: what is typed behind a Tab goes to the next line, however busy the machine."""

from textual import events
from textual.widgets import Input


class Field(Input):
    """An Input that moves the focus itself and hands on the keys that were on their way to it."""

    async def _on_key(self, event: events.Key) -> None:
        # Keys wait in the queue of whoever had the focus when they were typed: a secret would be shown in the name.
        focused = self.screen.focused
        if focused is not self and focused is not None:
            event.stop()
            event.prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            if event.key == "tab":
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
        else:
            await super()._on_key(event)
