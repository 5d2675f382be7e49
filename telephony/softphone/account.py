"""Who the softphone is at the PBX: the account's configuration, its registration and the retries of it."""

import json
import logging
import tempfile
import time
from pathlib import Path
from typing import Protocol

import pjsua2 as pj

from telephony.softphone import events
from telephony.softphone.addresses import quoted
from telephony.softphone.commands import Configuration
from telephony.softphone.events import Event, Registration
from telephony.softphone.guard import guarded

log = logging.getLogger(__name__)

EXPIRES = 120
FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'


class Host(Protocol):
    """What an account needs of its telephone."""

    def emit(self, event: Event) -> None:
        """Tell the parent."""

    def incoming(self, account: "SipAccount", number: int) -> None:
        """A call has come; `number` is the library's."""


class SipAccount(pj.Account):  # type: ignore[misc]  # an untyped library
    """The account; its registration is tried again by itself, after 1 s, 2 s, 4 s … up to every 30 s.

    The library's own retries leave out a refusal (401, 403, 404), which for a seat only means that the PBX
    has not been told of it yet.
    """

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.name = ""
        self.host = host
        self.registration = Registration.OFF
        self._delay = FIRST_RETRY
        self._retry_at: float | None = None

    def tell(self, event: Event) -> None:
        """To the parent."""
        self.host.emit(event)

    @guarded
    def onRegState(self, prm: "pj.OnRegStateParam") -> None:  # noqa: N802 - the library's name
        """The PBX has answered a registration, or has not."""
        before = self.registration
        if prm.code // 100 == 2:
            self._delay, self._retry_at = FIRST_RETRY, None
            self.registration = Registration.REGISTERED if prm.expiration > 0 else Registration.OFF
            if self.registration is Registration.REGISTERED and before is not Registration.REGISTERED:
                self.tell(events.Registered(code=prm.code))
        else:
            self._later(prm.code, prm.reason)
        log.info("registration: %s %s %s", self.registration, prm.code, prm.reason)

    @guarded
    def onIncomingCall(self, prm: "pj.OnIncomingCallParam") -> None:  # noqa: N802 - the library's name
        """Somebody calls."""
        self.host.incoming(self, prm.callId)

    def tick(self) -> None:
        """Try a failed registration again when its time has come."""
        if self._retry_at is not None and time.monotonic() >= self._retry_at:
            self._retry_at = None
            self.registration = Registration.TRYING
            try:
                self.setRegistration(True)
            except pj.Error as error:
                self._later(0, error.reason)

    def unregister(self) -> None:
        """Take the registration back; OFF follows once the PBX has confirmed it."""
        self._retry_at = None
        if self.registration is Registration.REGISTERED:
            self.registration = Registration.TRYING
            self.setRegistration(False)

    def _later(self, code: int, reason: str) -> None:
        """It failed; say so and try again after a while."""
        self.registration = Registration.FAILED
        self._retry_at = time.monotonic() + self._delay
        self.tell(events.RegistrationFailed(code=code, reason=reason, retry=self._delay))
        self._delay = min(self._delay * 2, LONGEST_RETRY)


def account_config(configuration: Configuration, own: str) -> "pj.AccountConfig":
    """The account as pjsua2 wants it, its media on our address `own`. Raises ValueError for a name that is no hex."""
    address = f"<sip:{configuration.user}@{configuration.domain}>"
    if configuration.display_name_hex:
        config = _with_raw_name(bytes.fromhex(configuration.display_name_hex), address)
    else:
        config = pj.AccountConfig()
        config.idUri = f"{quoted(configuration.display_name)} {address}" if configuration.display_name else address
    transport = config.mediaConfig.transportConfig
    transport.boundAddress = transport.publicAddress = own
    transport.port = 0
    config.natConfig.udpKaIntervalSec = 0
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    config.regConfig.retryIntervalSec = 0
    config.regConfig.timeoutSec = EXPIRES
    if configuration.register:
        config.regConfig.registrarUri = f"sip:{configuration.domain}"
    if configuration.password:
        name = configuration.auth_user or configuration.user
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", name, 0, configuration.password))
    return config


def caller_headers(configuration: Configuration) -> tuple[str, dict[str, str]]:
    """(From address or empty, headers) of outgoing calls: a hidden number says so (RFC 3323, RFC 3325)."""
    return (ANONYMOUS, {"Privacy": "id"}) if configuration.privacy else ("", {})


def _with_raw_name(name: bytes, address: str) -> "pj.AccountConfig":
    """The binding takes UTF-8 only; its JSON reader takes any bytes. Nothing secret passes through the file."""
    escaped = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    in_json = escaped.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    plain = pj.AccountConfig()
    plain.idUri = "NAME"
    document = pj.JsonDocument()
    document.writeObject(plain)
    text = json.dumps(json.loads(document.saveString())).encode()
    text = text.replace(b'"NAME"', b'"\\"' + in_json + b'\\" ' + address.encode() + b'"', 1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "account.json"
        file.write_bytes(text)
        document = pj.JsonDocument()
        document.loadFile(str(file))
    config = pj.AccountConfig()
    document.readObject(config)
    return config
