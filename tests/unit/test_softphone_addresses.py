"""Who calls, out of a From header; what to dial, out of what was typed."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from telephony.softphone.addresses import Party, WrongTarget, own, party, quoted, target

ascii_and_han = st.characters(min_codepoint=0x21, max_codepoint=0x7E) | st.characters(
    min_codepoint=0x4E00, max_codepoint=0x9FA5
)
GBK = "王小明".encode("gbk").decode("utf-8", "surrogateescape")


class TestParty:
    @pytest.mark.parametrize(
        ("header", "number", "name"),
        [
            ('"张三" <sip:13800001234@127.0.0.2>', "13800001234", "张三"),
            (r'"say \"hi\" \\ [/b]" <sip:6001@pbx:5060;transport=udp>;tag=1', "6001", 'say "hi" \\ [/b]'),
            ("Front desk <sip:6001@pbx>", "6001", "Front desk"),
            ("sip:6001@pbx", "6001", ""),
            ("<sips:+86-20@pbx>", "+86-20", ""),
            ("<sip:13800001234;phone-context=cn@pbx>", "13800001234", ""),
            ("<sip:%2B8620@pbx>", "+8620", ""),
            ('"Anonymous" <sip:anonymous@anonymous.invalid>', "", "Anonymous"),
            ('"x" <sip:13800001234@anonymous.invalid>', "", "x"),
            ("<sip:pbx>", "", ""),
            ("", "", ""),
            (f'"{GBK}" <sip:1@pbx>', "1", "王小明"),
            ('"a\r\nb\x00\x1b[31m" <sip:1@pbx>', "1", "a b[31m"),
            ("<sip:6001%0d%0a%00@pbx>", "6001", ""),
        ],
    )
    def test_number_and_name(self, header: str, number: str, name: str) -> None:
        found = party(header)
        assert (found.number, found.name) == (number, name)

    @given(st.text(st.characters(exclude_categories=()), max_size=200))
    def test_nothing_that_is_sent_makes_it_fail(self, header: str) -> None:
        found = party(header)
        for part in (found.number, found.name, found.uri):
            part.encode()
            assert part.isprintable()

    @given(st.text(ascii_and_han, min_size=1, max_size=30))
    @example('"')
    @example("[/b]张\\")
    def test_a_quoted_name_comes_back(self, name: str) -> None:
        once = f"{quoted(name)} <sip:1@pbx>"
        assume(not re.search(r'\\["\\]', name))
        assert party(once) == Party("1", name, "sip:1@pbx")
        twice = quoted(quoted(name)[1:-1])
        assert party(f"{twice} <sip:1@pbx>").name == name, "Asterisk quotes what is quoted already"


class TestTarget:
    @pytest.mark.parametrize(
        ("typed", "uri"),
        [
            ("6001", "sip:6001@pbx:5060"),
            (" 138 0000-1234 ", "sip:13800001234@pbx:5060"),
            ("（0759）3123456", "sip:07593123456@pbx:5060"),
            ("+86 20 83133333", "sip:+862083133333@pbx:5060"),
            ("*72#", "sip:*72%23@pbx:5060"),
            ("dutyline-practice", "sip:dutyline-practice@pbx:5060"),
            ("sip:6002@127.0.0.9:5071", "sip:6002@127.0.0.9:5071"),
        ],
    )
    def test_what_can_be_dialled(self, typed: str, uri: str) -> None:
        assert target(typed, "pbx:5060") == uri

    @pytest.mark.parametrize(
        "typed", ["", "   ", "6001@evil", "sip:a b@c", "sip:a>\r\nX: y", "6001;x=1", "六零零一", "1" * 65]
    )
    def test_what_cannot(self, typed: str) -> None:
        with pytest.raises(WrongTarget, match="cannot be dialled"):
            target(typed, "pbx:5060")


class TestOwn:
    def test_the_way_to_a_pbx_on_this_machine(self) -> None:
        assert own("127.0.0.1:5060") == own("127.9.8.7") == "127.0.0.1"

    @pytest.mark.parametrize("domain", ["127.0.0.1:x", "127.0.0.1:99999", "no host"])
    def test_no_way(self, domain: str) -> None:
        with pytest.raises(WrongTarget, match="cannot be reached"):
            own(domain)

    def test_nobody_named(self) -> None:
        with pytest.raises(WrongTarget, match="no PBX is named"):
            own("")
