"""SIP addresses: who calls, out of a From header, and what to dial, out of what a person typed."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import unquote

from telephony.errors import TelephonyError
from telephony.text import clean, recover

_ADDRESS = re.compile(r"<?sips?:(?:(?P<user>[^@;>]*)(?:;[^@>]*)?@)?(?P<host>[^;>?\s]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9A-Za-z*#+._-]{1,64}")
_WRITTEN = re.compile(r"[0-9+*#\s()（）-]+")
_TARGET = re.compile(r"sips?:[^\s<>\"\\]{1,200}", re.IGNORECASE)
LONGEST = 256
_HIDDEN = {"", "anonymous", "unknown", "unavailable", "restricted"}


class WrongTarget(TelephonyError):
    """What was typed cannot be dialled."""


@dataclass(frozen=True, slots=True)
class Party:
    """The other side, readable: `number` is empty when it is hidden (RFC 3323), `name` is one line without quotes."""

    number: str
    name: str
    uri: str


def party(header: str) -> Party:
    """Who a From or To header names: `"Name" <sip:user@host>`, `<sip:…>` or a bare address."""
    text = header.strip()
    name = ""
    if text.startswith('"'):
        quoted = re.match(r'"((?:\\.|[^"\\])*)"', text, re.DOTALL)
        if quoted:
            name = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
            text = text[quoted.end() :]
    elif "<" in text:
        name, _, rest = text.partition("<")
        text = "<" + rest
    # Asterisk hands quoted pairs on as they came and quotes them once more: undo them once more.
    name = re.sub(r'\\(["\\])', r"\1", recover(name))[:LONGEST]
    found = _ADDRESS.search(text)
    if not found:
        return Party("", name, recover(header))
    number = clean(unquote(found["user"] or "", errors="replace")).partition(":")[0][:64]
    hidden = number.lower() in _HIDDEN or found["host"].lower() == "anonymous.invalid"
    return Party("" if hidden else number, name, recover(found[0].lstrip("<")))


def target(typed: str, domain: str) -> str:
    """The address to call: a number at `domain`, or a whole sip: address as it is. Raises WrongTarget."""
    text = typed.strip()
    if _TARGET.fullmatch(text):
        return text
    number = re.sub(r"[\s()（）-]", "", text) if _WRITTEN.fullmatch(text) else text
    if not _NUMBER.fullmatch(number):
        raise WrongTarget("'{text}' cannot be dialled; give a number or a sip: address", text=text[:40])
    return f"sip:{number.replace('#', '%23')}@{domain}"


def own(domain: str) -> str:
    """Our address on the way to `domain` (host or host:port). Raises WrongTarget when there is no way."""
    host, _, port = domain.partition(":")
    if not host:
        raise WrongTarget("no PBX is named; its address is missing")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, int(port or 5060)))  # UDP: nothing is sent
            return str(probe.getsockname()[0])
    except (OSError, ValueError, OverflowError) as error:
        raise WrongTarget(
            "the PBX at '{domain}' cannot be reached: {reason}; check its address", domain=domain, reason=error
        ) from error


def quoted(name: str) -> str:
    """A display name for a From header: in quotes, what would end them escaped (RFC 3261, quoted-string)."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
