"""信息来源: who reports, and from whom he has it; hearsay keeps both."""

import re
from collections.abc import Iterator
from functools import lru_cache

from models.rules.elements.dialogue import Line
from models.rules.elements.types import Element, Span
from models.rules.elements.wording import either

_ORGAN = either(
    r"""
    值班室 值班员 应急办 应急(?:管理)?局 指挥中心 指挥部 调度(?:中心|室)? [一-龥]{1,6}局 派出所
    交警(?:支队|大队|中队)? 消防(?:救援)?(?:支队|大队|中队|站)? 支队 大队 中队 政府(?:办(?:公室)?)? 管委会
    街道(?:办事处|办)? 办事处 党政办 政府办 应急委 三防办 防指 气象[局台] 地震[局台] 疾控(?:中心)?
    管理[局处所站] 集团 公司 医院 卫生院 学校 中学 小学 幼儿园 教育部门 部门 宣传部 网信办 市委办 府办 办公室
    林业局 海事 搜救(?:分)?中心 气象台 中心 车站 西站 东站 收费站 景区 村委会 居委会 社区 热线 电视台 分局 法院
    武警 海关 缉私 铁路(?:那?边)? 机场 港务局 电厂 水厂 监管局 [一-龥]{1,4}所 协会 合作社 航运 平台 支部
    (?:海事|管理|办事|信访|公路|渔政|监[管察理]|稽查)处 (?:水文|渔政|气象|防疫|兽医|监测|信访)站 纪委
    政法委 信访室 急诊科? [一-龥]{1,4}大队 [镇村县区]长 支书 书记 主任 村医 护林员 校长 镇 县 区 市 岛
    """
)
_AUTHORITY = (
    r"(?:值班室|值班员|应急办|指挥中心|指挥部|调度(?:中心|室)?|[一-龥]{1,6}局|派出所|支队|大队|中队"
    r"|政府(?:办(?:公室)?)?|管委会|街道(?:办事处|办)|办事处|党政办|三防办|防指|疾控(?:中心)?|集团|公司|部门|网信办"
    r"|办公室|海事|搜救(?:分)?中心|气象台|急诊科?|协会|委|缉私|海关|热线|森林消防|铁路(?:那?边)?|应急(?:值班|中心)|(?:海事|管理|办事|信访|水文|公路|渔政|监[管察理]|稽查)处"
    r"|(?:水文|渔政|气象|地震|防疫|兽医|卫生|林业|水利|收费|管理|监测|信访)站|车务段|工务段|医务[室科]|[一-龥]{2}科(?=，))"
)
_STOP = re.compile(
    either(
        r"""
    ， 。 \? \x20\x20 有(?:个|一|情况|事|重要|紧急) 报告 向(?:你|您|市|省|上|值) 跟(?:你|您) 给(?:你|您) 现在
    刚才 刚刚 今天 今早 今晚 昨天 昨晚 前天 凌晨 上午 下午 早上 晚上 中午 目前 在[^，。]{2,}?发生 发生
    接到?(?=群众|报|电话|市民|村民) 要(?:反映|报|投诉) 想 这里(?!是) 这边(?!是) 通知 更新 就是 是(?:在)? 看到
    [零一二两三四五六七八九十\d]{1,3}[点时:] 半小时 [一二两三四五六七八九十几\d]+(?:分钟|个?小时)
    我们(?!镇|县|村|局|区|市) 口头 麻烦 请 半个 大概 下乡的 初步 一个 有人 位置 我的 电话(?=是|号)
    """
    )
)
_I = re.compile(
    either(
        r"""
    我(?:们)?(?:这里|这边|这个|这|那边)?(?:就)?[是系] (?:我(?:们)?)?这里[是系] (?:我(?:们)?)?这边[是系] 我叫
    我姓 免贵姓? 本人(?:是|叫)? 我名字叫 来电单位(?:是|：|，)? 报告(?:单位|人)(?:是|，)? 呢度系 我系
    """
    )
    + r"(?!"
    + either(
        r"""
    不是 说 想 要 看 听 来 打 否 不 从 问 去 在(?![^，。]{1,10}的(?:游客|村民|群众|司机|工人|业主|店主)) 为 因 害怕
    没 这么 怎么 刚 昨 今 走 路过看 觉得
    """
    )
    + r")(?=[^，。])"
)
_OURS = re.compile(
    r"我(?P<who>[市县区镇][^，。\d我]{0,8}?(?:局|办|台|队|中心|站|所|室|集团|公司|部)(?:[一-龥]{1,4}[科股处室])?)(?=，|。|$|报告|接|[今昨]|发布)"
)
_MY = re.compile(
    r"(?:^|(?<=[，。]))(?:喂|您好|你好|领导|主任|值班室|值班领导|同志|早|市?总?值班室|报告|主任好|，|。|哦|110吗"
    r"|是吗|吗)*我(?:们)?(?![村厂学公单们市县区镇局院台站校司辖是叫姓想要在有看听这那的家刚昨今明来打就说报去从也"
    rf"还都不没给跟向自问投])(?P<who>[^，。\d]{{0,14}}?{_ORGAN}(?:[^，。\d在是有接报发]{{0,6}}?{_AUTHORITY})?(?:的)?[^，。\d在是有]{{0,5}})"
)
_TALK = re.compile(r"[我有个在了被把受吗你您谁什么]|发生|因|哪|归|事情")
_ADDRESSED = re.compile(
    r"(?:市|县|省)?(?:政府)?总?值班(?:室|员|领导)|市|县|省|区|镇|市里|县里|领导|值班室.?(?:你|您)?好?"
)
_BODY = re.compile(
    r"(?:^|(?<=[，。好]))(?P<who>(?!报告|向|你好|您好|喂|我|这里|请|给|通知|派|目前|现在|已|今|昨|据|接|这边"
    rf"|领导好|主任好)[一-龥A-Za-z]{{0,16}}{_ORGAN}(?:值班(?:员|室)?"
    r"|指挥中心)?)(?:[一-龥]{0,3}?)(?P<did>(?<=值班)|(?<=值班室)|(?<=值班员)|报告|来电话?|通报|转报|报(?=[，。]"
    r"|$)|续报|反映|报来|报上来|转来|接报|口头报告|(?:来)?电话|通知(?!了)|发布|称|说|核实)"
)
_FIRST = re.compile(
    r"^(?:喂|您好|你好|领导|主任好?|值班室|值班领导|各位领导|同志|早|市?总?值班室|市?三防办吗|市?防指|市?应急局"
    r"|市?应急办|森防办|报告(?:一下)?市(?:政府)?总?值班室|报告(?:一下)?|向市里报告|通报(?:个情况|一下)?|口头报告"
    r"|接|，|。|吗|好|有个事报一下|值班员|嗯|哦|\s)*+(?:(?P<who>(?!我"
    rf"|这里)[一-龥]{{0,14}}?{_AUTHORITY}(?:值班(?:室|员|的)?)?(?:(?!门口|附近|旁边|对面|这里|里面|后面"
    r"|楼下)[一-龥]{2,3}(?=，|报告))?)(?=，|。|$|这里|报告|接报|接到|向|今天|昨|有|在"
    r"|[零一二三四五六七八九十\d])|(?P<area>(?!我|这里)[一-龥]{2,10}(?:镇|县|区|市|岛|乡|街道|站|港|口岸|码头|医院|学校|景区"
    r"|机场|村|社区|厂|院))(?=，?[^，。]{0,10}(?:收治|接诊|收了)|报告|来电|值班|接报|接到|报[，。]|向))"
)
_OF = re.compile(
    r"^(?:喂|您好|你好|领导|同志|，|。|\s|值班室|嗯|哦)*+(?P<who>(?!我|这|那|真|好|是)[一-龥]{2,16})的(?=，|。)"
)
_SURNAME = re.compile(r"(?:^|(?<=[，。]))(?:我|免贵|本人)*(?P<who>姓[一-龥]{1,2})(?=，|。|$)")
_HEARD = re.compile(
    either(
        r"""
    (?:据|根据)(?!统计|初步|悉|了解|此|说$|说，|介绍|点)(?P<a>[^，。]{1,14}?(?:反映|报告|报警|说|讲|举报
      |投诉|来电|电话|称|介绍|通报|反馈|求助|消息|报道))
    (?P<b>(?:听|听到|听说)(?!得|清|不|见|他们说有)[^，。]{0,10}?(?:说|讲|反映|喊)) (?P<c>听(?:说|讲))
    接到?(?:了)?(?!诊|触|下来|着|受|送|驳|种|警|报(?!警))(?P<d>(?!到|了|报)[^，。]{1,16}?(?:报警|报告|电话
      |来电|反映|举报|通报|求助|投诉|通知|报(?=，|。)))
    (?P<e>(?:群众|村民|居民|市民|渔民|热心群众|目击者|养虾户|养殖户|网民|网友
      |附近[^，。]{0,4})(?:电话)?(?:反映|举报|报警|报告|来电|投诉|说|讲|称|求助))
    (?P<f>(?:从|在)?(?:网上|网络上?|微信群里?|朋友圈|抖音|微博|视频号|新闻|电视)[^，。]{0,6}(?:看到|传|发
      |有人|说|流传|反映|得知))
    (?P<g>[^，。]{1,8}(?:市民热线|热线)转来|110转来|指挥中心转来|[^，。]{2,8}(?:打来电话|打电话(?:来|说
      |报告)|报上来|转报)(?:的|说)?)
    """
    )
)
_NAME = re.compile(r"^(?:我)?(?:姓|叫|免贵姓?|是)?(?P<who>[^，。]{2,20})")
_TAIL = re.compile(r"(?:的|呀|啊|啦|这里|这边)+$")
_GREETING = re.compile(
    r"^(?:喂|您好|你好|领导|主任好?|，|。|请问|哎|报告(?:一下)?|是(?=[^，。]{2})|对|我(?:们)?(?=[一-龥]{2})|这里是"
    r"|这边是|那个|嗯)+"
)


