"""People counted in speech: 两死五伤, 三人受伤其中一人重伤, 没有人员伤亡; every count with where it was said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.rules import numbers

COUNT = rf"(?:上(?=[十百千万])|近)?{numbers.NUMBER}"
PERSON = r"(?:个|名|位|人|口人?|条人命|例|(?=居民|群众|村民|旅客|学生|男|女|老人|小孩|妇))"
_PAIR = (
    r"一男一女|一家(?P<family>[一二三四五六七八九十]|\d+)口|(?:夫妻|母子|父子|母女|父女|姐妹|兄弟|姐弟)(?:[俩二两]人?)?"
)
VERBS = {
    "dead": (
        r"死亡|身亡|遇难|丧生|殉职|牺牲|遇害|溺亡|罹难|去世|毙命|[电砸淹撞烧摔闷炸压]死|死了?(?![角伤因者的活路])"
        r"|没了|没(?:有)?(?:抢)?救(?:过来|活)|不治|没(?:有)?生命体征|没(?:有)?呼吸|断气|过身|不在了|抢救无效"
    ),
    "injured": (
        r"(?:受了?|[重轻烧烫擦摔砸撞打砍刺炸蜇咬踩划挤压灼冻电刀枪刮捅刺割碰扭])(?:[重轻]?微?伤)(?!害|势|情|亡)"
        r"|受了?(?:一?点)?[重轻]?微?(?:皮外)?伤|伤(?:了|着|到)?(?![亡势情者员害])|骨折|昏迷|中毒(?!事件|事故)"
        r"|(?<!疾病)(?:晕倒|昏倒)|呛水|挂彩|流血|负伤|[熏呛]倒|熏晕|皮外伤|休克|[重轻]伤"
    ),
    "missing": (
        r"失踪|失联|下落不明|失去联[系络]|(?:还)?没(?:有)?(?:被)?找到|未找到|还在(?:找|搜|捞)|没捞(?:到|上来)"
        r"|不知去向|联系不上|联系唔到|不见了?|走失|找不到|没(?:有)?回来|被[海洪]?[浪水](?:卷|冲)走"
    ),
    "trapped": (
        r"(?:被困|受困)(?!群众)|被埋|[埋困卡压](?:在|住)|没(?:有)?(?:逃|跑|撤|救)?(?:出来|升井)|没上来|在(?:里面"
        r"|下面|井下)|没(?:有)?升井|掩埋|下不来|出不来"
    ),
    "affected": (
        r"受灾|受(?:到)?影响|发病|呕吐|腹泻|拉肚子|腹痛|肚子[痛疼]|不适|发[烧热]|感染|确诊|吃坏|食物中毒|阳性|咳嗽"
        r"|恶心|头晕|症状|不舒服"
    ),
}
_NOUN = {
    "dead": r"死亡(?:人数|人员)?|死者|遇难(?:者|人数|人员)?|身亡|死了?",
    "injured": (
        r"受伤(?:人数|人员|的人)?|伤者|伤员|[重轻]伤(?:人数|员|者)?|[烧烫砍刺炸砸打撞蜇咬刮捅]伤了?"
        r"|受了?[重轻]?微?伤|伤了?|中毒(?:人数|人员)?"
    ),
    "missing": r"还差|还少|失踪(?:人数|人员)?|失联(?:人数|人员)?|下落不明(?:的)?|走失",
    "trapped": (
        r"被困(?:人数|人员|群众|村民|工人|乘客|游客|居民)?|受困(?:人数|人员|群众)?|被埋(?:压)?(?:人数|人员)?|埋了"
        r"|压住了?|困住了?|困了"
    ),
    "affected": (
        r"受灾(?:人口|群众|人数|村民)?|受影响(?:人口|群众|人数|居民)?|影响(?:到"
        r"|了)?[^，。\d零一二两三四五六七八九十百千万几]{0,8}|发病(?:人数)?|累计病例|病例(?:数)?|感染(?:人数|者)?"
        r"|波及|涉及人口"
    ),
}
_FILL = (
    r"(?:(?!没事|没有(?!生命|呼吸|救|抢|找|升|回|出|逃|跑|撤)|未(?!找)|无(?!效)|不是|获救|救出|救起|脱险|安全|生还|逃"
    r"|跑|送|转移|聚集|参与|派|赶|到场|出动)[^，。?\d零一二两三四五六七八九十几百千万俩仨])"
)
_AGE = r"(?:[一二三四五六七八九十]+|\d+)(?:多)?(?:来)?[岁旬](?:左右|的)?"
_WORD = (
    rf"(?:(?P<pair>{_PAIR})|(?P<n>{COUNT}(?={PERSON})|[俩仨])(?P<cl>{PERSON})?|(?P<single>有[个名])"
    r"|(?P<few>(?<![没未])有(?:好?几个?|一些)人?|好?几个人?|数名|多[人名]|(?<![没未])有人|不少人))"
)
_AFTER = {
    name: re.compile(
        rf"{_WORD}(?:{_FILL}|{_AGE}|，(?=其余|分别|都|均|已|当场|全部|现在|目前|至今|人还|到现在|称"
        rf"|出现)){{0,20}}?(?P<verb>{verb})"
    )
    for name, verb in VERBS.items()
}
_BEFORE = {
    name: re.compile(
        rf"(?P<verb>{noun})(?:的)?(?:，)?(?:(?:总数|学生|群众|村民|工人|人数|数字|一共|共计|共|累计|达到?|已"
        rf"|增加到|上升到|变成|变为|增至|升至|上升为|改为|有|是|为|约|大约|大概|了|到|也?不是{COUNT}{PERSON}?，?(?:而"
        r"|应该)?是)，?){0,4}(?:(?:[一二三四五六七八九十百千万两]+多?|\d+)余?户，?(?:约|共|大约"
        rf"|、)?)?(?P<n>{COUNT})(?P<cl>{PERSON})?(?!户|头|只|羽|尾|间|栋|辆|台|亩|座|艘|条(?!人)|处)"
    )
    for name, noun in _NOUN.items()
}
_SHORT = re.compile(
    rf"(?:(?P<d>{COUNT})死(?:亡)?，?(?P<i>{COUNT})(?:受|重|轻)?伤|死了?(?P<d2>{COUNT})，?伤了?(?P<i2>{COUNT})"
    rf"|(?P<d3>{COUNT})死(?=[，。 ]|$|{COUNT}?失)|(?<![轻重受])(?P<i3>{COUNT})伤(?=[，。 ]|$|{COUNT}(?:失"
    rf"|被)))(?:，?(?P<m>{COUNT})(?:人)?(?:失踪|失联))?(?:，?(?P<t>{COUNT})(?:人)?被困)?"
)
_NOT = (
    r"(?:没有?|无|未|暂无|零|冇|并无|并没有?|未有|未造成|没造成|未发生|没发生|不存在)(?:造成|发生|出现|接到|发现|收到"
    r"|听说)?(?:任何|一(?=人?[伤死])|一个|有|人员|群众|学生|工人|乘客|车辆|村民|司机|居民|旅客|游客|和|及|或者?|的"
    r"|因[^，。]{1,3})*"
)
_NONE = re.compile(
    rf"(?P<other>{_NOT}(?:其他|其它|新增|新的|更多|进一步的?)(?:人员)?[伤死])|{_NOT}(?:人员?)?(?P<which>(?:(?:和"
    r"|或者?|也没有?|也无|、|，没有?|，无|没有?|无|及|，也没有?|，也无)?(?:人员|人)?(?:伤亡|死伤|死亡|死人|死"
    r"|重伤|受伤|伤到人?|伤人|伤者?|被困|被埋|失踪|失联|溺水|感染))+)(?!员情况|.{0,6}(?:清楚|统计|核实))"
)
_SAFE = re.compile(
    r"(?:人员?|大家|学生|乘客|船员|群众|工人|[一二两三四五六七八九十百]+个?人|其他人|老人|师生)?(?:都|全部?|均"
    r"|也都)(?:没事|安全|平安|无恙|没有?受伤|没问题)|(?<![个名位两三四五六七八九十\d])人(?:员)?(?:没事|冇事|平安"
    r"|安全)|无人员伤亡"
)
_LOSS = re.compile(
    rf"(?:经济|财产)?损失(?!负荷|电)(?:[^，。\d]{{0,12}}?)(?P<n>(?:上|近|数)?{numbers.NUMBER})(?P<u>万"
    r"|亿)?(?P<yuan>块钱?|元)?"
)
_ONE = re.compile(
    r"(?:司机|驾驶[员人]|骑车人|骑手|车主|船长|机长|骑车的|骑摩托车的|摊主|店主|户主|房主|阿婆"
    rf"|老太太)(?:{_FILL}){{0,6}}?(?:(?P<dead>{VERBS['dead']})|(?P<injured>{VERBS['injured']}))"
)
_BODY = re.compile(
    rf"(?P<n>{COUNT})?具[^，。]{{0,3}}(?:尸体|遗体|女尸|男尸)|(?:遗体|尸体)[^，。]{{0,3}}，?(?P<pair>一男一女)"
)
_SENT = re.compile(
    rf"(?P<n>{COUNT})(?:个|名|位|人)人?[^，。?没\d零一二两三四五六七八九十几百]{{0,4}}?(?:送(?:往|到|去|至"
    r"|了)?[^，。]{0,6}(?:医|院)|入院|住院)"
)
_STRUCK = re.compile(
    rf"(?:砸到?中?|撞到|撞倒|压到|刮倒|扎到)了?(?P<n>{COUNT})(?:个|名|位)[^，。\d]{{0,5}}?(?:人|学生|工人|行人|老人|小孩|游客|阿姨|大爷|大妈|妇女|女|男|孩|员"
    r"|村民|群众|乘客)"
)
_CASES = re.compile(rf"(?<!新增)(?P<n>{COUNT})例(?!死|重症|危重|子|外)")
_RECEIVED = re.compile(
    rf"(?:收了?|收治了?|接收了?|接诊了?|送来了?)(?:一共|共|有)?(?P<n>{COUNT})(?:个|名|位)(?=病人|患者|伤者|伤员|学生|孩子|小孩|人|，|。|$"
    rf"|[^，。]{{0,6}}中毒)"
)
_CALLED = re.compile(
    rf"(?P<n>{COUNT})(?:个|名|位)(?:(?P<dead>死者|遇难者|死难者)|(?P<injured>伤者|伤员)|(?P<missing>失踪者)|(?P<trapped>被困者))"
    rf"(?![^，。]{{0,8}}(?:死|不治|抢救无效))"
)
_COUNTED = ((_STRUCK, "injured"), (_SENT, "injured"), (_RECEIVED, "injured"), (_CASES, "affected"))
"""Counts that hold unless a plainer one was said; of an illness the injured are the affected."""
_RUINED = re.compile(
    rf"(?:烧毁|烧光|烧掉|烧没|烧了(?:{COUNT})|损毁|毁坏|冲毁|冲垮|砸坏|压坏|撞坏|受损|损坏|绝收)"
    rf"|倒塌?(?:了)?(?:房屋)?{COUNT}(?:间|栋)|{COUNT}(?:余)?(?:多)?间(?:房屋?|屋)?(?:倒塌|受损|被毁|烧)|(?:死了?"
    rf"|死亡)[^，。]{{0,5}}?{COUNT}多?(?:头|只|羽|尾|条(?!人))|{COUNT}多?(?:头|只|羽|尾)[^，。]{{0,4}}(?:死|病死)"
    r"|房屋损坏|掀了|有(?:好?几个)?人(?:员)?(?:受伤|死亡|伤亡|死了|被困|失踪)|好多血|农作物受灾"
)
_UNSAID = re.compile(r"(?:没|冇|未)有?(?:受损|损坏|损毁)")


_ALONE = re.compile(r"人口|人数")
"""Words after which a number needs no 人."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Counts of text[start:end]; `weak` gives way, `grade` is a part of the injured, `unknown` a key without number,
    `answers` a question."""

    start: int
    end: int
    counts: tuple[tuple[str, int], ...]
    grade: str = ""
    weak: bool = False
    unknown: str = ""
    answers: bool = False


@lru_cache(maxsize=8192)
def hits(text: str, ill: bool) -> tuple[Hit, ...]:
    found = list(_all(text, ill))
    found.sort(key=lambda hit: (hit.start, -len(hit.counts), hit.end))
    kept: list[Hit] = []
    for hit in found:
        if kept and hit.start < kept[-1].end:
            continue
        kept.append(hit)
    return tuple(kept)


def _all(text: str, ill: bool) -> Iterator[Hit]:
    yield from _denied(text)
    yield from _particular(text, ill)
    yield from _named(text)
    for match in _RUINED.finditer(text):
        if not _UNSAID.search(text[max(0, match.start() - 3) : match.end()]):
            yield Hit(match.start(), match.end(), ())
    for key in VERBS:
        for match in _AFTER[key].finditer(text):
            yield from _counted(key, match, text, ill)
        for match in _BEFORE[key].finditer(text):
            if match["cl"] is not None or _ALONE.search(match["verb"]) or match["n"][-1] in "俩仨":
                yield from _counted(key, match, text, ill)


def _denied(text: str) -> Iterator[Hit]:
    for match in _NONE.finditer(text):
        if match["other"]:
            yield Hit(match.start(), match.end(), (), weak=True)
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
        yield Hit(match.start(), match.end(), tuple(keys.items()))


def _particular(text: str, ill: bool) -> Iterator[Hit]:
    for match in _SAFE.finditer(text):
        yield Hit(match.start(), match.end(), (("dead", 0), ("injured", 0)), weak=True)
    for match in _SHORT.finditer(text):
        pairs = (("dead", "d d2 d3"), ("injured", "i i2 i3"), ("missing", "m"), ("trapped", "t"))
        said = [(key, next((match[name] for name in names.split() if match[name]), None)) for key, names in pairs]
        counts = [(key, numbers.whole(word)) for key, word in said if word]
        yield Hit(match.start(), match.end(), tuple((key, count) for key, count in counts if count is not None))
    for match in _LOSS.finditer(text):
        if (amount := _money(match["n"], match["u"], match["yuan"])) is not None:
            yield Hit(match.start(), match.end(), (("loss_yuan", amount),))
    for pattern, key in _COUNTED:
        for match in pattern.finditer(text):
            if (count := numbers.whole(match["n"])) is not None:
                yield Hit(
                    match.start(), match.end(), (("affected" if ill and key == "injured" else key, count),), weak=True
                )
    for match in _ONE.finditer(text):
        yield Hit(match.start(), match.end(), (("dead" if match["dead"] else "injured", 1),), weak=True)


def _named(text: str) -> Iterator[Hit]:
    for match in _BODY.finditer(text):
        count = 2 if match["pair"] else numbers.whole(match["n"] or "一")
        if count is not None:
            yield Hit(match.start(), match.end(), (("dead", count),))
    for match in _CALLED.finditer(text):
        key = next(key for key in ("dead", "injured", "missing", "trapped") if match[key])
        if (count := numbers.whole(match["n"])) is not None:
            yield Hit(match.start(), match.end(), ((key, count),), weak=key == "injured")


def _counted(key: str, match: re.Match[str], text: str, ill: bool) -> Iterator[Hit]:
    groups = match.groupdict()
    if key == "injured" and ill and re.search("中毒|晕倒|昏", match["verb"]):
        key = "affected"
    if key == "affected" and match["verb"].startswith("影响") and groups.get("cl") not in {"人", "名", "位", ""}:
        return
    if groups.get("few"):
        yield Hit(match.start(), match.end(), (), unknown=key)
        return
    if groups.get("pair"):
        count = numbers.whole(groups["family"]) if groups.get("family") else 2
    elif groups.get("single"):
        count = 1
    else:
        said = match["n"]
        if match["cl"] is None and said[-1] not in "俩仨" and not _ALONE.search(match["verb"]):
            return
        count = numbers.whole(said)
        if text[max(0, match.start("n") - 1) : match.start("n")] in {"第", "路", "道", "K", "G", "S", "号", "."}:
            return
    grade = next((mark for mark in ("重", "轻", "昏迷", "骨折", "皮外", "休克", "擦") if mark in match["verb"][:3]), "")
    yield Hit(match.start(), match.end(), ((key, count),) if count is not None else (), grade)


def _money(said: str, unit: str | None, yuan: str | None) -> int | None:
    if not (unit or yuan or said[-1] in "万亿" or "万" in said or "亿" in said):
        return None
    amount = numbers.parse(said)
    if amount is None:
        return None
    return round(amount * {"万": 10_000, "亿": 100_000_000}.get(unit or "", 1))
