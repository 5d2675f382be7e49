"""Callbacks of pjsua2 that cannot take the process down with them."""

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import pjsua2 as pj

from telephony.errors import TelephonyError
from telephony.softphone.events import Event, Failure

log = logging.getLogger(__name__)


class Telling(Protocol):
    """Something with callbacks; `name` is the call's, empty for what is no call."""

    name: str

    def tell(self, event: Event) -> None:
        """To the parent."""


_P = ParamSpec("_P")
_Self = TypeVar("_Self", bound=Telling)


def guarded(callback: Callable[Concatenate[_Self, _P], None]) -> Callable[Concatenate[_Self, _P], None]:
    """An exception that leaves a callback aborts the process: here it becomes an error event and a line in the log."""

    @functools.wraps(callback)
    def inner(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            callback(self, *args, **kwargs)
        except TelephonyError as error:
            log.warning("%s %s: %s", callback.__name__, self.name, error)
            self.tell(Failure(sentence=str(error), call=self.name))
        except Exception as error:  # whatever it is, C++ must not see it
            log.exception("%s %s", callback.__name__, self.name)
            self.tell(Failure(sentence=f"the softphone stumbled: {explain(error)}", call=self.name))

    return inner


def explain(error: Exception) -> str:
    """pjsua2's errors carry their words in `reason`; str() of them is an address in memory."""
    return str(error.reason) if isinstance(error, pj.Error) else str(error)
