"""Every number of the training recipe; one seed gives the same data, batches and schedule.

The decoder learns little while positions are as small as CTC's start needs them (0.1): it cannot tell where in the
window it listens. So they grow as soon as CTC reads the sounds, and only then the decoder starts.
"""

from dataclasses import dataclass

SEED = 20261124
VOICES = ("", "m1", "m3", "m7", "f1", "f2")  # espeak-ng variants; "" is the plain voice
NEW_VOICES = ("m5", "f4", "Annie")  # never trained on, measured apart
SPEEDS = (150, 200)  # words per minute, drawn per utterance
MAX_SECONDS = 7.8  # longer training utterances are left out
CLIPS, FILLER, NEGATIVES = 15000, 0.33, 900  # utterances, share of fillers, clips from outside the domain
WIDTH, HEADS, ENCODER, DECODER = 160, 5, 4, 2
WARM_STEPS, RAMP_STEPS = 200, 300  # linear warm-up of the learning rate; growth of the positions
AVERAGE_FROM, AVERAGE_KEEP = 0.6, 0.99  # running average of the weights over the last stage
SAVE_EVERY = 200  # steps between checkpoints; every stage also ends with one
GUIDE, GUIDE_WIDTH = 0.5, 5.0  # weight of the attention guide; width of its bell in steps of 20 ms
NEGATIVE, SILENCE, PROMPT, UNTIMED = 0.06, 0.03, 0.12, 0.12  # shares of windows


@dataclass(frozen=True)
class Stage:
    """One stretch of training. Lengths inside a window are frames of 10 ms."""

    name: str
    steps: int
    rate: tuple[float, float]  # learning rate, cosine from .. to
    seconds: tuple[int, ...]  # window lengths drawn from
    audio: int  # seconds of sound in a batch
    noisy: float  # share of clips that come over the noisy line
    fill: float = 0.0  # share of windows filled with utterances; the others hold at most `few`
    few: int = 1
    ctc: float = 1.0  # weight of CTC; the rest is the decoder's
    lead: int = 90  # longest noise before the first utterance
    gap: int = 160  # longest noise between two
    tail: float = 0.0  # share of windows whose noise goes on to the end
    remains: float = 0.0  # share of windows that open with the end of an utterance before them
    positions: tuple[float, float] | None = None  # scales of audio and text positions to grow to

    @property
    def decodes(self) -> bool:
        return self.ctc < 1.0


STAGES = (
    Stage("hear", 1600, (2e-3, 2e-3), (5,), 70, noisy=0.0),
    Stage("noise", 600, (2e-3, 1.6e-3), (5, 8), 70, noisy=0.5, fill=0.3, few=2),
    Stage(
        *("write", 4000, (1.4e-3, 1e-5), (10,), 80, 0.5, 0.5, 2, 0.4),
        lead=140,
        gap=190,
        tail=0.5,
        remains=0.45,
        positions=(2.5, 0.3),
    ),
)
