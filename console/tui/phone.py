"""The telephone of a seat: a port for the screens, and the softphone behind it where there is no desk phone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from console.words import N_, _, retold
from models.settings import Settings

log = logging.getLogger(__name__)

Told = Callable[[str], object]
"""Called from any thread when the telephone's state changed, with a sentence for the officer or nothing."""


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """A call of this telephone: `ringing` here, `dialling` there, `held`, otherwise spoken."""

    name: str
    number: str
    incoming: bool
    ringing: bool
    held: bool
    dialling: bool


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

    @property
    def spoken(self) -> PhoneCall | None:
        """The call that can be passed on."""

    @property
    def consulting(self) -> PhoneCall | None:
        """The call to whoever is asked first, while a caller waits."""

    def start(self, told: Told) -> None:
        """Begin; `told` hears of every change."""

    def answer(self) -> bool:
        """Take the call that rings; False: none does."""

    def hang_up(self) -> bool:
        """End the call, while consulting the one that is asked: the caller is back then; False: there is none."""

    def hold(self) -> bool:
        """Hold the call, or come back to it; False: there is none."""

    def transfer(self, target: str) -> bool:
        """Pass the spoken call on to a number at once; False: there is none."""

    def consult(self, target: str) -> bool:
        """Let the caller wait and call `target`; False: nobody is spoken with."""

    def complete_transfer(self) -> bool:
        """Join the caller that waits with who was asked; False: nobody there has answered."""

    def dial(self, number: str) -> None:
        """Call a number."""

    def close(self) -> None:
        """Be gone."""


PhoneMaker = Callable[[str], Phone | None]
"""Makes the telephone of the seat with this number; None: this seat has a desk phone only."""


@dataclass(frozen=True, slots=True)
class _Consultation:
    """The call that waits, the call that is asked (empty until the first is on hold), whom; `joining`: asked to."""

    waiting: str
    target: str
    asked: str = ""
    joining: bool = False


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
        self._consultation: _Consultation | None = None
        self._passed: dict[str, str] = {}
        """Calls that are being passed on, and where to."""

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
                dialling=not call.incoming and call.state.value in ("dialling", "ringing"),
            )
            for call in self._softphone.calls.values()
        )

    @property
    def spoken(self) -> PhoneCall | None:
        """The spoken call, else the one on hold."""
        fit = sorted(
            (call for call in self.calls if not call.ringing and not call.dialling), key=lambda call: call.held
        )
        return fit[0] if fit else None

    @property
    def consulting(self) -> PhoneCall | None:
        """The call of the consultation; until it is begun, a dialled one of no name."""
        found = self._consultation
        if found is None:
            return None
        begun = next((call for call in self.calls if call.name == found.asked), None)
        return begun or PhoneCall(found.asked, found.target, incoming=False, ringing=False, held=False, dialling=True)

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
        """Who is asked; without a consultation the spoken or dialled call, else a held one."""
        found = self._consultation
        if found is not None:
            if found.asked:
                self._softphone.hangup(found.asked)
            else:
                self._consultation = replace(found, target="")
            return True
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

    def transfer(self, target: str) -> bool:
        """Asterisk takes the caller there; our call ends when it has."""
        call = self.spoken
        if call is not None:
            self._passed[call.name] = target
            self._softphone.blind_transfer(call.name, target)
        return call is not None

    def consult(self, target: str) -> bool:
        """Hold first; the other is called once the caller is on hold, so that neither hears both."""
        call = self.spoken
        if call is None or self._consultation is not None:
            return False
        self._consultation = _Consultation(call.name, target)
        if call.held:
            self._go_on(self._consultation)
        else:
            self._softphone.hold(call.name)
        return True

    def complete_transfer(self) -> bool:
        """Join them once the asked one has answered."""
        found, asked = self._consultation, self.consulting
        if found is None or asked is None or asked.dialling:
            return False
        if not found.joining:
            self._consultation = replace(found, joining=True)
            self._passed[found.waiting] = found.target
            self._softphone.attended_transfer(found.waiting, found.asked)
        return True

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
                sentence = retold(event.sentence)
                if event.call:
                    self._not_held(event.call)
            case events.Gone():
                sentence = retold(event.reason)
                self._consultation = None
            case events.Held():
                found = self._consultation
                if found is not None and found.waiting == event.call and not found.asked:
                    self._go_on(found)
            case events.Transferred():
                sentence = self._transferred(event.call, event.code, event.reason)
            case events.Ended():
                self._ended(event.call)
        self._told(sentence)

    def _go_on(self, found: _Consultation) -> None:
        """The caller waits: call the other, or come back where the officer no longer wants to."""
        if found.target:
            self._consultation = replace(found, asked=self._softphone.dial(found.target))
        else:
            self._back(found)

    def _back(self, found: _Consultation) -> None:
        """The caller waits no more."""
        self._consultation = None
        if found.waiting in self._softphone.calls:
            self._softphone.resume(found.waiting)

    def _not_held(self, call: str) -> None:
        found = self._consultation
        if found is not None and found.waiting == call and not found.asked:
            self._consultation = None

    def _transferred(self, call: str, code: int, reason: str) -> str:
        target, found = self._passed.pop(call, ""), self._consultation
        if code // 100 == 2:
            return _("The call has been passed on to {number}.").format(number=target)
        if found is not None and found.waiting == call:
            self._consultation = replace(found, joining=False)
            if found.asked not in self._softphone.calls:
                self._back(found)
        return _("The call could not be passed on to {number} ({code} {reason}): it is still yours.").format(
            number=target, code=code, reason=reason
        )

    def _ended(self, call: str) -> None:
        found = self._consultation
        self._passed.pop(call, None)
        if found is None:
            return
        if call == found.waiting:
            self._consultation = None
        elif call == found.asked and not found.joining:
            self._back(found)


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
