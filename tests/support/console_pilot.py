"""An officer at a console: presses keys, reads the screen, waits until something is there."""

import asyncio
import time
from collections.abc import Callable

from screen_text import screen_text
from textual.pilot import Pilot

from console.tui.app import DutylineApp

PATIENCE = 40.0
"""Seconds that a slow, shared machine may take for what is normally done at once."""


class Console:
    """One running console and its keys."""

    def __init__(self, app: DutylineApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """The screen as it is read."""
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        await self.pilot.press(*keys)

    async def write(self, words: str) -> None:
        """Words, letter by letter."""
        await self.pilot.press(*("space" if sign == " " else sign for sign in words))

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        """Wait for `condition`; fails with the screen as it is."""
        limit = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > limit:
                raise AssertionError(f"not in {PATIENCE:g} s: {what}\n{self.text}")
            await self.pilot.pause()
            await asyncio.sleep(0.02)

    async def shows(self, *words: str) -> str:
        """Wait until all of `words` can be read; the screen then."""
        await self.until(lambda: all(word in self.text for word in words), f"shows {words}")
        return self.text

    async def shows_no(self, *words: str) -> str:
        """Wait until none of `words` can be read; the screen then."""
        await self.until(lambda: not any(word in self.text for word in words), f"shows no {words}")
        return self.text

    async def on_screen(self, name: str) -> None:
        """Wait until the screen of this class is on top and the desk's picture has been read."""
        await self.until(
            lambda: type(self.app.screen).__name__ == name and self.app.picture is not None, f"screen {name}"
        )
        await self.pilot.pause()