@lru_cache(maxsize=8192)
def _found(text: str, opening: bool) -> tuple[tuple[int, int, bool], ...]:
    """(start, end, whether hearsay) of everyone that `text` names as its source."""
    return tuple(_all(text, opening))


def _all(text: str, opening: bool) -> Iterator[tuple[int, int, bool]]:
    for match in _I.finditer(text):
        stop = _STOP.search(text, match.end() + 1)
        end = min(stop.start() if stop else len(text), match.end() + 24)
        said = text[match.end() : end].strip()
        if said and not re.match(
            (
                r"^(?:说|想|要|不|什么|谁|在(?![^，。]{1,10}的(?:游客|村民|群众|司机|工人|业主|店主))|吧|吗|一样|这样"
                r"|自己|紧急|市里|个|第一|有)|[^，。]*(?:国道|路段|高速|路口)"
            ),
            said,
        ):
            named = re.search(r"(?:叫|姓)$", match.group())
            start = named.start() + match.start() if named else match.end()
            yield start, match.end() + len(text[match.end() : end].rstrip()), False
    if opening and (ours := _OURS.search(text)):
        yield ours.start("who"), ours.end("who"), False
    yield from ((*match.span("who"), False) for match in _MY.finditer(text) if not _TALK.search(match["who"]))
    if opening and (first := _FIRST.match(text)):
        name = "who" if first["who"] else "area"
        if not _ADDRESSED.fullmatch(first[name]) and not _TALK.search(first[name]):
            yield first.start(name), first.end(name), False
    if opening and (of := _OF.match(text)):
        yield of.start("who"), of.end("who"), False
    for match in _BODY.finditer(text):
        before = text[max(0, match.start() - 2) : match.start()]
        if _ADDRESSED.fullmatch(match["who"]) or _TALK.search(match["who"]):
            continue
        if not re.search(r"[据接到请向给]$", before) and not re.match(r"请|向|给|通知|派", match["who"]):
            yield match.start("who"), match.end("who"), False
    yield from ((*match.span("who"), False) for match in _SURNAME.finditer(text))
    yield from ((*match.span(), True) for match in _HEARD.finditer(text))


