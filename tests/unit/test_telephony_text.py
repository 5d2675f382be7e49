"""What callers are named, whatever bytes they came in."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.text import LONGEST, caller_name, caller_number, name_in_from, recover


@pytest.mark.parametrize("name", ["值班室", "张三 县应急局", "镕朱", "𠮷野家", "局", "O'Neil", "José", "Иван", "Ωmega"])
def test_utf8_and_gb18030_come_out_alike(name: str) -> None:
    assert recover(name.encode("utf-8")) == name
    assert recover(name.encode("utf-8").decode("utf-8", "surrogateescape")) == name
    raw = name.encode("gb18030")
    if any(ord(char) > 0x2FFF for char in name):
        assert recover(raw) == name
        assert recover(raw.decode("utf-8", "surrogateescape")) == name


def test_gbk_that_also_is_utf8_is_read_as_the_common_name() -> None:
    raw = "值帽".encode("gbk")
    assert raw.decode("utf-8")  # the trap: these bytes are valid UTF-8
    assert recover(raw) == "值帽"


def test_a_character_cut_by_a_buffer_does_not_change_the_charset() -> None:
    assert recover("值班室".encode()[:-1]) == "值班"
    assert recover("市应急局".encode("gbk")[:-1]) == "市应急"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("line\r\nbreak\u2028x", "line break x"),
        ("a\x00\x01\x7fb\u202ertl\u200b", "abrtl"),
        (" \t ", ""),
        ("[/markup] <b>", "[/markup] <b>"),
    ],
)
def test_one_line_without_controls(value: str, shown: str) -> None:
    assert recover(value) == shown


@given(st.one_of(st.binary(max_size=64), st.text(max_size=64), st.text(st.characters(codec=None), max_size=16)))
def test_nothing_fails_and_the_result_is_one_storable_line(value: bytes | str) -> None:
    text = caller_name(value)
    assert text == text.strip()
    assert len(text) <= LONGEST
    assert "\n" not in text and "\r" not in text and "\x00" not in text
    text.encode("utf-8")


def test_names_undo_sip_quoting_and_asterisks_word_for_nothing() -> None:
    assert caller_name(r"he said \"hi\", a\\b") == r'he said "hi", a\b'
    assert caller_name("<unknown>") == ""
    assert len(caller_name("长" * 1000)) == LONGEST


@pytest.mark.parametrize("hidden", ["", "<unknown>", "anonymous", "Anonymous", "s"])
def test_a_hidden_number_is_empty(hidden: str) -> None:
    assert caller_number(hidden) == ""


def test_the_from_header_brings_the_name_that_pjsip_destroyed() -> None:
    header = '"值班室 [/red]" <sip:139@127.0.0.2>;tag=1'.encode("gbk")
    assert name_in_from(base64.b64encode(header).decode()) == "值班室 [/red]"
    assert name_in_from(base64.b64encode(rb'"he \"x\" <y>" <sip:1@h>').decode()) == 'he "x" <y>'
    assert name_in_from(base64.b64encode("张三 <sip:1@h>".encode()).decode()) == "张三"
    assert name_in_from(base64.b64encode(header).decode().rstrip("=")) == "值班室 [/red]"
    long = base64.b64encode(f'"{"长" * 500}" <sip:1@h>'.encode()).decode()
    assert name_in_from(long[:280]) == "长" * 69


@pytest.mark.parametrize(
    "encoded", ["", "%%%", "PHNpcDoxQGg+", "PHNpcDox", "c2lwOjFAaDt0YWc9MQ==", "Y", "值", "sip:1@h"]
)
def test_a_from_header_without_a_name_or_without_sense_is_no_name(encoded: str) -> None:
    assert name_in_from(encoded) == ""
