"""Speak the practice calls and the prompts:  python -m telephony.speech.training.calls

Writes telephony/practice/calls (a script and two legs each, which take turns) and telephony/asterisk/prompts.
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import soundfile

from telephony.speech.training import recipe, scenes, sound
from telephony.speech.training.scenes import Scene

TELEPHONY = Path(__file__).parents[2]
SPEED = 185
FIRST, SAME, OTHER, LAST = (
    1.2,
    0.8,
    0.9,
    1.0,
)  # seconds before the first word, after a sentence, after a turn, at the end


def act(scene: Scene) -> tuple[dict[str, sound.Samples], list[dict[str, object]]]:
    """Both legs, equally long, one silent while the other speaks; and the turns with their times."""
    voices = {"caller": scene.caller_voice, "officer": scene.officer_voice}
    pieces: list[tuple[str, int, sound.Samples]] = []
    turns: list[dict[str, object]] = []
    at, before = FIRST, ""
    for leg, text in scene.turns():
        if before:
            at += SAME if leg == before else OTHER
        speech = (sound.say(text, voices[leg], SPEED) * 0.7).astype(np.int16)
        if len(speech) > recipe.MAX_SECONDS * sound.RATE:
            raise ValueError(f"{scene.id}: {text} is longer than the model can hear; split it")
        end = at + len(speech) / sound.RATE
        turns.append({"leg": leg, "start": round(at, 2), "end": round(end, 2), "text": text})
        pieces.append((leg, round(at * sound.RATE), speech))
        at, before = end, leg
    legs = {leg: np.zeros(round((at + LAST) * sound.RATE), np.int16) for leg in voices}
    for leg, start, speech in pieces:
        legs[leg][start : start + len(speech)] = speech
    rng = np.random.default_rng(recipe.SEED)
    return {leg: sound.ulaw_decode(sound.line(x, rng, noisy=False)) for leg, x in legs.items()}, turns


def write(scene: Scene, folder: Path) -> None:
    legs, turns = act(scene)
    for leg, samples in legs.items():
        soundfile.write(folder / f"{scene.id}-{leg}.flac", samples, sound.RATE, subtype="PCM_16", compression_level=1.0)
    script = {
        "id": scene.id,
        "title": scene.title,
        "number": scene.number,
        "name": scene.name,
        "seconds": round(len(legs["caller"]) / sound.RATE, 2),
        "turns": turns,
        "truth": scene.truth,
    }
    (folder / f"{scene.id}.json").write_text(json.dumps(script, ensure_ascii=False, indent=1) + "\n")


def prompt(text: str, path: Path) -> None:
    """8 kHz mono 16-bit WAV, as Asterisk plays it."""
    half = np.zeros(sound.RATE // 2, np.int16)
    parts = [p for part in text.split("。") if part for p in (sound.say(part, "f1", 150) * 0.6, half)]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.RATE)
        out.writeframes(np.concatenate([half, *parts]).astype("<i2").tobytes())


def main() -> int:
    for scene in scenes.SCENES:
        write(scene, TELEPHONY / "practice" / "calls")
    prompt(scenes.BUSY, TELEPHONY / "asterisk" / "prompts" / "busy-zh.wav")
    return 0


if __name__ == "__main__":
    sys.exit(main())
