"""What holds for every transcript: no error, the eleven keys, spans inside the turns, the same draft each time."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.elements import KEYS, Leg, Transcript, Turn, Vocabulary, as_json, draft, missing, parse

AT = datetime(2026, 11, 23, 2, 25, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        "嗯",
        "呃",
        "那个",
        "喂",
        "您好",
        "十点二十",
        "昨晚",
        "二十分钟前",
        "在",
        "省道二八七线",
        "廉江市石岭镇",
        "三公里处",
        "发生",
        "一起",
        "交通事故",
        "火灾",
        "三人",
        "受伤",
        "两死五伤",
        "没有",
        "不对",
        "是",
        "四个",
        "因为",
        "路滑",
        "消防",
        "已经",
        "到场",
        "正在",
        "救援",
        "下一步",
        "准备",
        "请求",
        "支援",
        "有没有",
        "人员伤亡",
        "吗",
        "？",
        "，",
        "。",
        "被困",
        "损失",
        "三百万",
        "元",
        "影响",
        "两个村",
        "水位",
        "上涨",
        "如果",
        "可能",
    ]
)
SPEECH = st.one_of(
    st.text(max_size=40), st.lists(WORDS, max_size=14).map("".join), st.lists(WORDS, max_size=9).map(" ".join)
)
TURNS = st.lists(st.builds(Turn, st.sampled_from(Leg), SPEECH), max_size=6).map(tuple)
NAMES = st.frozensets(st.text("廉江石岭镇()[*路局", max_size=4), max_size=4)


@settings(deadline=None)
@given(TURNS, NAMES, NAMES)
def test_every_transcript_has_a_draft(turns: tuple[Turn, ...], places: frozenset[str], units: frozenset[str]) -> None:
    vocabulary = Vocabulary(places, units)
    elements = draft(Transcript(turns, AT), vocabulary)
    assert tuple(elements) == KEYS
    for key, element in elements.items():
        assert element.key == key
        assert element.stated == bool(element.spans)
        assert element.spans == tuple(sorted(set(element.spans)))
        for span in element.spans:
            assert 0 <= span.start < span.end <= len(turns[span.turn].text)
    assert elements == draft(Transcript(turns, AT), vocabulary)
    assert set(missing(elements)) == {key for key in KEYS if not elements[key].stated}
    assert as_json(elements)["elements"]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_plain_text_is_always_a_transcript_or_refused_with_a_sentence(text: str) -> None:
    try:
        transcript = parse(text, AT)
    except ValueError as error:
        assert str(error).endswith(".")
        return
    assert all(turn.text.strip() for turn in transcript.turns)


@settings(deadline=None)
@given(st.lists(SPEECH, max_size=5))
def test_an_officer_alone_states_nothing(said: list[str]) -> None:
    elements = draft(Transcript(tuple(Turn(Leg.OFFICER, text) for text in said), AT), Vocabulary())
    assert not any(element.stated for element in elements.values())
