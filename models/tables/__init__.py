"""The record's tables, one file per family: SQLAlchemy Mapped classes and nothing else."""

from models.tables.base import Base
from models.tables.calls import Call, CallEvent, CallLeg
from models.tables.directory import Contact, Number, Place, Unit
from models.tables.entries import Amendment, Entry, EntryElement
from models.tables.journal import Bookmark, JournalEntry, JournalHead
from models.tables.lines import Line
from models.tables.matters import Matter, Reassignment
from models.tables.people import Officer, Seat, SignIn
from models.tables.recordings import Recording, Segment, Transcript
from models.tables.requests import Request

__all__ = [
    "Amendment",
    "Base",
    "Bookmark",
    "Call",
    "CallEvent",
    "CallLeg",
    "Contact",
    "Entry",
    "EntryElement",
    "JournalEntry",
    "JournalHead",
    "Line",
    "Matter",
    "Number",
    "Officer",
    "Place",
    "Reassignment",
    "Recording",
    "Request",
    "Seat",
    "Segment",
    "SignIn",
    "Transcript",
    "Unit",
]