def draft(lines: list[Line], texts: list[str]) -> Element:
    """Who the caller is, and whom he heard it from, as phrases in the order they were said."""
    spans: list[Span] = []
    known = 0
    opening = True
    for line in lines:
        for start, end, hearsay in sorted(set(_found(line.text, opening and not line.confirmed))):
            if not hearsay and known >= 2 and "source" not in line.asked.topics:
                continue
            known += not hearsay
            spans.append(Span(line.turn, *line.heard.back(start, end)))
        if "source" in line.asked.topics and not line.unknown and not any(span.turn == line.turn for span in spans):
            found = _answer(line)
            if found:
                known += 1
                spans.append(Span(line.turn, *line.heard.back(*found)))
        elif line.asked.topics[:1] == ("source",) and line.confirmed:
            continue
        opening = opening and len(line.text.strip("，。 ")) < 8
    chosen: list[Span] = []
    for span in sorted(set(spans)):
        if chosen and chosen[-1].turn == span.turn and span.start < chosen[-1].end:
            chosen[-1] = Span(span.turn, chosen[-1].start, max(chosen[-1].end, span.end))
        else:
            chosen.append(span)
    if not chosen:
        return Element("source", False)
    said = "，".join(texts[span.turn][span.start : span.end] for span in chosen)
    return Element("source", True, said, said, tuple(chosen))


def _answer(line: Line) -> tuple[int, int] | None:
    text = line.text
    greeting = _GREETING.match(text)
    start = greeting.end() if greeting else 0
    stop = _STOP.search(text, start + 1)
    end = min(stop.start() if stop else len(text), start + 24)
    body = text[start:end].strip("，。 ")
    if (
        len(body) < 2
        or re.search("匿名|不方便|不想|保密|不用", body)
        or re.match(r"^(?:不|没|有|这|那|三|两|一)(?!.*(?:局|镇|村|市|县|区|所|姓))", body)
    ):
        return None
    return start, start + len(text[start:end].rstrip("，。 "))
