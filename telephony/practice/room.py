"""Practice calls in one room: who may place them, and how."""

import threading
from collections.abc import Callable

from models.settings import Settings
from telephony.asterisk import secrets
from telephony.asterisk.layout import Layout
from telephony.practice.caller import Access, OfficerPhone, PracticeFailed, Step, place
from telephony.practice.scripts import PracticeCall, load

ENDPOINT = "dutyline-practice"


def script(name: str) -> PracticeCall:
    """The practice call of that name, or the shortest one. Raises PracticeFailed naming those there are."""
    known = load()
    if not name:
        return min(known, key=lambda call: call.seconds)
    for found in known:
        if found.id == name:
            return found
    raise PracticeFailed(
        "there is no practice call '{name}': choose one of {known}",
        name=name,
        known=", ".join(call.id for call in known),
    )


def caller(settings: Settings) -> Access:
    """How a practice caller gets in."""
    return Access(
        domain=_domain(settings),
        user=ENDPOINT,
        password=secrets.load(Layout.of(settings).secrets).practice,
        bind=settings.pbx.sip_host,
    )


def seat(settings: Settings, number: str) -> Access:
    """How a machine sits down at the seat's telephone."""
    return Access(
        domain=_domain(settings),
        user=number,
        password=secrets.load(Layout.of(settings).secrets).seats[number],
        bind=settings.pbx.sip_host,
    )


def placer(settings: Settings) -> Callable[[str, threading.Event], str]:
    """What carries out a practice request: calls the room, waits for the end, returns why it ended early if it did."""

    def run(name: str, stop: threading.Event) -> str:
        return place(script(name), caller(settings), stop=stop).detail

    return run


def with_officer(
    settings: Settings, name: str, number: str, on_step: Callable[[Step], None], stop: threading.Event
) -> Step:
    """A whole practice call by machines: a caller, and an officer at seat `number`."""
    chosen = script(name)
    with OfficerPhone(seat(settings, number), after=2.0) as officer:
        return place(chosen, caller(settings), officer=officer, on_step=on_step, stop=stop)


def _domain(settings: Settings) -> str:
    return f"{settings.pbx.sip_host}:{settings.pbx.sip_port}"
