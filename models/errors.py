"""What goes wrong in the record, each with a sentence an officer can act on."""


class DutylineError(Exception):
    """Base of every error of models/; str() is the sentence for the person, `__cause__` the technical reason."""


class ConfigurationError(DutylineError):
    """The configuration is missing or wrong: says file, key and the way out. Exit code 2."""


class Refused(DutylineError):
    """A rule forbids the action; the sentence names the rule or what is missing. Nothing was written."""


class Conflict(DutylineError):
    """Somebody else acted first; the sentence says who and when. Nothing was overwritten."""


class Unavailable(DutylineError):
    """The database cannot be reached or stays locked. Nothing was written; try again."""
