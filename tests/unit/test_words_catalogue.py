"""Both languages say everything that the program can say."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console import catalogue, stored, words
from models.errors import Conflict, Refused
from models.rules.calls import CallState
from models.tables.matters import MatterState
from telephony.ami_requests import PbxUnreachable
from telephony.asterisk import runtime  # noqa: F401 - its errors are counted below
from telephony.errors import TelephonyError
from telephony.practice import caller  # noqa: F401
from telephony.recording.errors import DamagedRecording
from telephony.recording.legs import Note
from telephony.softphone import addresses, board, client  # noqa: F401
from telephony.softphone.protocol import ProtocolError
from telephony.speech import errors  # noqa: F401

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


def heirs(kind: type) -> set[type]:
    return {kind}.union(*(heirs(found) for found in kind.__subclasses__()))


def test_every_error_of_the_telephone_side_has_its_sentences_extracted() -> None:
    # What is wrong with the wire between console and softphone is for the log only.
    said = {kind.__name__ for kind in heirs(TelephonyError) if kind.__module__.startswith("telephony")}
    assert said - {ProtocolError.__name__} == set(catalogue.TELEPHONY_ERRORS.split())


def test_no_error_fills_its_sentence_before_it_can_be_translated() -> None:
    found = []
    for file in (Path(catalogue.ROOT) / "telephony").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in catalogue.TELEPHONY_ERRORS.split():
                found += [f"{file.name}:{node.lineno}" for arg in node.args if isinstance(arg, ast.JoinedStr)]
    assert not found


def test_a_telephone_error_is_said_in_the_rooms_language() -> None:
    error = PbxUnreachable(
        "Asterisk's manager at {where} failed: {reason}; try again.", where="127.0.0.1:5038", reason="no answer"
    )
    assert str(error) == "Asterisk's manager at 127.0.0.1:5038 failed: no answer; try again."
    assert words.say(error) == "127.0.0.1:5038 上的 Asterisk 管理接口出错：没有应答；请重试。"
    words.set_language("en")
    assert words.say(error) == str(error)


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("", ""),
        ("王海说 {reason}", "王海说 {reason}"),
        ("model missing", "缺少语音模型"),
        ("the speech worker ended (-9) and is started again", "转写进程已退出（-9），正在重新启动"),
        (
            "6002 was not called: this telephone has four calls already; end one of them first",
            "未能呼叫 6002：这部电话已有四路通话；请先结束一路",
        ),
        (
            str(
                DamagedRecording("{path}: {reason}; the file is kept as it is", path="spool/b.wav", reason="no answer")
            ),
            "spool/b.wav：没有应答；文件保持原样",
        ),
        ("unexpected: database is locked", "意外错误：database is locked"),
    ],
)
def test_what_stands_in_the_record_in_english_is_told_in_chinese(text: str, chinese: str) -> None:
    assert words.retold(text) == chinese
    words.set_language("en")
    assert words.retold(text) == text


def test_what_is_remarkable_about_a_recording_has_words() -> None:
    assert set(stored.NOTES) == set(Note)
    assert stored.problem("rx-cut, uneven") == "来电方声道中断, 两个声道长度不一"
    assert stored.problem("spool/1.wav: no answer; the file is kept as it is") == "spool/1.wav：没有应答；文件保持原样"
