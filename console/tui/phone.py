"""The telephone of a seat: a port for the screens, and the softphone behind it where there is no desk phone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from console.words import N_
from models.settings import Settings

log = logging.getLogger(__name__)

Told = Callable[[str], object]
"""Called from any thread when the telephone's state changed, with a sentence for the officer or nothing."""


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """A call of this telephone: `ringing` here, or `held`, otherwise spoken (or dialled)."""

    name: str
    number: str
    incoming: bool
    ringing: bool
    held: bool


class Phone(Protocol):
    """What the screens want of a telephone. Nothing here waits."""

    @property
    def ready(self) -> bool:
        """The PBX knows where it is."""

    @property
    def audible(self) -> bool:
        """There is a sound device: a real call can be spoken here."""

    @property
    def state(self) -> str:
        """The state as a message key for the header."""

    @property
    def calls(self) -> tuple[PhoneCall, ...]:
        """The calls that there are."""

    def start(self, told: Told) -> None:
        """Begin; `told` hears of every change."""

    def answer(self) -> bool:
        """Take the call that rings; False: none does."""

    def hang_up(self) -> bool:
        """End the call; False: there is none."""

    def hold(self) -> bool:
        """Hold the call, or come back to it; False: there is none."""

    def dial(self, number: str) -> None:
        """Call a number."""

    def close(self) -> None:
        """Be gone."""


PhoneMaker = Callable[[str], Phone | None]
"""Makes the telephone of the seat with this number; None: this seat has a desk phone only."""


class SeatSoftphone:
    """A softphone process registered as one seat. Started in the background: the screens never wait for it."""

    def __init__(self, settings: Settings, number: str, password: str) -> None:
        from telephony.softphone.client import Softphone  # noqa: PLC0415 - only where a telephone is wanted
        from telephony.softphone.commands import Configuration, Sound, SoundKind  # noqa: PLC0415

        seat = next(item for item in settings.seats if item.number == number)
        self._softphone = Softphone(
            Configuration(
                user=seat.endpoint or seat.number,
                domain=f"{settings.pbx.sip_host}:{settings.pbx.sip_port}",
                password=password,
                register=True,
                sound=Sound(kind=SoundKind.DEVICE),
                display_name=seat.label,
            ),
            self._happened,
        )
        self._told: Told = lambda _sentence: None
        self._audible = False

    @property
    def ready(self) -> bool:
        """Registered."""
        return self._softphone.registration.value == "registered"

    @property
    def audible(self) -> bool:
        """A real sound device is used."""
        return self._audible

    @property
    def state(self) -> str:
        """The state as a message key."""
        if self._softphone.gone:
            return N_("console telephone: stopped")
        if not self.ready:
            return N_("console telephone: not connected")
        return N_("console telephone: ready") if self._audible else N_("console telephone: no sound here")

    @property
    def calls(self) -> tuple[PhoneCall, ...]:
        """The calls as last told of."""
        return tuple(
            PhoneCall(
                name=call.name,
                number=call.number,
                incoming=call.incoming,
                ringing=call.incoming and call.state.value == "ringing",
                held=call.state.value == "held",
            )
            for call in self._softphone.calls.values()
        )

    def start(self, told: Told) -> None:
        """Start the process."""
        self._told = told
        self._softphone.start()

    def answer(self) -> bool:
        """The first call that rings here."""
        ringing = next((call for call in self.calls if call.ringing), None)
        if ringing is not None:
            self._softphone.answer(ringing.name)
        return ringing is not None

    def hang_up(self) -> bool:
        """The spoken call, else a held one, else the dialled one."""
        calls = sorted((call for call in self.calls if not call.ringing), key=lambda call: call.held)
        if calls:
            self._softphone.hangup(calls[0].name)
        return bool(calls)

    def hold(self) -> bool:
        """Hold the spoken call; come back to the held one when none is spoken."""
        spoken = next((call for call in self.calls if not call.ringing and not call.held), None)
        held = next((call for call in self.calls if call.held), None)
        if spoken is not None:
            self._softphone.hold(spoken.name)
        elif held is not None:
            self._softphone.resume(held.name)
        return spoken is not None or held is not None

    def dial(self, number: str) -> None:
        """Call `number` through the PBX."""
        self._softphone.dial(number)

    def close(self) -> None:
        """End the process."""
        self._softphone.close(timeout=3)

    def _happened(self, event: object) -> None:
        from telephony.softphone import events  # noqa: PLC0415 - loaded with the softphone
        from telephony.softphone.commands import SoundKind  # noqa: PLC0415

        sentence = ""
        match event:
            case events.SoundState():
                self._audible = event.sound is SoundKind.DEVICE
            case events.Failure():
                sentence = event.sentence
            case events.Gone():
                sentence = event.reason
        self._told(sentence)


def softphones(settings: Settings) -> PhoneMaker:
    """Makes softphones for seats that are configured to have one and whose password the private Asterisk keeps."""

    def make(number: str) -> Phone | None:
        seat = next((item for item in settings.seats if item.number == number), None)
        if seat is None or not seat.softphone:
            return None
        from telephony.asterisk import layout, secrets  # noqa: PLC0415 - only where a telephone is wanted

        try:
            known = secrets.load(layout.Layout.of(settings).secrets)
        except layout.AsteriskMisconfigured as error:
            log.info("seat %s has no console telephone: %s", number, error)
            return None
        password = known.seats.get(number)
        return SeatSoftphone(settings, number, password) if password else None

    return make
