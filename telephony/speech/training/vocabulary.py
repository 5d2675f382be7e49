"""A byte-level BPE vocabulary in Whisper's order, on which CTranslate2 relies.

Bytes, one token per character of the domain, the empty token (its presence tells CTranslate2 >= 4.7 that the model is
multilingual), specials, 1501 timestamps of 20 ms.
"""

import json
from pathlib import Path

from telephony.speech.training import grammar

LANGUAGES = tuple(
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue".split()
)


def _printable() -> dict[int, str]:
    """The stand-ins that byte-level BPE writes for the 256 bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + i) for i, b in enumerate(rest)}


BYTE = _printable()
CHARACTERS = grammar.characters()


def _spell(character: str) -> list[str]:
    return [BYTE[b] for b in character.encode()]


def _text() -> tuple[list[str], list[tuple[str, str]]]:
    """Tokens and merges: a character's first two bytes, then all three."""
    tokens, merges = [BYTE[b] for b in range(256)], []
    for first, second, _ in map(_spell, CHARACTERS):
        if first + second not in tokens:
            tokens.append(first + second)
            merges.append((first, second))
    for first, second, third in map(_spell, CHARACTERS):
        tokens.append(first + second + third)
        merges.append((first + second, third))
    return [*tokens, ""], merges


TEXT, MERGES = _text()
SPECIAL = [
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{x}|>" for x in LANGUAGES),
    *(f"<|{x}|>" for x in "translate transcribe startoflm startofprev nospeech notimestamps".split()),
]
TIMES = [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
VOCABULARY = TEXT + SPECIAL + TIMES
ID = {token: i for i, token in enumerate(VOCABULARY)}
EOT, SOT, ZH, TRANSCRIBE, PREVIOUS, NO_SPEECH, NO_TIMES, TIME0 = (
    ID[f"<|{x}|>"] for x in "endoftext startoftranscript zh transcribe startofprev nospeech notimestamps 0.00".split()
)
SPACE = ID[BYTE[32]]
CHARACTER = {c: ID["".join(_spell(c))] for c in CHARACTERS}
SPOKEN = [c for c in CHARACTERS if c not in grammar.PUNCTUATION]
LABEL = {c: i + 1 for i, c in enumerate(SPOKEN)}  # CTC's; 0 is its blank, and punctuation is not heard


def encode(text: str) -> list[int]:
    return [CHARACTER[c] for c in text]


def labels(text: str) -> list[int]:
    return [LABEL[c] for c in text if c in LABEL]


def time(frames: float) -> int:
    """The timestamp token of a place in frames of 10 ms."""
    return TIME0 + min(1500, max(0, round(frames / 2)))


def write(folder: Path) -> None:
    """vocabulary.json and tokenizer.json."""
    added = [
        {"id": ID[t], "content": t, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for t in SPECIAL + TIMES
    ]
    level = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}
    bpe = {
        "type": "BPE",
        **dict.fromkeys(("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")),
        **dict.fromkeys(("fuse_unk", "byte_fallback", "ignore_merges"), False),
        "vocab": {t: i for i, t in enumerate(TEXT)},
        "merges": MERGES,
    }
    tokenizer = {
        "version": "1.0",
        **dict.fromkeys(("truncation", "padding", "normalizer", "post_processor")),
        "added_tokens": added,
        "model": bpe,
        "pre_tokenizer": level | {"add_prefix_space": False},
        "decoder": level | {"add_prefix_space": True},
    }
    for name, value in (("vocabulary.json", VOCABULARY), ("tokenizer.json", tokenizer)):
        (folder / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
