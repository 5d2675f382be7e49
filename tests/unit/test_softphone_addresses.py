"""Who calls, out of a From header; what to dial, out of what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.softphone.addresses import Party, WrongTarget, party, quoted, target

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

    @given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30))
    def test_a_quoted_name_comes_back(self, name: str) -> None:
        assert party(f"{quoted(name)} <sip:1@pbx>") == Party("1", name, "sip:1@pbx")


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
