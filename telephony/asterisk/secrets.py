"""The passwords of one room's Asterisk: made once, kept for their owner only, never logged."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from telephony.asterisk.layout import AsteriskMisconfigured


@dataclass(frozen=True, slots=True)
class Secrets:
    """`system` makes call ids unique among rooms; the others let the daemon, a drill and each seat in."""

    system: str
    ami: str = field(repr=False)
    practice: str = field(repr=False)
    seats: dict[str, str] = field(repr=False)


def load(file: Path) -> Secrets:
    """What `file` holds. Raises AsteriskMisconfigured when it is not there or not ours."""
    try:
        values = json.loads(file.read_text(encoding="ascii"))
        found = Secrets(values["system"], values["ami"], values["practice"], dict(values["seats"]))
    except FileNotFoundError as error:
        raise AsteriskMisconfigured(
            "{file}: not there yet; it is made when the private Asterisk starts", file=file
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AsteriskMisconfigured(
            "{file}: cannot be read as Dutyline's passwords; remove it to make new ones", file=file
        ) from error
    return found


def ensure(file: Path, seats: Iterable[str], *, ami: str = "") -> Secrets:
    """The secrets in `file`, made where missing. A non-empty `ami` (from the configuration) wins over the made one."""
    old = load(file) if file.exists() else None
    made = old or Secrets(secrets.token_hex(3), _token(), _token(), {})
    numbers = {number: made.seats.get(number) or _token() for number in seats}
    new = Secrets(made.system, ami or made.ami, made.practice, made.seats | numbers)
    if new != old:
        write_private(file, json.dumps({name: getattr(new, name) for name in ("system", "ami", "practice", "seats")}))
    return new


def write_private(file: Path, text: str) -> None:
    """Replace `file` by `text` at once, readable by its owner only from the first moment."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    temporary.rename(file)


def _token() -> str:
    return secrets.token_hex(16)
