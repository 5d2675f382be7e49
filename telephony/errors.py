"""What goes wrong on the telephone side, each with a sentence an operator can act on."""


class TelephonyError(Exception):
    """Base of every error of telephony/; str() is the sentence for the operator, `__cause__` the technical reason."""
