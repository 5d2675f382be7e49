"""时间: when the event was, told from the times of the call, the report, the response and the plan."""

import re
from datetime import datetime
from functools import lru_cache

from models.rules import times
from models.rules.elements.dialogue import Line
from models.rules.elements.types import Element, Span
from models.rules.elements.wording import either
from models.rules.times import Kind, Moment

_HAPPENED = either(
    r"""
    发生 出现 起火 着火 失火 爆炸 倒塌 坍塌 垮塌 塌 撞 追尾 侧翻 翻 溺水 落水 泄漏 停电 停水 失[去联] 联系不上
    没有?回来 失踪 起了 烧 登陆 漫堤 淹 滑坡 决 聚集 死 坠 打[架起伤] 砍 跳闸 爆裂 开始 事发 出事 出险 发现 看见
    看到 炸 沉 触 脱轨 出海 吃 晕 中毒 接诊 收治 打过 冒烟 卷走 搁浅 抢 不见 走失 备降 堵 发布 被挖 降 游泳 有人
    倒 刮 踩踏 有震感 停运 以后 以来 的事 持刀 事故 火灾 冲突 有个 一辆 一艘 一名 突发 灾 中毒 漏 抢劫 腹泻 呕吐
    """
)
_EVENT = re.compile(_HAPPENED)
_BACKGROUND = re.compile(r"出海|吃|游泳|降|有人|开始|发现")
_REPORTED = re.compile(
    r"^(?:左右|许|多|钟|的时候|，|就|我[们局县镇区市台所站]?|才|，|又|刚|值班室|中心|指挥中心|110|119|派出所|消防"
    r"|[我本]支队)*(?:接到?(?:了)?(?!诊)(?:报|警|群众|电话|通知|110|[^，。]{0,10}(?:报告|报警|电话|来电|通报"
    r"|反映))|收到|获悉|报警|接警|报告|上报|通知|打电话|来电|通报)"
)
_ACTED = re.compile(
    r"^(?:左右|许|多|钟|的时候|，|就|已经?|才|全部|基本|又|消防|公安|交警|救护车|120|我们|明火|火势|水位|道路"
    r"|救援人员)*[^，。]{0,4}?(?:到场|到达|到了|赶到|到位|扑灭|得到控制|控制|堵住|堵漏|止住|关闭|切断|修复|排除|制服|抓获|救出|派(?!出所)|出发|送|启动|恢复"
    r"|抢救无效|转移|疏散|打捞|找到遗体|找到|捞到|捞上来|救上来|开会|召开|出动|通车|解除|灭|散了|升级|更新|截止|处置)"
)
_COMING = re.compile(
    r"预计|计划|准备|将(?!近)|预报|争取|打算|拟|估计|请在|要求|力争|之后再|通知明天|大概要到|需要|才能"
)
_UNTIL = re.compile(r"(?:截至|截止|到(?:了)?(?!现在)|目前|至|直到)(?:今天|今早|今日)?$")
_DEADLINE = re.compile(r"^(?:之前|以前|前(?!后)|为止|之内)")
_NAMED = re.compile(
    r"(?:发生|事发|事故|起火|具体)?(?:的)?(?:时间|时候)(?:大?概?是?|为|在|：|，"
    r"|应该是)*(?:不是[^，。]{0,6}，?是)?$|事发(?:在|于)?$|发生在$"
)
_WRONG = re.compile(r"(?:比|较|跟|像)$|不是$|不是[^，。]{0,2}$|原来(?:报的?|说的?)?(?:是)?$|别的")
_RIGHT = re.compile(
    r"(?:不对|错了|更正|纠正|应该是|准确|改成|改为|不是[^，。]{1,9})(?:[^，。]{0,4}，)?(?:是|应该是|，|时间|为|在"
    r"|的|应该)*$"
)
_SPEECH = re.compile(
    r"^(?:，|已经|就|我们?|跟你们?|跟您|向)*(?:说|报的|讲|看错|打过|报过|传|发的|上报|打电话|打来|打给|问|接到"
    r"|收到|反映|听到?说|听说|那个?电话)"
)
_LASTING = re.compile(
    r"(?:烧|着火?|停[电水气]?|困|堵|漏|淹|没[电水]|失联|聚集|冒烟|闹|断)[^，。]{0,6}?，?(?:已经|都|快|大概|有"
    r"|差不多|了)*(?P<length>(?:[一二两三四五六七八九十几半]+|\d+)(?:个半|个多|多|来|个)*(?:小时|钟头|分钟|天"
    r"|刻钟)(?:多|左右)?)(?:了|$|，|。)"
)
_UPDATE = re.compile(
    r"[^，。]{0,6}报(?:告|过|上来)?的|[^，。]{0,14}(?:事(?=[，。]|$)|的(?:情况|事[，。]|那[起个]|火灾|事故|事件))"
)
_OLD = re.compile(r"^(?:那[份次]|的?(?:报告|通报)|出院|毕业|买|建|投产|成立|签|检查过|维修过)")

