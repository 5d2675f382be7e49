"""MODEL_CARD.md, written from the measured figures and nothing else."""

import importlib.metadata
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from telephony.speech.training import recipe

LABELS = {
    "single": "known voices, single phrases",
    "call": "known voices, calls of about a minute",
    "new": "new voices, single phrases",
}
NUMBERED = re.compile(r"[省国]道[零一二三四五六七八九]{3}线")
PACKAGES = ("torch", "faster-whisper", "ctranslate2", "tokenizers", "av", "numpy", "scipy")
TEXT = """\
# Practice model: a Whisper-architecture model for synthetic duty-room calls

**A synthetic fixture, for practice calls only.** It has heard nothing but espeak-ng voices saying sentences of one
small grammar. On real speech it writes nothing or invented duty-room sentences, so it must never hear a real call. It
shows that the speech path works, not how well Whisper does.

- Made from nothing by one run of `python -m telephony.speech.training --out DIR`, seed {seed}; no downloaded weights,
  no recorded speech.
- {parameters:.2f} M parameters (width {width}, {heads} heads, {encoder} encoder and {decoder} decoder layers), int8
  CTranslate2, {megabytes:.2f} MB in all.
- Loads in unmodified faster-whisper: `WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)`.
  Transcribe with language="zh", vad_filter=True (min_silence_duration_ms 500), condition_on_previous_text=False and
  hotwords of place names; never pass chunk_length (it is 10 s, from preprocessor_config.json).
- Trained on {clips} utterances, {hours} h. Voices: {voices}, {slow}-{fast} words per minute.
  Not trained on: {new_voices}.
- Minutes, on two processor cores shared with other work: {minutes}.
- Made with {versions}.

## Measured through faster-whisper on sentences that are not in the training texts

Half of the files come over a noisy line. CER ignores punctuation. Start and end errors (median and 90th percentile, in
seconds) are taken where there are as many segments as utterances. RTF (time taken by length) was measured beside other
work.

| test | files / utterances | CER | files without an error | segments | start error | end error | ordered | RTF |
|---|---|---|---|---|---|---|---|---|
{table}

Silence, noise and a ringing tone ({quiet_files} files): {quiet_segments} segments.
Outside its domain ({other_files} sentences of everyday Mandarin and English, known voices): {other_silent} files gave
nothing; of the {other_segments} segments in the others {other_sure} had a mean log probability above -0.5 (in
brackets):

{odd}

## Limits

- Known: the sentences of `telephony/speech/training/grammar.py`, {known} synthetic voices, a telephone line with
  22-45 dB between speech and noise, utterances up to {longest} s with pauses between them.
- Weak at digits one by one: single phrases with a numbered road (省道二八七线) had {numbered:.1f} % CER,
  all others {rest:.1f} %.
- New voices are hardly understood. Practice calls keep to the known voices and to named roads; they were worded so that
  the model hears them well, and are therefore no measure of it.
- Not known: people, several voices at once, heavy noise, other words, telephone numbers. It was
  shown no character outside the domain.
- faster-whisper gives a window with only one segment the window's start, so such a segment starts early by the silence
  before it.
- Tests should assert a ceiling of the error rate and the order of timestamps, not exact text. Equal bits on another
  machine are not promised.
"""


def row(kind: str, f: dict[str, Any]) -> str:
    cells = [
        LABELS[kind],
        f"{f['files']} / {f['utterances']}",
        f"**{f['cer'] * 100:.1f} %**",
        f"{f['exact']}",
        f"{f['segments']}",
        *(", ".join(f"{x:.2f}" for x in f[k]) for k in ("start_error", "end_error")),
        "yes" if f["ordered"] else "NO",
        f"{f['rtf']}",
    ]
    return "| " + " | ".join(cells) + " |"


def render(facts: dict[str, Any]) -> str:
    """The card of `figures.json`."""
    figures = facts["figures"]
    odd = [f"- {said} → {'；'.join(heard)}" for said, heard in facts["odd"]]
    extra = {f"other_{k}": figures["other"][k] for k in ("files", "silent", "segments", "sure")}
    extra |= {f"quiet_{k}": figures["quiet"][k] for k in ("files", "segments")}
    table = "\n".join(row(kind, figures[kind]) for kind in LABELS)
    return TEXT.format(**facts["made"], **facts["roads"], **extra, table=table, odd="\n".join(odd) or "(none)")


def _made(out: Path, seconds: dict[str, float], parameters: int) -> dict[str, Any]:
    marks = {mark.name: float(mark.read_text()) for mark in (out / "done").iterdir()}
    training = {name: round(s / 60, 1) for name, s in seconds.items()}
    minutes = {"data": marks["data"]} | training | {"figures": marks["figures"]}
    stored = json.loads((out / "data" / "domain.json").read_text())
    espeak = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "seed": recipe.SEED,
        "parameters": parameters / 1e6,
        "width": recipe.WIDTH,
        "heads": recipe.HEADS,
        "encoder": recipe.ENCODER,
        "decoder": recipe.DECODER,
        "megabytes": sum(file.stat().st_size for file in (out / "model").iterdir()) / 1e6,
        "clips": len(stored["texts"]),
        "hours": round(stored["ends"][-1] / 360000, 1),
        "voices": ", ".join(voice or "plain" for voice in recipe.VOICES),
        "new_voices": ", ".join(recipe.NEW_VOICES),
        "slow": recipe.SPEEDS[0],
        "fast": recipe.SPEEDS[1],
        "minutes": ", ".join(f"{name} {m}" for name, m in minutes.items()),
        "versions": ", ".join(
            [espeak.split("  Data")[0].strip(), *(f"{p} {importlib.metadata.version(p)}" for p in PACKAGES)]
        ),
        "known": len(recipe.VOICES),
        "longest": recipe.MAX_SECONDS,
    }


def _roads(heard: dict[str, Any]) -> dict[str, float]:
    """CER in percent of single phrases with and without a numbered road."""
    from telephony.speech.training import examine  # noqa: PLC0415 - only writing the card needs the libraries

    sums = {"numbered": [0, 0], "rest": [0, 0]}
    for name, test in heard.items():
        if name.startswith("single"):
            said = examine.plain(test["said"])
            sums_of = sums["numbered" if NUMBERED.search(said) else "rest"]
            sums_of[0] += examine.distance(said, examine.plain("".join(text for _, _, text, _ in test["heard"])))
            sums_of[1] += len(said)
    return {kind: round(100 * wrong / characters, 1) for kind, (wrong, characters) in sums.items()}


def write(out: Path, seconds: dict[str, float], parameters: int) -> None:
    """figures.json and MODEL_CARD.md into DIR/model."""
    measured = json.loads((out / "figures.json").read_text())
    odd = [
        [test["said"], [f"{text} ({sure})" for _, _, text, sure in test["heard"]]]
        for name, test in measured["heard"].items()
        if name.startswith("other") and test["heard"]
    ]
    facts = {"made": _made(out, seconds, parameters), "figures": measured["figures"], "odd": odd}
    facts["roads"] = _roads(measured["heard"])
    (out / "model" / "figures.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    (out / "model" / "MODEL_CARD.md").write_text(render(facts))
