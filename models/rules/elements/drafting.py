"""A transcript read into its eleven elements: a draft, for an officer to confirm."""

from models.rules.elements import harm, natures, phrases, places, sources, when
from models.rules.elements.dialogue import read
from models.rules.elements.types import KEYS, Element, Transcript, Vocabulary


def draft(transcript: Transcript, vocabulary: Vocabulary) -> dict[str, Element]:
    """All eleven keys in the regulation's order; `stated` only where somebody said it, with where he did."""
    lines = read(transcript)
    texts = [turn.text for turn in transcript.turns]
    nature = natures.draft(lines, texts)
    source = sources.draft(lines, texts)
    if not nature.stated and natures.is_duty_talk(lines):
        return {key: source if key == "source" else Element(key, False) for key in KEYS}
    value = nature.value if isinstance(nature.value, dict) else {}
    ill, adrift = value.get("code") == natures.HEALTH, value.get("kind") == natures.ADRIFT
    found = {
        "time": when.draft(lines, texts, transcript.at),
        "place": places.draft(lines, texts, vocabulary, source, nature.stated),
        "source": source,
        "nature": nature,
        "consequences": harm.draft(lines, texts, ill, adrift),
    }
    for key in ("cause", "course", "scope", "trend", "response", "plan"):
        found[key] = phrases.draft(key, lines, texts)
    if not nature.stated and found["course"].stated and _anyone_hurt(found["consequences"]):
        told = found["course"]
        found["nature"] = Element("nature", True, told.text, {"code": natures.ACCIDENT, "kind": "事故"}, told.spans)
    return {key: found[key] for key in KEYS}


def _anyone_hurt(consequences: Element) -> bool:
    counts = consequences.value if isinstance(consequences.value, dict) else {}
    return any(counts.get(key) for key in ("dead", "injured", "missing", "trapped"))
