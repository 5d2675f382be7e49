"""Search in the duty log: two characters and up, parts of numbers, initials, several words, whatever is typed."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from room import Tale, enrol, furnish, put_together
from sqlalchemy import select
from tales import TALES, answered_call

from models.actions import directory, entries
from models.queries.entries import Filter
from models.queries.search import found
from models.store.engine import Record
from models.store.search import pairs
from models.tables import Entry

TEXTS = [
    "鹤地水库防汛值班人员报告水位上涨",
    "廉江市化工厂起火，两人受伤",
    "ABC公司 Ｆｕｌｌ－Ｗｉｄｔｈ ２０２６ 年度演练",
    "车牌粤G·12345 在国道325线侧翻",
    "防台风值守；𠮷野家门口积水",
    "水 库 分开写",
]


@pytest.fixture
def room(record: Record) -> Record:
    furnish(record)
    zhang = enrol(record, "张三", seat="8001")
    with record.writing("officer:1") as uow:
        unit = directory.add_unit(uow, "遂溪县应急管理局")
        contact = directory.add_contact(uow, "单于琳", unit_id=unit.id)
        directory.add_number(uow, "0759-3456789", contact_id=contact.id)
        for text in TEXTS:
            entries.write_manual(uow, zhang, source="口头", text=text)
    put_together(record, answered_call(Tale(), number="07593456789").facts)
    return record


def keys(record: Record, words: str, limit: int = 50, before: int | None = None) -> list[int]:
    with record.reading() as session:
        return found(session, Filter(words=words), limit, before)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("防汛", [1]),
        ("值班", [1]),
        ("水库", [1]),
        ("防汛值班", [1]),
        ("班值", []),
        ("防", []),
        ("化工厂 受伤", [2]),
        ("受伤 化工厂", [2]),
        ("化工厂 防汛", []),
        ("起火，两人", [2]),
        ("abc", [3]),
        ("ＡＢＣ公司", [3]),
        ("full-width", [3]),
        ("２０２６", [3]),
        ("2026", [3]),
        ("12345", [4]),
        ("粤G", [4]),
        ("325", [4]),
        ("𠮷野", [5]),
        ("3456789", [7]),
        ("5678", [7]),
        ("0759", [7]),
        ("syj", []),
        ("sxxyjglj", [7]),
        ("cyl", [7]),
        ("遂溪县 单于", [7]),
        ("口头", [6, 5, 4, 3, 2, 1]),
    ],
)
def test_words_are_found_newest_first(room: Record, words: str, expected: list[int]) -> None:
    assert keys(room, words) == expected


def test_a_page_goes_on_where_the_last_one_ended(room: Record) -> None:
    assert keys(room, "口头", limit=2) == [6, 5]
    assert keys(room, "口头", limit=2, before=5) == [4, 3]
    assert keys(room, "口头", limit=5, before=3) == [2, 1]


def test_an_entry_is_found_by_what_it_says_now(room: Record) -> None:
    with room.writing("officer:1") as uow:
        entries.confirm(uow, 2, 1, text="仓库起火")
        entries.amend(uow, 2, 1, text="仓库冒烟", reason="核实")
    assert keys(room, "冒烟") == [2]
    assert keys(room, "化工厂") == []
    assert keys(room, "仓库起火") == []


def test_a_caller_who_becomes_known_is_found(room: Record) -> None:
    assert keys(room, "海川") == []
    with room.writing("officer:1") as uow:
        directory.add_number(uow, "13900000001", unit_id=directory.add_unit(uow, "海川镇值班室").id)
    put_together(room, TALES["missed"](Tale()).facts[:1])
    assert len(keys(room, "海川")) == 1


HOSTILE = [
    '"',
    "'",
    "'' OR 1=1 --",
    "防汛' & '值班",
    '防汛" OR "化工',
    "防汛 NEAR(值班)",
    "body:防汛",
    "entry_search MATCH",
    "^防汛*",
    "防汛 AND NOT 值班",
    "{防汛}",
    "防汛:*",
    "a<->b",
    "a & | ! ( ) b",
    "\\",
    "%_%",
    "\x00",
    "防\x00汛",
    "\ud800防汛\udfff",
    "🔥🚒",
    "👨‍👩‍👧‍👦 家",
    "①②③ ㈠ Ⅷ",
    "ａ\u0301é̂",
    "\u202e防汛\u202c",
    "ß ŉ ǰ ﬀ",
    "ไทย العربية עברית",
    "字" * 10_000,
    "防汛 " * 3_000,
    "\t\n\r",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_find_something_or_nothing(room: Record, words: str) -> None:
    if not any(pairs(word) for word in words.split()):
        with pytest.raises(ValueError, match="nothing searchable"):
            keys(room, words)
        return
    began = time.monotonic()
    assert set(keys(room, words)) <= set(range(1, 8))
    assert time.monotonic() - began < 30


@pytest.mark.timeout(300)
def test_whatever_is_written_is_found_by_its_own_words(room: Record) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(min_size=1, max_size=40))
    def check(text: str) -> None:
        with room.writing("officer:1") as uow:
            if not text.strip():
                return
            key = entries.write_manual(uow, 1, source="", text=text).id
        words = [word for word in text.split() if any(len(pair) == 2 for pair in pairs(word))]
        for word in words:
            assert key in keys(room, word, limit=1000), word

    check()


def test_long_texts_are_found_to_their_end(room: Record) -> None:
    body = "".join(chr(0x4E00 + number % 5000) for number in range(12_000)) + "末尾词语"
    with room.writing("officer:1") as uow:
        key = entries.write_manual(uow, 1, source="", text=body).id
    assert keys(room, "末尾词语") == [key]
    with room.reading() as session:
        assert session.scalars(select(Entry.text).where(Entry.id == key)).one() == body


@given(st.text())
def test_pairs_are_of_letters_and_digits_only(text: str) -> None:
    for pair in pairs(text):
        assert 1 <= len(pair) <= 2
        assert not set(pair) & set("'\"\\&|!():*<> \x00_")
