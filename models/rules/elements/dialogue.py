"""Who said what in answer to what: questions are set apart from statements, confirmations turn one into the other."""

import re
from dataclasses import dataclass
from functools import lru_cache

from models.rules.elements.speech import Heard, hear
from models.rules.elements.types import Leg, Transcript
from models.rules.elements.wording import either

_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "time",
        re.compile(
            r"几点|什么时[候间]|何时|几时|多久|多长时间|哪天|(?:具体|发生|事发|准确)?时间(?:是|呢|$|\?)|几号|边阵时"
        ),
    ),
    (
        "source",
        re.compile(
            either(
                r"""
    您?你?[是系](?:谁|哪里的?人?$|哪个单位|哪里的|哪位|哪儿的|什么人) 哪位 哪个?单位 什么单位 单位[是呢]?\??$
    贵姓 怎么称呼 尊姓 叫什么 姓名 名字 你[是们您边哪里那]*(?:哪里|哪边)\??$ 您[那这]?边?是\??$
    ^(?:那|请问)?[你您]们?是\??$ 报告人 来电人 谁报
    哪个[^，。]{0,6}(?:所|局|部门|单位|队|科|站|医院|学校)的?\??$
    ^(?:那|请问)?[你您]们?(?:那边|这边)?是(?!不是)[^，。]{2,12}(?:的|吗|吧|是吧|\?)*$ 报告单位 谁说 听谁
    哪里(?:来的|得到)的?(?:消息|信息) 信息来源 消息来源 你(?:是)?(?:什么|哪个?)(?:人|派出所|部门|局|镇|村的)
    你哪里
    """
            )
        ),
    ),
    (
        "cause",
        re.compile(
            r"原因|起因|怎么(?:引起|起的火?|烧起|造成|着的|着火|中毒|塌|撞|爆|搞)的?|为什么|为何|为啥|因为什么|什么引起"
            r"|怎么会|点解|怎么倒|为什么跳"
        ),
    ),
    (
        "harm",
        re.compile(
            r"伤亡|受伤|死|几个人?(?:受伤|被困|失踪|失联)|被困|困在|失踪|失联|损失|多少人|几个人|几人|人员情况"
            r"|人呢|人员呢|人怎么样|伤得|危重|伤者|发热|发病|中毒人数|人(?:员)?安全|有没有人|伤员|不舒服|遇难"
            r"|受灾多少|人员|[埋困伤死]了?多少|砸到"
        ),
    ),
    (
        "scope",
        re.compile(
            r"交通(?:怎么样|如何)|影响|范围|波及|涉及|多大面积|过火|面积|扩散|停电情况|多少户|堵(?:了|车|路)|通行"
            r"|交通情况"
        ),
    ),
    (
        "plan",
        re.compile(
            r"下一步|后续|打算|接下来|需要(?:什么|我们|市里|增援|支援|帮)|支援|建议|请求|准备(?:怎么|采取)"
            r"|怎么考虑|市里要做|还需要|还要什么|要求|计划|后面怎么"
        ),
    ),
    (
        "response",
        re.compile(
            r"处置|措施|救援|派人|派了|到场|到了|谁在|处理|通知[了没]|报警[了没]|救护车|消防|怎么办的|采取|送医"
            r"|送院|疏散[了没]|抢险|组织|现场有人|谁救|兽医|120|后续呢|学生怎么"
        ),
    ),
    (
        "trend",
        re.compile(
            r"现在(?:怎么样|什么情况|情况|控制|呢|咋样|还)|目前(?:情况|怎么样|什么)|控制住|趋势|发展|火势|水位"
            r"|还在|会不会|扑灭|灭了|稳定|扩大|蔓延|情况怎么样|进展"
        ),
    ),
    ("course", re.compile(r"怎么回事|经过|过程|怎么发生|怎么样发生|详细说|具体情况|先讲讲")),
    ("nature", re.compile(r"什么事|什么情况|发生了?什么|什么性质|什么类型|出什么事|咩事|什么东西")),
    (
        "place",
        re.compile(
            r"哪里|哪儿|在哪|什么地方|什么位置|位置|地址|地点|哪个(?:镇|村|路|地方|小区|学校|矿|县|区|市|街|厂"
            r"|堤段|海域|水库|港|位置|路段)|哪条|哪段|哪一?带|边度|什么(?:路|村|镇|厂|学校|小区|河|港)"
        ),
    ),
)
_HARMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("dead injured", re.compile(r"伤亡|死伤|人呢|人员呢|人怎么样|人员情况|人员安全|人安全|人员$")),
    ("injured", re.compile(r"受伤|伤者|伤员|伤得|重伤|轻伤|不舒服|晕倒|有没有伤|伤了|伤人|[砸撞打咬压]到|[砸撞]倒")),
    ("dead", re.compile(r"死(?!伤)|遇难")),
    ("trapped", re.compile(r"被困|困在|困住|被埋|里面有多少人|埋")),
    ("missing", re.compile(r"失踪|失联|落水|不见")),
    ("loss_yuan", re.compile(r"损失")),
    ("affected", re.compile(r"受灾|影响.*人|发病|感染|发热|发烧|病例|中毒|呕吐")),
)
_CONSULTING = re.compile(
    r"(?:想(?:要)?(?:咨询|问)|要问|咨询)一?(?:下|问|个)?.{0,30}(?:什么|怎么|多少|吗|哪|谁|几|停不停|能不能|要不要)"
)
_WH = re.compile(
    r"什么|几[点个人号时]|多少|哪[里儿个位条些段一天]|在哪|怎么|为何|为啥|谁|多[大久长高深远]|如何|何时|咋|点解|边度|咩"
)
_POLAR = re.compile(
    r"吗|有没有|有无|是不是|是否|能不能|会不会|可不可以|要不要|对吧|是吧|对不对|对吗|没有$|没$|呢$|否$|\?$|冇$|未$"
)
_ASKING = re.compile(
    r"吗(?=[，。?]|$)|\?|有没有|是不是|能不能|可不可以|会不会|什么时候(?!.*(?:就|开始))|(?:怎么办|怎么样|干什么"
    r"|做什么|多少钱|在哪里?|为什么)(?=[，。?]|$)|哪里(?=[，。?]|$)|你们[^，。]{0,12}吧(?=[，。?]|$)|请问|听得清楚|([停开来去能会])不\1"
)
_YES = re.compile(
    r"(?:对+的?|是的?|没错|正确|确认|嗯|系|对头|不错|是这样)(?![不是在那这哪谁一]|(?:因为|说|个|由|被|从|刚|昨|今"
    r"|下|上))"
)
_ACKNOWLEDGED = re.compile(r"(?:收到|好的?|明白|知道了|记下了)")
_NO = re.compile(r"不是|不对|错了|没有|不")
_HEAD = re.compile(r"^(?:对+的?|是的?|没错|嗯|好的?|哦|那|呃|，|。|就是|应该是?|大概是?|具体是?|系)+")
_UNKNOWN = re.compile(
    r"不(?:太|大|很)?(?:清楚|知道|了解|明确|确定|好说|详|明)|还?没(?:有)?(?:搞|弄|查|了解|统计|核实|接到)?(?:清楚"
    r"|出来|明白|到|完)$|(?:正在|还在|还要|有待|待)(?:进一步)?(?:了解|核实|统计|调查|查|核查|确认|确定|评估|化验)"
    r"|不晓得|唔知|待查|不好判断|没统计|不明|没看到|不好讲|稍等|等一下|等一等|这个.{0,2}还"
)
_BARE = re.compile(
    r"^(?:有的?|嗯|我看看|我问一下|等等|您?稍等|好|这个|没听清|什么|喂|您好|你好|啊|是|对|你说|领导)+[，。?]?$"
)
_DEADLINE = re.compile(r"^(?:请|你们|要|记得|尽快|马上|麻烦)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question before a turn was about; `harms` names the counts it asked for, `text` its words."""

    topics: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as statement: `text` is blanked (spaces) where it only asks; `answer` starts after "yes, it is"."""

    turn: int
    heard: Heard
    text: str
    leg: Leg
    asked: Asked
    confirmed: bool = False
    answer: int = 0
    unknown: bool = False


@lru_cache(maxsize=1024)
def asked_in(text: str) -> Asked:
    """The topics of the last question in `text` (readable form), or none if it asks nothing."""
    sentences = [part for part in re.split(r"[。，]", text) if part]
    for count in (1, 2, 3):
        part = "，".join(sentences[-count:])
        if not part or not (_WH.search(part) or _POLAR.search(part) or len(part) <= 12):
            continue
        topics = tuple(topic for topic, pattern in _TOPICS if pattern.search(part))
        if not topics and _POLAR.search(part) and re.search(r"[省市县区镇乡村路街道港岛]", part):
            topics = ("place",)
        if topics:
            if re.search(r"(?:水库|山头?|村|路|厂|学校|小区|镇|河|港)叫什么|什么(?:村|镇|路|厂|学校|小区|河|港)", part):
                topics = ("place",)
            elif "source" in topics and "在" not in part:
                topics = tuple(topic for topic in topics if topic != "place")
            if re.search(r"(?:什么时候|几点|多久|何时)[^，。]{0,3}(?:能|可以|才)", part):
                topics = ("trend", *(topic for topic in topics if topic not in {"time", "trend"}))
            if count == 1 and len(sentences) > 1 and _WH.search(sentences[-2]):
                before = (topic for topic, pattern in _TOPICS if pattern.search(sentences[-2]))
                topics = tuple(dict.fromkeys((*topics, *before)))
            harms = tuple(" ".join(names for names, pattern in _HARMS if pattern.search(part)).split())
            return Asked(topics, harms, part)
    return Asked(text=text.strip("，。"))


def read(transcript: Transcript) -> list[Line]:
    """The statements of the call in order: the caller's, and of the officer's words those that the caller confirmed."""
    lines: list[Line] = []
    heard = [hear(turn.text) for turn in transcript.turns]
    asked = Asked()
    for number, turn in enumerate(transcript.turns):
        text = heard[number].text
        if turn.leg is Leg.OFFICER:
            if _confirmed(transcript, heard, number):
                lines.append(Line(number, heard[number], _without_tag(text), turn.leg, Asked(), confirmed=True))
            question = asked_in(text)
            if question.topics or not _DEADLINE.match(text):
                asked = question
            continue
        if not text.strip("，。"):
            continue
        head = _HEAD.match(text)
        statement = _blank_questions(text)
        start = head.end() if head else 0
        unknown = bool(_UNKNOWN.search(re.split(r"[，。]", text[start:])[0]))
        lines.append(Line(number, heard[number], statement, turn.leg, asked, False, start, unknown))
        own = asked_in(text) if statement != text else Asked()
        if own.topics and len(text) <= 20:
            asked = own
        elif not _BARE.match(text):
            asked = Asked()
    return lines


def _confirmed(transcript: Transcript, heard: list[Heard], number: int) -> bool:
    text = heard[number].text
    following = number + 1
    if following >= len(transcript.turns) or transcript.turns[following].leg is not Leg.CALLER:
        return False
    reply = heard[following].text
    if _WH.search(text) or re.search(r"有没有|有无|是否|没有$|没$", text):
        return False
    if _YES.match(reply):
        return not _NO.match(reply)
    return bool(_ACKNOWLEDGED.match(reply)) and len(text) > 40 and not _POLAR.search(text)


def _without_tag(text: str) -> str:
    return re.sub(
        r"(?:对吧|是吧|对吗|是吗|对不对|吗|吧)(?=[，。?]|$)", lambda match: " " * len(match.group()), text
    ).replace("?", " ")


@lru_cache(maxsize=4096)
def _blank_questions(text: str) -> str:
    """`text` with everything that asks replaced by spaces, so that positions stay."""
    if len(text) < 60 and _CONSULTING.search(text):
        return " " * len(text)
    if not _ASKING.search(text):
        return text
    blanked = list(text)
    for match in re.finditer(r"[^，。?]+[，。?]?", text):
        for mark in _ASKING.finditer(match.group()):
            start, end = match.start(), match.start() + len(match.group().rstrip("，。"))
            if end - start > 25:  # no pause was written: only the words next to the question word belong to it
                start, end = max(start, start + mark.start() - 10), min(end, match.start() + mark.end() + 8)
            blanked[start:end] = " " * (end - start)
    return "".join(blanked)