_PLAIN = {Kind.CLOCK: 8.0, Kind.AGO: 8.0, Kind.NOW: 4.0, Kind.DAY: 2.0, Kind.LASTING: 5.0}


def draft(lines: list[Line], texts: list[str], at: datetime) -> Element:
    """The moment that the words around it make the event's; none if all are of reports, actions and plans."""
    best: tuple[float, int, Moment, Line] | None = None
    order = 0
    for line in lines:
        moments = list(_moments(line.text, at))
        answering = "time" in line.asked.topics
        if answering and not any(moment.kind is not Kind.NOW for moment in moments) and not line.unknown:
            since = times.lasted(line.text, at)
            if since:
                moments = [since, *moments]
        for place, moment in enumerate(moments):
            order += 1
            following = moments[place + 1].start if place + 1 < len(moments) else len(line.text)
            score = _score(line, moment, following, at)
            if answering and score is not None and moment.start <= line.answer + 10 and not moment.future:
                score += 9
            if score is None or score < 4:
                continue
            rank = (score - (20 if moment.kind is Kind.NOW else 0), -order)
            if best is None or rank > best[:2]:
                best = (*rank, moment, line)
    if best is None:
        for line in lines:
            if (match := _LASTING.search(line.text)) and (
                since := times.lasted(line.text[match.start("length") :], at)
            ):
                shift = match.start("length")
                moment = Moment(since.start + shift, since.end + shift, since.value, since.kind, False)
                best = (1.0, 0, moment, line)
                break
    if best is None:
        return Element("time", False)
    _, _, moment, line = best
    span = Span(line.turn, *line.heard.back(moment.start, moment.end))
    value = moment.value.replace(microsecond=0)
    return Element("time", True, texts[span.turn][span.start : span.end], value.isoformat(), (span,))


@lru_cache(maxsize=4096)
def _moments(text: str, at: datetime) -> tuple[Moment, ...]:
    return tuple(times.find(text, at))


def _score(line: Line, moment: Moment, following: int, at: datetime) -> float | None:
    """How likely `moment` is the event's, None if it is not."""
    text = line.text
    edge = max(text.rfind(mark, 0, moment.start) for mark in "。，?") + 1
    before = text[max(edge, moment.start - 16) : moment.start]
    wide = text[max(0, moment.start - 12) : moment.start]
    after = text[moment.end : min(following, moment.end + 40)].split("。")[0]
    if _is_other(moment, before, wide, after, at):
        return None
    score = _PLAIN[moment.kind] + (30 if _RIGHT.search(wide) else 0)
    if _NAMED.search(before):
        return score + 12
    told = "time" in line.asked.topics and moment.start <= line.answer + 2 and after.startswith("，")
    acted, event = None if told else _ACTED.match(after), _EVENT.search(after)
    if acted and (event is None or event.start() >= acted.end() - 2):
        return None
    if event:
        score += (2 if _BACKGROUND.match(event.group()) else 6) - event.start() / 10
    return score


def _is_other(moment: Moment, before: str, wide: str, after: str, at: datetime) -> bool:
    """Whether it is a deadline, a forecast, the time of a report, or a time that the speaker takes back."""
    if moment.future or (moment.value > at and moment.kind is Kind.DAY):
        return True
    if _DEADLINE.match(after) or _UNTIL.search(before) or _WRONG.search(wide) or _OLD.match(after):
        return True
    if _COMING.search(before) or _COMING.match(after):
        return True
    if moment.kind is Kind.NOW and (_SPEECH.match(after) or _UPDATE.match(after)):
        return True
    return moment.kind is not Kind.LASTING and _REPORTED.match(after) is not None
