"""Speech workers in processes of their own, without the speech."""

from datetime import timedelta
from multiprocessing.queues import Queue

from models.actions import recordings
from models.store.engine import Record


def claim_all(url: str, name: str, found: "Queue[list[int]]") -> None:
    """Claim one transcript after the other until there is none; says which."""
    record = Record(url, busy_seconds=60)
    taken: list[int] = []
    while True:
        with record.writing(f"system:{name}") as uow:
            row = recordings.claim(uow, worker=name, lease=timedelta(minutes=5), drill=None, exclude=taken)
            if row is None:
                break
            taken.append(row.id)
    record.close()
    found.put(taken)
