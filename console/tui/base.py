"""What the console knows, and its ways to the record: questions and changes, never on the screen's own thread."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from textual.app import App

from console.tui.feed import Focus
from console.tui.phone import Phone
from console.tui.text import clean
from console.words import _, say, set_language, word
from models.errors import Conflict, DutylineError
from models.queries.desk import Desk
from models.queries.officers import SignedIn
from models.settings import Settings
from models.store.engine import Record
from models.store.unit import UnitOfWork

Answer = TypeVar("Answer")


class RoomApp(App[None]):
    """State and the record; the commands are in `room_actions`, the composition in `app`."""

    def __init__(self, settings: Settings, record: Record, signed_in: SignedIn | None) -> None:
        set_language(settings.room.language)
        super().__init__()
        self.title = clean(settings.room.name)
        self.settings = settings
        self.record = record
        self.zone = settings.room.zone
        self.signed_in = signed_in
        self.telephone: Phone | None = None
        self.picture: Desk | None = None
        self.watched = Focus()
        self.asked: set[int] = set()
        """Wishes whose outcome the officer has not been told yet."""
        self.unfinished = ("", "")
        """A record by hand that was left half written: source and text."""

    def now(self) -> datetime:
        """The record's clock."""
        return self.record.clock()

    async def read(self, question: Callable[[Session], Answer]) -> Answer:
        """Ask the record. Raises Unavailable."""

        def ask() -> Answer:
            with self.record.reading() as session:
                return question(session)

        return await asyncio.to_thread(ask)

    async def act(self, change: Callable[[UnitOfWork], Answer]) -> Answer:
        """Change the record in the officer's name. Raises Refused, Conflict or Unavailable; then nothing changed."""
        who = self.signed_in
        if who is None:
            raise RuntimeError("nobody is signed in")

        def do() -> Answer:
            try:
                with self.record.writing(f"officer:{who.officer_id}") as uow:
                    return change(uow)
            except StaleDataError as error:
                raise Conflict("somebody else changed this at the same moment: look at it again") from error
            except NoResultFound as error:
                raise Conflict("this is no longer in the record") from error

        return await asyncio.to_thread(do)

    def tell(self, sentence: str, *, bad: bool = False) -> None:
        """A sentence in the corner."""
        self.notify(clean(sentence), severity="error" if bad else "information", timeout=8, markup=False)

    def tell_error(self, error: DutylineError) -> None:
        """What went wrong, as a sentence."""
        self.tell(say(error, self.zone), bad=True)

    @property
    def me(self) -> SignedIn:
        """Who sits here; only asked where somebody does."""
        if self.signed_in is None:
            raise RuntimeError("nobody is signed in")
        return self.signed_in

    def may_write(self) -> bool:
        """Officers and leaders write; others are told that they may not."""
        if self.signed_in is None:
            return False
        if not self.signed_in.writes:
            self.tell(
                _("{role}s look and replay here, they do not write (Art. 11).").format(role=word(self.me.role)),
                bad=True,
            )
        return self.signed_in.writes
