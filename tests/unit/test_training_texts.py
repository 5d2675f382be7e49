"""What the practice model hears in training: drawn from a seed, and without the sentences it is tried on."""

import random
import subprocess
import sys

from telephony.practice import scripts
from telephony.speech.training import grammar, recipe, scenes, utterances, vocabulary


def test_training_never_contains_a_practice_sentence() -> None:
    heard = {utterance.text for utterance in utterances.training()}
    practised = {turn.text for call in scripts.load() for turn in call.turns}
    assert practised == scenes.sentences()
    assert not heard & practised
    assert len(heard) > 10_000


def test_the_same_seed_draws_the_same_utterances() -> None:
    def first(seed: int) -> list[utterances.Utterance]:
        return list(utterances.draw(50, seed, grammar.sentence, ()))

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_a_banned_sentence_is_drawn_anew() -> None:
    free = [u.text for u in utterances.draw(50, 7, grammar.sentence, ())]
    held = [u.text for u in utterances.draw(50, 7, grammar.sentence, {free[3]})]
    assert len(held) == 50
    assert free[3] not in held


def test_voices_for_the_report_are_not_trained_on() -> None:
    assert not set(recipe.VOICES) & set(recipe.NEW_VOICES)
    assert {u.voice for u in utterances.training()} == set(recipe.VOICES)


def test_every_sentence_can_be_written() -> None:
    known = set(vocabulary.CHARACTERS)
    r = random.Random(5)  # noqa: S311
    drawn = {grammar.sentence(r) for _ in range(3000)} | {grammar.filler(r) for _ in range(1000)} | scenes.sentences()
    assert {c for text in drawn for c in text} <= known


def test_numbers_and_times_are_spoken_as_people_do() -> None:
    assert [grammar.number(n) for n in (0, 2, 10, 12, 20, 45)] == ["零", "二", "十", "十二", "二十", "四十五"]
    assert grammar.count(2) == "两"
    r = random.Random(3)  # noqa: S311
    times = {grammar.clock(r) for _ in range(12000)}
    assert {"十点二十分", "两点零五分", "三点半", "六点整"} <= times
    assert not any(t.startswith("二点") for t in times)


def test_the_vocabulary_has_whispers_order() -> None:
    assert len(set(vocabulary.VOCABULARY)) == len(vocabulary.VOCABULARY)
    assert vocabulary.VOCABULARY[vocabulary.EOT - 1] == ""  # what makes CTranslate2 take it for multilingual
    assert vocabulary.SOT == vocabulary.EOT + 1
    assert len(vocabulary.VOCABULARY) - 1501 == vocabulary.TIME0
    assert len(vocabulary.LANGUAGES) == 100


def test_the_runtime_does_not_know_the_training() -> None:
    code = (
        "import sys, telephony.practice.scripts, telephony.speech.training.card, telephony.speech.training.utterances;"
        "print([m for m in ('torch', 'scipy', 'faster_whisper') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
