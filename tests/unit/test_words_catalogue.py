"""Both languages say everything that the program can say."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console import catalogue, words
from models.errors import Conflict, Refused
from models.rules.calls import CallState
from models.tables.matters import MatterState

PLACE = re.compile(r"\{(\w+)\}")


@pytest.fixture(autouse=True)
def speaking_chinese_again() -> None:
    words.set_language("zh")


def sentences(message: catalogue.Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_message_has_its_words(language: str) -> None:
    known = {(message.context, message.id): message for message in catalogue.messages(catalogue.read(language))}
    wanted = {(message.context, message.id) for message in catalogue.messages(catalogue.extracted())}
    assert not wanted - set(known), "run python -m console.catalogue, then translate"
    assert not set(known) - wanted, "no longer said; run python -m console.catalogue"
    without = [key for key, message in known.items() if message.fuzzy or not all(sentences(message))]
    assert not without


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_translations_keep_the_places(language: str) -> None:
    for message in catalogue.messages(catalogue.read(language)):
        key = message.id if isinstance(message.id, str) else message.id[-1]
        for sentence in sentences(message):
            assert set(PLACE.findall(sentence)) == set(PLACE.findall(key)), key


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    file = catalogue.po_file(language)
    assert file.with_suffix(".mo").read_bytes() == catalogue.compiled(catalogue.read(language)), (
        "run python -m console.catalogue"
    )


def test_no_message_hides_in_an_f_string() -> None:
    """Babel does not look into f-strings: a key there would never be translated."""
    found = []
    for file in (Path(catalogue.ROOT) / "console").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
                    name = getattr(call.func, "id", "")
                    if name in catalogue.KEYWORDS and any(isinstance(arg, ast.Constant) for arg in call.args):
                        found.append(f"{file.name}:{call.lineno}")
    assert not found


def test_codes_of_different_kinds_keep_their_own_words() -> None:
    assert CallState.ANSWERED == MatterState.ANSWERED
    assert words.word(CallState.ANSWERED) == "通话"
    assert words.word(MatterState.ANSWERED) == "已答复"
    words.set_language("en")
    assert words.word(CallState.ANSWERED) == "talking"


def test_an_error_is_said_in_the_rooms_language_and_time() -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    error = Conflict("{who} has owned this since {when}", who="王海", when=at)
    assert words.say(error, ZoneInfo("Asia/Shanghai")) == "王海 自 11-23 10:00:00 起已负责此项"
    words.set_language("en")
    assert words.say(Refused("an entry needs a text")) == "an entry needs a text"
