"""What Asterisk's channel names tell: `PJSIP/trunk-00000001`, `Local/s@dutyline-late-00000002;1`."""

import re

_OURS = re.compile(r"Local/.*@dutyline-agi-[0-9a-f]+;[12]")
_PJSIP = re.compile(r"PJSIP/(.+)-[0-9a-f]{8,}")


def is_ours(name: str) -> bool:
    """Whether it is one of the Local channels by which the dialplan calls our AGI: no call of anybody."""
    return _OURS.fullmatch(name) is not None


def endpoint(name: str) -> str:
    """The PJSIP endpoint that a channel belongs to; empty for any other technology."""
    found = _PJSIP.fullmatch(name)
    return found[1] if found else ""
