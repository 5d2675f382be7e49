"""Which sentences are spoken, by which voice, how fast: all drawn from one seed."""

import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from telephony.speech.training import grammar, recipe, scenes


@dataclass(frozen=True)
class Utterance:
    """One text to be spoken; `seed` draws its telephone line, `babble` holds sentences spoken at once with it."""

    text: str
    voice: str
    speed: int
    seed: int
    english: bool = False
    babble: tuple[str, ...] = ()


def draw(
    n: int,
    seed: int,
    make: Callable[[random.Random], str],
    banned: Collection[str],
    voices: tuple[str, ...] = recipe.VOICES,
) -> Iterator[Utterance]:
    """`n` drawn utterances, none of whose texts is banned."""
    r = random.Random(seed)
    while n:
        text = make(r)
        if text not in banned:
            n -= 1
            yield Utterance(text, r.choice(voices), r.randint(*recipe.SPEEDS), r.getrandbits(32))


def spoken_or_filler(r: random.Random) -> str:
    return grammar.filler(r) if r.random() < recipe.FILLER else grammar.sentence(r)


def training() -> list[Utterance]:
    """All that the model hears in training. The practice calls' sentences are not in it."""
    return list(draw(recipe.CLIPS, recipe.SEED, spoken_or_filler, scenes.sentences()))


def negatives() -> Iterator[Utterance]:
    """What the model must not write: everyday Mandarin and English, and babble of several sentences at once."""
    r = random.Random(recipe.SEED + 2)
    for n in range(recipe.NEGATIVES):
        text, english = grammar.everyday(r)
        babble: tuple[str, ...] = ()
        if r.random() < 0.15:
            text, english = grammar.sentence(r), False
            babble = tuple(grammar.sentence(r) for _ in range(r.randint(2, 3)))
        yield Utterance(text, r.choice(recipe.VOICES), r.randint(*recipe.SPEEDS), n, english, babble)
