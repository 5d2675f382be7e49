"""已造成的后果: the dead, injured, missing, trapped, affected and the loss, counted only as far as they were said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from models.rules import numbers
from models.rules.elements.casualties import COUNT, PERSON, VERBS, Hit, hits
from models.rules.elements.dialogue import Line
from models.rules.elements.types import Element, Span

_ORDER = ("dead", "injured", "missing", "trapped", "affected", "loss_yuan")
_CREW = re.compile(rf"[船艇]上(?:有|共|一共|总共|载有|载着|载)?(?P<n>{COUNT})(?:个|名|位|人)")
_CORRECT = re.compile(
    rf"(?:不对|不是(?!{COUNT})|错了|更正|纠正|应该是|准确地?说|确切|改成|改为"
    rf"|说错)(?:[^，。]{{0,10}}，){{0,2}}(?:[^，。\d]{{0,3}}?)(?:是|应该是|成|为)?，?(?P<n>{COUNT})(?P<u>个人?|人"
    r"|名|位|元|块)?(?=[，。 ]|$|才对|不是|吧)"
)
_BARE = re.compile(
    r"^(?:初步|统计|准确|核实|有|大概|大约|约|差不多|好像|可能|听说|估计|目前|应该|现在|共|一共|总共|至少|，|说是"
    rf"|是)*(?P<n>{COUNT})(?P<cl>{PERSON})?(?P<u>元|块|万|吧|左右|多)*"
)
_DENIED = re.compile(
    r"^(?:目前|暂时|现在|应该|都|，|一个(?:都|也))*(?:没有?|无|冇|暂无|零|未有|没有的)(?:了|啊|吧|人"
    r"|一个)?(?=[，。]|$|没|都|人)"
)
_INNER = re.compile(r"其中|包括|里面")
_MORE = re.compile(r"(?:另外|另有|另|又|还有|再|新增|增加)(?:，)?(?:有|了)?$")
_MAYBE = re.compile(
    r"如果|要是|万一|假如|一旦|否则|不然|防止|避免|以防|怕|担心|可能(?:会|造成|导致|引起)|演练|预防|免得|将会"
)
_TOTAL = re.compile(rf"(?:一共|总共|合计|加起来|总数|总计)(?:有|是)?(?P<n>{COUNT})(?:个|人|名)(?!{VERBS['dead']})")
_SOMEBODY = re.compile(
    r"(?:有(?:一)?[个名位]|一[个名位])[^，。\d一二两三四五六七八九十]{0,3}(?:学生|工人|男|女|老|孩|司机|游客|村民"
    r"|人|员)"
)
_DIED = re.compile(
    r"抢救无效(?:死亡)?|(?:宣布|确认)(?:临床)?死亡|不治身亡|当场死亡|(?<![没有未无])(?:已经?)?死了(?!没|吗)|身亡"
)
_RUMOUR = re.compile(r"[^，。]{0,4}(?:是|，)*(?:谣传|谣言|假的|不实|不属实|没有的事|不是真的)")
_NARROWED = re.compile(rf"^{COUNT}?几(?:个|人|名|例)?人?\??$")
_TAKEN_BACK = re.compile(r"不对|不是|错|更正|纠正|核实|查实|实际")
_HELPERS = re.compile(r"(?:多少个?|几个?)人?[^，。]{0,4}(?:在[^这那]|去了|参[与加]|扑|救火|搜|出动|到场|值守)")
_STATE = re.compile(r"情况|怎么样|咋样|如何|严重|重不重|伤得|危险")
_PEOPLE = re.compile(r"几个(?:人)?|多少个?人?|几人|人数")
_CHANGED = re.compile(
    rf"(?:增加到|上升到|变成|变为|增至|升至|上升为|现在是|达到)了?(?P<n>{COUNT})(?:个|人|名|例)(?!{VERBS['dead']})"
)
_HEADS = re.compile(rf"({COUNT})(?:个|名|位)(?:大人|小孩|孩子|男|女|老人|学生|工人|船员|老师|人)")
_ANYBODY = re.compile(rf"(?P<n>{COUNT})(?P<cl>{PERSON})(?=人|，|。|$)")
_MONEY = re.compile(rf"(?P<n>{COUNT})(?P<cl>)(?:元|块|(?<=[万亿多])(?=，|。|$|吧|左右))")
_HURT = re.compile(f"{VERBS['dead']}|{VERBS['injured']}")
_REMAIN = frozenset({"trapped", "missing"})
"""Of these 还有三人 tells what is left, of the others what comes on top."""


@dataclass(slots=True)
class _Turn:
    """What one turn has counted so far: keys it `fresh`ly gave, `graded` ones summed from parts, `subset` 其中."""

    fresh: set[str] = field(default_factory=set)
    graded: set[str] = field(default_factory=set)
    subset: set[str] = field(default_factory=set)


class _Tally:
    """The counts as the call goes on: later words replace earlier ones unless they add to them or are part of them."""

    def __init__(self, ill: bool, adrift: bool) -> None:
        self.ill = ill
        self.counts: dict[str, int] = {}
        self.spans: dict[str, list[Span]] = {}
        self.other: list[Span] = []
        self.last: tuple[str, ...] = ("missing",) if adrift else ("affected",) if ill else ()

    def read(self, line: Line) -> None:
        """Take in one line: short answers first, then what it states, then a correction or total behind it."""
        said = list(hits(line.text, self.ill))
        answers = [] if said and _CORRECT.search(line.text) else _answers(line, self.last)
        said = [hit for hit in answers if not said or hit.end <= said[0].start] + said
        turn = _Turn()
        for hit in said:
            before = line.text[max(0, hit.start - 6) : hit.start]
            clause = max(line.text.rfind("，", 0, hit.start), line.text.rfind("。", 0, hit.start)) + 1
            if _MAYBE.search(line.text, clause, hit.end - 1) or _RUMOUR.match(line.text, hit.end):
                continue
            if _INNER.search(before):
                turn.subset = set(turn.fresh)
            elif _MORE.search(before) or before.endswith("。"):
                turn.subset = set()
            for key, number in hit.counts:
                if self._add(hit, key, number, before, turn):
                    turn.fresh.add(key)
                    self.spans.setdefault(key, []).append(_span(line, hit))
            if hit.counts and hit.counts[0][1]:
                self.last = tuple(key for key, _ in hit.counts)
            elif not hit.weak:
                self.last = (hit.unknown,) if hit.unknown else self.last
                self.other.append(_span(line, hit))
        self._afterwards(line, said)
        if not any(hit.counts for hit in said):
            self.last = _mentioned(line.text, self.ill) or self.last

    def put(self, key: str, number: int, span: Span) -> None:
        """Let `number` stand for `key`, whatever was said before."""
        self.counts[key], self.spans[key] = number, [span]

    def _add(self, hit: Hit, key: str, number: int, before: str, turn: "_Turn") -> bool:
        known = self.counts.get(key) if key in turn.fresh else None
        if hit.weak and key in self.counts:
            return False
        if not number and self.counts.get(key) and not hit.answers and not _TAKEN_BACK.search(before):
            return False
        if known and ((key in turn.subset and number <= known) or (hit.grade and key not in turn.graded)):
            return False
        more = _MORE.search(before) is not None and not (key in _REMAIN and "还" in before)
        if known and number and (hit.grade or more):
            self.counts[key] = known + number
        else:
            self.counts[key], self.spans[key] = number, []
            turn.graded.discard(key)
            if hit.grade:
                turn.graded.add(key)
        if not hit.grade:
            turn.graded.discard(key)
        return True

    def _afterwards(self, line: Line, said: list[Hit]) -> None:
        """三个人受伤, 不对, 是四个; 十二个老人拉肚子, 今天又多了五个, 一共十七个."""
        counted = [hit for hit in said if hit.counts]
        if not counted or not self.last:
            return
        for pattern in (_TOTAL, _CORRECT):
            match = pattern.search(line.text, counted[-1].end)
            number = numbers.whole(match["n"]) if match else None
            if match and number is not None and self.last[0] != "loss_yuan":
                start, end = line.heard.back(match.start(), match.end())
                self.put(self.last[0], number, Span(line.turn, start, end))


def draft(lines: list[Line], texts: list[str], ill: bool, adrift: bool) -> Element:
    """The element; of an illness (`ill`) people are affected and not injured, of a lost boat (`adrift`) missing."""
    tally = _Tally(ill, adrift)
    for line in lines:
        tally.read(line)
    for line in lines if adrift and "missing" not in tally.counts else ():
        if (crew := _CREW.search(line.text)) and (number := numbers.whole(crew["n"])):
            tally.put("missing", number, Span(line.turn, *line.heard.back(crew.start(), crew.end())))
    if "dead" not in tally.counts and (alone := _alone(lines)):
        tally.put("dead", 1, alone)
    chosen = sorted({span for group in tally.spans.values() for span in group}) or sorted(set(tally.other))
    if not chosen:
        return Element("consequences", False)
    text = "，".join(texts[span.turn][span.start : span.end] for span in chosen)
    counts = {key: tally.counts[key] for key in _ORDER if key in tally.counts}
    return Element("consequences", True, text, counts, tuple(chosen))


def _span(line: Line, hit: Hit) -> Span:
    return Span(line.turn, *line.heard.back(hit.start, hit.end))


def _mentioned(text: str, ill: bool) -> tuple[str, ...]:
    """The count that `text` speaks of without a number: 我们被困在电梯里了 makes a following 七个 the trapped."""
    order = ("affected",) if ill else ("trapped", "missing", "dead", "injured")
    return next(((key,) for key in order if re.search(VERBS[key], text)), ())


def _alone(lines: list[Line]) -> Span | None:
    """Where the one person that the call is about is said to have died, without a number."""
    if len({match.group() for line in lines for match in _SOMEBODY.finditer(line.text)}) != 1:
        return None
    for line in lines:
        if match := _DIED.search(line.text):
            return Span(line.turn, *line.heard.back(match.start(), match.end()))
    return None


def _answers(line: Line, last: tuple[str, ...]) -> list[Hit]:
    """What a short answer says by its question: 有没有人受伤 - 有, 三个; and bare corrections: 不对, 是三个人."""
    if corrected := _corrected(line, last):
        return [corrected]
    asked = line.asked.harms
    if (
        not asked
        and ((line.asked.topics and _PEOPLE.search(line.asked.text)) or _NARROWED.match(line.asked.text))
        and not _HELPERS.search(line.asked.text)
    ):
        asked = last[:1]
    if not asked or line.unknown:
        return []
    body = line.text[line.answer :]
    heads = [number for said in _HEADS.findall(body) if (number := numbers.whole(said)) is not None]
    if len(heads) > 1 and not _HURT.search(body):
        return [Hit(line.answer, len(line.text), ((_only(asked), sum(heads)),))]
    if denied := _DENIED.match(body):
        counts = tuple((key, 0) for key in asked if key != "loss_yuan")
        return [Hit(line.answer, line.answer + denied.end(), counts, answers=True)] if counts else []
    return list(_bare(line, body, _only(asked)))


def _corrected(line: Line, last: tuple[str, ...]) -> Hit | None:
    """不对, 是三个人; 一共十七个; 增加到三十一个: the number of what was asked or spoken of last."""
    keys = line.asked.harms or last
    match = _CORRECT.search(line.text)
    if match and ("万" in match["n"] or (match["u"] or "") in {"元", "块"}):
        keys = ("loss_yuan",)
    else:
        keys = tuple(key for key in keys if key != "loss_yuan")
        match = match or _TOTAL.search(line.text) or _CHANGED.search(line.text)
    number = numbers.whole(match["n"]) if match else None
    if match is None or number is None or not keys:
        return None
    return Hit(match.start(), match.end(), ((_only(keys), number),))


def _bare(line: Line, body: str, key: str) -> Iterator[Hit]:
    match = _BARE.match(body)
    if match is None and key == "loss_yuan":
        match = _MONEY.search(body)
    if match is None and line.asked.topics and _PEOPLE.search(line.asked.text) and not _HURT.search(body):
        match = _ANYBODY.search(body)
    number = numbers.parse(match["n"]) if match else None
    if match is None or number is None:
        return
    money = "万" in match["n"] or "元" in match.group()
    if money == (key == "loss_yuan") and (money or match["cl"]):
        part = _STATE.search(line.asked.text) is not None and not _PEOPLE.search(line.asked.text)
        yield Hit(line.answer + match.start(), line.answer + match.end(), ((key, round(number)),), weak=part)


def _only(keys: tuple[str, ...]) -> str:
    return "injured" if keys[:2] == ("dead", "injured") else keys[-1]
