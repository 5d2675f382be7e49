"""What goes wrong with speech. A call is captured all the same and can be transcribed later."""

from telephony.errors import TelephonyError


class SpeechError(TelephonyError):
    """Base of this package."""


class ModelMissing(SpeechError):
    """No model is configured, or the configured one is not on this machine."""


class ModelDamaged(SpeechError):
    """The model's folder is there but cannot be used; the sentence names the file."""


class PracticeOnly(SpeechError):
    """The practice model was asked to hear a real call: it would invent sentences."""


class AudioUnreadable(SpeechError):
    """A file to transcribe holds no sound that can be decoded."""


class FetchFailed(SpeechError):
    """A model could not be downloaded; what has arrived is kept and the next try goes on from there."""


class FetchCancelled(FetchFailed):
    """The person stopped the download."""
