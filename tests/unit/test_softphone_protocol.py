"""Commands and events survive the line between the two processes, and nothing else does."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.softphone import commands, events
from telephony.softphone.commands import CommandKind, Configuration, Sound, SoundKind
from telephony.softphone.events import EventKind
from telephony.softphone.protocol import _COMMANDS, _EVENTS, ProtocolError, decode_command, decode_event, encode

any_text = st.text(st.characters(exclude_categories=()), max_size=30)
"""With control characters, line breaks and lone surrogates."""


class TestEveryKind:
    def test_each_has_one_class(self) -> None:
        assert set(_COMMANDS) == {kind.value for kind in CommandKind}
        assert set(_EVENTS) == {kind.value for kind in EventKind}

    @given(st.data())
    def test_commands_come_back_as_they_went(self, data: st.DataObject) -> None:
        for cls in _COMMANDS.values():
            command = data.draw(st.builds(cls, **_values(cls)))
            line = encode(command)
            assert "\n" not in line
            assert line.isascii()
            assert decode_command(line) == command

    @given(st.data())
    def test_events_come_back_as_they_went(self, data: st.DataObject) -> None:
        for cls in _EVENTS.values():
            event = data.draw(st.builds(cls, **_values(cls)))
            assert decode_event(encode(event)) == event


class TestRefused:
    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("", "no JSON"),
            ("hello", "no JSON"),
            ("[1]", "no JSON object"),
            ("{}", "no kind"),
            ('{"kind": "sing"}', "no kind 'sing'"),
            ('{"kind": "ready"}', "no kind 'ready'"),
            ('{"kind": "dial", "call": "out-1"}', "missing"),
            ('{"kind": "dial", "call": 1, "target": "6001"}', "field 'call'"),
            ('{"kind": "reject", "call": "in-1", "code": "486"}', "field 'code'"),
            ('{"kind": "configure", "user": "a", "domain": "b", "sound": 7}', "field 'sound'"),
            ('{"kind": "configure", "user": "a", "domain": "b", "sound": {"kind": "loud"}}', "field 'sound'"),
            ('{"kind": "configure", "user": "a", "domain": "b", "codecs": [1]}', "field 'codecs'"),
        ],
    )
    def test_what_is_no_command_says_why(self, line: str, sentence: str) -> None:
        with pytest.raises(ProtocolError, match=sentence):
            decode_command(line)

    def test_a_long_line_is_not_repeated_in_the_sentence(self) -> None:
        with pytest.raises(ProtocolError) as caught:
            decode_event("x" * 1_000_000)
        assert len(str(caught.value)) < 200


def test_a_field_of_a_newer_side_is_ignored() -> None:
    line = json.dumps({"kind": "digit", "call": "in-1", "digit": "5", "loudness": 3})
    assert decode_event(line) == events.Digit(call="in-1", digit="5")


def test_the_secret_is_not_shown() -> None:
    configuration = Configuration(user="6001", domain="127.0.0.1:5060", password="hush")
    assert "hush" not in repr(configuration)
    assert "hush" in encode(configuration)


def _values(cls: type[commands.Command | events.Event]) -> dict[str, st.SearchStrategy[object]]:
    by_type: dict[object, st.SearchStrategy[object]] = {
        str: any_text,
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False),
        SoundKind: st.sampled_from(SoundKind),
        tuple[str, ...]: st.lists(any_text, max_size=3).map(tuple),
        Sound: st.builds(Sound, kind=st.sampled_from(SoundKind), play=any_text, record=any_text, loop=st.booleans()),
    }
    return {item.name: by_type[item.type] for item in fields(cls)}
