"""已造成的后果: the dead, injured, missing, trapped, affected and the loss, counted only as far as they were said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.rules import numbers
from models.rules.elements.dialogue import Line, asked_in
from models.rules.elements.speech import Heard
from models.rules.elements.types import Element, Span

_N = rf"(?:上(?=[十百千万])|近)?{numbers.NUMBER}"
_CL = r"(?:个|名|位|人|口人?|条人命|例)"
_PAIR = (
    r"一男一女|一家(?P<family>[一二三四五六七八九十]|\d+)口|(?:夫妻|母子|父子|母女|父女|姐妹|兄弟|姐弟)(?:[俩二两]人?)?"
)
_VERBS = {
    "dead": r"死亡|身亡|遇难|丧生|殉职|牺牲|遇害|溺亡|罹难|去世|毙命|[电砸淹撞烧摔闷炸压]死|死了?(?![角伤因者的活路])|没了|没(?:有)?(?:抢)?救(?:过来|活)|不治|没(?:有)?生命体征"
    r"|没(?:有)?呼吸|断气|过身|不在了|抢救无效",
    "injured": r"(?:受了?|[重轻烧烫擦摔砸撞打砍刺炸蜇咬踩划挤压灼冻电刀枪刮捅刺割碰扭])(?:[重轻]?微?伤)(?!害|势|情|亡)|受了?(?:一?点)?[重轻]?微?(?:皮外)?伤|伤(?:了|着|到)?(?![亡势情者员害])"
    r"|骨折|昏迷|中毒(?!事件|事故)|晕倒|呛水|昏倒|挂彩|负伤|[重轻]伤",
    "missing": r"失踪|失联|下落不明|失去联[系络]|(?:还)?没(?:有)?(?:被)?找到|未找到|联系不上|联系唔到|不见了?|走失|找不到|没(?:有)?回来|被[海洪]?[浪水](?:卷|冲)走",
    "trapped": r"(?:被困|受困)(?!群众)|被埋|[埋困卡压](?:在|住)|没(?:有)?(?:逃|跑|撤|救)?(?:出来|升井)|没上来|在(?:里面|下面|井下)|没(?:有)?升井|掩埋",
    "affected": r"受灾|受(?:到)?影响|发病|呕吐|腹泻|拉肚子|腹痛|肚子[痛疼]|不适|发[烧热]|感染|确诊|吃坏|食物中毒|阳性|咳嗽|恶心|头晕",
}
_NOUN = {
    "dead": r"死亡(?:人数|人员)?|死者|遇难(?:者|人数|人员)?|身亡|死了?",
    "injured": r"受伤(?:人数|人员|的人)?|伤者|伤员|[重轻]伤(?:人数|员|者)?|[烧烫砍刺炸砸打撞蜇咬刮捅]伤了?|受了?[重轻]?微?伤|伤了?|中毒(?:人数|人员)?",
    "missing": r"失踪(?:人数|人员)?|失联(?:人数|人员)?|下落不明(?:的)?|走失",
    "trapped": r"被困(?:人数|人员|群众|村民|工人|乘客|游客|居民)?|受困(?:人数|人员|群众)?|被埋(?:压)?(?:人数|人员)?|埋了|压住了?|困住了?|困了",
    "affected": r"受灾(?:人口|群众|人数|村民)?|受影响(?:人口|群众|人数|居民)?|影响(?:到)?(?:群众|居民|人口|人数)?|发病(?:人数)?|累计病例|病例(?:数)?|感染(?:人数|者)?|波及|涉及人口",
}
_FILL = r"(?:(?!没事|没有(?!生命|呼吸|救|抢|找|升|回|出|逃|跑|撤)|未(?!找)|无(?!效)|不是|获救|救出|救起|脱险|安全|生还|逃|跑|送|转移|聚集|参与|派|赶|到场|出动)[^，。?\d零一二两三四五六七八九十几百千万俩仨])"
_AGE = r"(?:[一二三四五六七八九十]+|\d+)(?:多)?(?:来)?岁(?:左右|的)?"
_WORD = rf"(?:(?P<pair>{_PAIR})|(?P<n>{_N})(?P<cl>{_CL})?|(?P<few>有(?:好?几个?|个|名|一些)人?|好?几个人?|数名|多[人名]|有人|不少人))"
_AFTER = {
    name: re.compile(rf"{_WORD}(?:{_FILL}|{_AGE}|，(?=其余|分别|都|均|已|当场|全部)){{0,14}}?(?P<verb>{verb})")
    for name, verb in _VERBS.items()
}
_BEFORE = {
    name: re.compile(
        rf"(?P<verb>{noun})(?:的)?(?:，)?(?:(?:总数|学生|群众|村民|工人|人数|数字|一共|共计|共|累计|达到?|已|增加到|上升到|有|是|为|约|大约|大概|了|到|不是{_N}{_CL}?，?(?:而|应该)?是)，?){{0,4}}"
        rf"(?:(?:[一二三四五六七八九十百千万两]+多?|\d+)余?户，?(?:约|共|大约|、)?)?(?P<n>{_N})(?P<cl>{_CL})?(?!户|头|只|羽|尾|间|栋|辆|台|亩|座|艘|条(?!人)|处)"
    )
    for name, noun in _NOUN.items()
}
_SHORT = re.compile(
    rf"(?:(?P<d>{_N})死(?:亡)?，?(?P<i>{_N})(?:受|重|轻)?伤|死(?P<d2>{_N})，?伤(?P<i2>{_N})|(?P<d3>{_N})死(?=[，。 ]|$|{_N}?失)|(?<![轻重受])(?P<i3>{_N})伤(?=[，。 ]|$|{_N}(?:失|被)))"
    rf"(?:，?(?P<m>{_N})(?:人)?(?:失踪|失联))?(?:，?(?P<t>{_N})(?:人)?被困)?"
)
_NOT = r"(?:没有?|无|未|暂无|零|冇|并无|并没有?|未有|未造成|没造成|未发生|没发生|不存在)(?:造成|发生|出现|接到|发现|收到|听说)?(?:任何|一个|有)?(?:人员|群众|学生|工人|乘客|车辆和人员|村民|司机|居民|旅客)?(?:的)?(?:因[^，。]{1,3})?"
_NONE = re.compile(
    rf"(?P<other>{_NOT}(?:其他|其它|新增|新的|更多|进一步的?)(?:人员)?[伤死])"
    rf"|{_NOT}(?:人员?)?(?P<which>(?:(?:和|或者?|也没有?|也无|、|，没有?|，无|没有?|无|及|，也没有?|，也无)?(?:人员|人)?(?:伤亡|死伤|死亡|死人|死|重伤|受伤|伤到人?|伤人|伤者?|被困|被埋|失踪|失联|溺水|感染))+)(?!员情况|.{{0,6}}(?:清楚|统计|核实))"
)
_SAFE = re.compile(
    r"(?:人员?|大家|学生|乘客|船员|群众|工人|[一二两三四五六七八九十百]+个?人|其他人|老人|师生)?(?:都|全部?|均|也都)(?:没事|安全|平安|无恙|没有?受伤|没问题)|人(?:员)?(?:没事|冇事|平安|安全)|无人员伤亡|没有?大碍"
)
_LOSS = re.compile(
    rf"(?:经济|财产)?损失(?:[^，。\d]{{0,12}}?)(?P<n>(?:上|近|数)?{numbers.NUMBER})(?P<u>万|亿)?(?P<yuan>块钱?|元)?"
)
_TOTAL = re.compile(rf"(?:一共|总共|合计|加起来|总数|总计)(?:有|是)?(?P<n>{_N})(?:个|人|名)(?!{_VERBS['dead']})")
_ONE = re.compile(
    rf"(?:司机|驾驶员|骑手|车主|船长|机长|骑车的|骑摩托车的|阿婆|老太太)(?:{_FILL}){{0,6}}?(?:(?P<dead>{_VERBS['dead']})|(?P<injured>{_VERBS['injured']}))"
)
_CORRECT = re.compile(
    rf"(?:不对|不是|错了|更正|纠正|应该是|准确地?说|确切|改成|改为|说错)(?:[^，。]{{0,4}}，)?(?:[^，。\d]{{0,3}}?)(?:是|应该是|成|为)?，?(?P<n>{_N})(?P<u>个人?|人|名|位|元|块)?(?=[，。 ]|$|才对|不是|吧)"
)
_BARE = re.compile(
    rf"^(?:有|大概|大约|约|差不多|好像|可能|听说|估计|目前|应该|现在|共|一共|总共|至少|，|说是|是)*(?P<n>{_N})(?P<cl>{_CL})?(?P<u>元|块|万|吧|左右|多)*"
)
_DENIED = re.compile(
    r"^(?:目前|暂时|现在|应该|都|，|一个(?:都|也))*(?:没有?|无|冇|暂无|零|未有|没有的)(?:了|啊|吧|人|一个)?(?=[，。]|$|没|都|人)"
)
_SUBSET = re.compile(r"(?:其中|里面有?|包括|含|有)，?(?:有)?$")
_INNER = re.compile(r"其中|包括|里面")
_MORE = re.compile(r"(?:另外|另有|另|又|还有|再|新增|增加)(?:，)?(?:有|了)?$")
_MAYBE = re.compile(
    r"如果|要是|万一|假如|一旦|否则|不然|防止|避免|以防|怕|担心|可能(?:会|造成|导致|引起)|演练|预防|免得|将会"
)
_RUINED = re.compile(
    rf"(?:烧毁|烧光|烧掉|烧没|烧了(?:{_N})|损毁|毁坏|冲毁|冲垮|砸坏|压坏|撞坏|受损|损坏|绝收)|倒塌?(?:了)?(?:房屋)?{_N}(?:间|栋)|{_N}(?:余)?(?:多)?间(?:房屋?|屋)?(?:倒塌|受损|被毁|烧)"
    rf"|(?:死了?|死亡)[^，。]{{0,5}}?{_N}多?(?:头|只|羽|尾|条(?!人))|{_N}多?(?:头|只|羽|尾)[^，。]{{0,4}}(?:死|病死)|房屋损坏|掀了|有(?:好?几个)?人(?:员)?(?:受伤|死亡|伤亡|死了|被困|失踪)|好多血|农作物受灾"
)
_UNSAID = re.compile(r"(?:没|冇|未)有?(?:受损|损坏|损毁)")


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    counts: tuple[tuple[str, int], ...]
    grade: str = ""
    weak: bool = False


def draft(lines: list[Line], texts: list[str], ill: bool) -> Element:
    """The element; `ill` tells that the event is an illness, where those who vomit are affected and not injured."""
    counts: dict[str, int] = {}
    spans: dict[str, list[Span]] = {}
    other: list[Span] = []
    last: tuple[str, ...] = ()
    for line in lines:
        said = list(_hits(line.text, ill))
        fresh: set[str] = set()
        graded: set[str] = set()
        if not said or (line.asked.harms and line.answer and said[0].start > line.answer + 12):
            said[:0] = _answers(line, last)
        for hit in said:
            before = line.text[max(0, hit.start - 6) : hit.start]
            clause = line.text[
                max(line.text.rfind("，", 0, hit.start), line.text.rfind("。", 0, hit.start)) + 1 : hit.end
            ]
            if _MAYBE.search(clause[:-1]):
                continue
            for key, number in hit.counts:
                if hit.weak and key in counts:
                    continue
                if hit.grade and key in counts and key in fresh:
                    if _INNER.search(line.text[max(0, hit.start - 14) : hit.start]) or key not in graded:
                        continue
                    counts[key] += number
                elif key in fresh and number and (_MORE.search(before) or hit.grade):
                    counts[key] += number
                elif key in fresh and _INNER.search(before) and counts[key] >= number:
                    continue
                else:
                    counts[key] = number
                    spans[key] = []
                    graded.discard(key)
                    if hit.grade:
                        graded.add(key)
                if not hit.grade:
                    graded.discard(key)
                fresh.add(key)
                spans.setdefault(key, []).append(Span(line.turn, *line.heard.back(hit.start, hit.end)))
            if hit.counts:
                last = tuple(key for key, _ in hit.counts)
            elif not hit.weak:
                other.append(Span(line.turn, *line.heard.back(hit.start, hit.end)))
    chosen = sorted({span for group in spans.values() for span in group}) or sorted(set(other))
    if not chosen:
        return Element("consequences", False)
    text = "，".join(texts[span.turn][span.start : span.end] for span in chosen)
    order = ("dead", "injured", "missing", "trapped", "affected", "loss_yuan")
    return Element("consequences", True, text, {key: counts[key] for key in order if key in counts}, tuple(chosen))


@lru_cache(maxsize=8192)
def _hits(text: str, ill: bool) -> tuple[_Hit, ...]:
    found = list(_all(text, ill))
    found.sort(key=lambda hit: (hit.start, -len(hit.counts), hit.end))
    kept: list[_Hit] = []
    for hit in found:
        if kept and hit.start < kept[-1].end:
            continue
        kept.append(hit)
    return tuple(kept)


def _all(text: str, ill: bool) -> Iterator[_Hit]:
    for match in _NONE.finditer(text):
        if match["other"]:
            yield _Hit(match.start(), match.end(), (), weak=True)
            continue
        keys: dict[str, int] = {}
        which = match["which"]
        for words, names in (
            ("伤亡|死伤", "dead injured"),
            ("死", "dead"),
            ("受伤|伤人|伤到|伤者|伤$|重伤", "injured"),
            ("被困|被埋", "trapped"),
            ("失踪|失联", "missing"),
        ):
            if re.search(words, which) and not (words == "死" and "死伤" in which):
                keys.update(dict.fromkeys(names.split(), 0))
        yield _Hit(match.start(), match.end(), tuple(keys.items()))
    for match in _SAFE.finditer(text):
        yield _Hit(match.start(), match.end(), (("dead", 0), ("injured", 0)), weak=True)
    for match in _SHORT.finditer(text):
        pairs = (("dead", "d d2 d3"), ("injured", "i i2 i3"), ("missing", "m"), ("trapped", "t"))
        said = [(key, next((match[name] for name in names.split() if match[name]), None)) for key, names in pairs]
        counts = [(key, numbers.whole(word)) for key, word in said if word]
        yield _Hit(match.start(), match.end(), tuple((key, count) for key, count in counts if count is not None))
    for match in _LOSS.finditer(text):
        if (amount := _money(match["n"], match["u"], match["yuan"])) is not None:
            yield _Hit(match.start(), match.end(), (("loss_yuan", amount),))
    for match in _ONE.finditer(text):
        yield _Hit(match.start(), match.end(), (("dead" if match["dead"] else "injured", 1),), weak=True)
    for match in _RUINED.finditer(text):
        if not _UNSAID.search(text[max(0, match.start() - 3) : match.end()]):
            yield _Hit(match.start(), match.end(), ())
    for key in _VERBS:
        for match in _AFTER[key].finditer(text):
            yield from _counted(key, match, text, ill)
        for match in _BEFORE[key].finditer(text):
            if match["cl"] or key == "affected" and (numbers.whole(match["n"]) or 0) >= 100 and "人口" in match["verb"]:
                yield from _counted(key, match, text, ill)


def _counted(key: str, match: re.Match[str], text: str, ill: bool) -> Iterator[_Hit]:
    groups = match.groupdict()
    if key == "injured" and ill and re.search("中毒|晕倒|昏", match["verb"]):
        key = "affected"
    if groups.get("few"):
        yield _Hit(match.start(), match.end(), ())
        return
    if groups.get("pair"):
        count = numbers.whole(groups["family"]) if groups.get("family") else 2
    else:
        said = match["n"]
        if not match["cl"] and (len(said) > 3 or not said[-1] in "俩仨"):
            return
        count = numbers.whole(said)
        if text[max(0, match.start("n") - 1) : match.start("n")] in {"第", "路", "道", "K", "G", "S", "号", "."}:
            return
    grade = match["verb"][0] if match["verb"][0] in "重轻" and len(match["verb"]) >= 2 else ""
    grade = grade or next((mark for mark in "重轻" if mark in match["verb"][:3]), "")
    yield _Hit(match.start(), match.end(), ((key, count),) if count is not None else (), grade)


def _money(said: str, unit: str | None, yuan: str | None) -> int | None:
    if not (unit or yuan or said[-1] in "万亿" or "万" in said or "亿" in said):
        return None
    amount = numbers.parse(said)
    if amount is None:
        return None
    return round(amount * {"万": 10_000, "亿": 100_000_000}.get(unit or "", 1))


def _answers(line: Line, last: tuple[str, ...]) -> list[_Hit]:
    """What a short answer says by its question: 有没有人受伤 - 有, 三个; and bare corrections: 不对, 是三个人."""
    asked = line.asked.harms
    text = line.text
    if match := _CORRECT.search(text):
        money = "万" in match["n"] or (match["u"] or "") in {"元", "块"}
        keys = (asked or last) if not money else ("loss_yuan",)
        count = numbers.whole(match["n"])
        keys = tuple(key for key in keys if (key == "loss_yuan") == money)
        if keys and count is not None and (match["u"] or money or numbers.whole(match["n"]) is not None):
            return [_Hit(match.start(), match.end(), ((_only(keys), count),))]
    if match := _TOTAL.search(text):
        count = numbers.whole(match["n"])
        if last and count is not None:
            return [_Hit(match.start(), match.end(), ((last[0], count),))]
    if not asked or line.unknown:
        return []
    start = line.answer
    if _DENIED.match(text[start:]):
        match = _DENIED.match(text[start:])
        keys = tuple(key for key in asked if key != "loss_yuan")
        return [_Hit(start, start + (match.end() if match else 1), tuple((key, 0) for key in keys))] if keys else []
    match = _BARE.match(text[start:])
    count = numbers.parse(match["n"]) if match else None
    if match is None or count is None:
        return []
    key = _only(asked)
    if (key == "loss_yuan") != ("万" in match["n"] or "元" in match.group()) or (
        key != "loss_yuan" and not match["cl"]
    ):
        return []
    return [_Hit(start, start + match.end(), ((key, round(count)),))]


def _only(keys: tuple[str, ...]) -> str:
    return "injured" if keys[:2] == ("dead", "injured") else keys[-1]


def question_harms(heard: Heard) -> tuple[str, ...]:
    """The counts that a question asks for."""
    return asked_in(heard.text).harms
