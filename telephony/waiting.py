"""Facts between the threads that hear them and the one that puts them on record."""

import threading
from collections import deque
from collections.abc import Iterable

from telephony import facts as f

Item = f.Fact | f.LineState


def rings(item: Item) -> bool:
    """Whether it tells of a call that nobody knew: somebody waits to see its row."""
    return isinstance(item, f.ChannelStarted) and item.call == item.channel


class Waiting:
    """Two lanes: rings, and all the rest. Filled from any thread, emptied by one."""

    def __init__(self) -> None:
        self._rings: deque[Item] = deque()
        self._rest: deque[Item] = deque()
        self._news = threading.Event()

    def __len__(self) -> int:
        return len(self._rings) + len(self._rest)

    @property
    def ring(self) -> bool:
        """Whether a ring waits."""
        return bool(self._rings)

    def put(self, item: Item) -> None:
        """One more."""
        (self._rings if rings(item) else self._rest).append(item)
        self._news.set()

    def back(self, items: Iterable[Item]) -> None:
        """What was taken and could not be written, in front again."""
        for item in reversed(list(items)):
            (self._rings if rings(item) else self._rest).appendleft(item)

    def wait(self, seconds: float) -> None:
        """Until something waits, at most so long."""
        self._news.wait(0 if len(self) else seconds)
        self._news.clear()

    def take(self, limit: int) -> list[Item]:
        """At most `limit` in their order: rings only while there are any, otherwise of the rest."""
        lane = self._rings or self._rest
        return [lane.popleft() for _ in range(min(limit, len(lane)))]
