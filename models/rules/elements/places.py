"""地点: where it was, by the directory's names and by how places are named (省道二八七线三公里处, 硇洲岛以南三十海里)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.rules import times
from models.rules.elements.dialogue import Line
from models.rules.elements.types import Element, Span

_C = "零〇一二两三四五六七八九十百"
_HARD = (
    r"发生|出现|报告|报警|接到|我们|你们|他们|我|你|您|他|她|它|这里|这边|那边|那里|这个|那个|这|目前|现在|刚才|刚刚|已经|大概|大约|左右|可能|好像|就是|是|在|了|吗|呢|的|和|与|被|把|从|到|向|往|由|让|给|请|有|没|还|都|也|又|就|才|很|太"
    r"|不|因为|由于|所以|但是|然后|后来|造成|导致|引起|位于|地点|地址|位置|叫|说|讲|看见|看到|听|一起|一宗|一辆|两辆|三辆|一艘|一条|一栋|一个|两个|三个|[几两三四五六七八九十]+个|一名|两名|有人|大量|多个|多人|人|辆|台车|车|，|。|\?| "
    r"|上午|下午|晚上|凌晨|早上|中午|点钟|值班|领导|你好|喂|书记|市长|省里|市里|县里|区里|镇里|村里|全市|全县|全区|我市|我县|我区|附近的|旁边的|当地|辖区|经过|路过|途经|前往|赶到|撞|翻|爆炸|着火|起火|火灾|事故|通知|派|影响|疏散|转移|封|堵"
    r"|死|伤|疑似|初步|原因|情况|什么|哪里|哪个|哪|几|多少|怎么|对|好|嗯|吧|啊|哦|过来|附近有|住在|住|开往|驶往|驶向|去|来|及|以及|或|等|全|各|每|某|整个|沿岸|沿|一带|要|想|会|能|可以|需要|希望|建议|之|着|地上|家里|家(?!园|湾|庄|村|镇|渡|港|坡)|所(?!村)"
    r"|发现|反映|接|据|核实|目击|停在|停电|停水|封闭|中断|倒|塌|沉|失联|失踪|聚集|打架|开|跑|走(?!马)|拉|掉|跳|落|淹|烧|抢|救|送|运|修|挖|装|卖|吃|喝|炸|喊|闹|搞|做|用|出(?!口|租屋)|站(?=在)|乡下|船|艘|货|油罐|消防|公安|交警|医护|医生|民警|学生|老师|校长|小孩|老人|工人|群众|村民|市民|游客|司机|名字"
)
_SOFT = (  # words that hold one of the hard characters and yet belong to names
    r"和平|和谐|和顺|和安|和家|和寮|发展|有色|人民|车站|客车站|汽车|火车|机车|车城|海关|关口|公安路|对面|对岸|来福|好来|都市|都会|会展|会议|会堂|开发|开元|新开|要道|落马|运河|用品|不夜|太平|太阳|就业|出口|出入口|进出口|出租|着落|了哥|的士|把守|往来"
    r"|货运|货场|渡船|船厂|船舶|船坞|油库|油田|卖场|跑道|跑马|走马|修理|修造|装卸|装饰|倒虹|淹泥|喝彩|吃街|之江|全聚|能源|可可|来凤|家园|家具|家居|家电|家乐|人和|人才|给水|叫化|中和|永和|祥和|泰和|仁和|义和|中心小学|好又多|所在|是非|在建|有限|打靶|机动车|停车场|停车|车库|车间|教学楼|学生公寓|学生宿舍"
    r"|老人院|敬老院|救助站|救助|救生|工人文化|工人新村|群众艺术|市民广场|市民公园|市民服务|游客中心|公交|接驳|几何|百好|南华|自来水|来料|接待|送变电|消防路|派出所|法院|出海口|入海口|发电厂|发电|发射|用地|烧烤|打火机|火灾现场|货柜|三岔|落客|海运|水运|航运|运动|来宾|家属院|家属区|全福|开平|开封|开阳|开远|要塞|建设路|能量|沿江|沿海|沿河|各庄|等候|要闻|石头村|岭头村|一中|二中|民安|全民|全丰|人行|行人|村民广场|附近|旁边"
)
_TOKEN = re.compile(rf"(?P<soft>{_SOFT})|(?P<hard>{_HARD})")
_ADMIN = (
    r"(?:省(?!道|里|政府|领导|厅|委|[疾公气])|市(?!场|政|委|局|里|民|长|领导|值班|三防|消防|人大|中心医院|第|区|一|二|疾|应急|气象|公安|水务|海洋|教育|卫|交|住)|县(?!道|里|委|政府|长|局|城|应急|公安|消防|值班|教育|水务|人民医院|气象|三防)"
    r"|区(?!间|别|里|委|政府|长|局|应急|公安|消防|域|号|值班)|镇(?!长|里|上|委|政府|区|党委|值班|卫生院)|乡(?!镇|里|亲|政府|道)|街道(?!办)|街道办(?!事处|公室)|新区|开发区|高新区|试验区|管理区|自治[区州县]|州(?!市))"
)
_ROAD = r"(?:大道|高速(?:公路)?(?!行驶|路口)|公路|国道|[省县乡村]道|环线|铁路|黎湛线|线(?!路|索|上|人|长|缆|杆)|路(?!面|况|人|灯|滑|上|基|段|口|边|过|政|由|堵)|街(?!上|道|坊|边)|巷|大桥|特大桥|桥(?!梁|面|下|上|墩)|立交桥?|隧道|高架桥?|路口|路段|交叉口|交汇处|十字路口|丁字路口|匝道|收费站|服务区|出口|入口|出入口|互通|跨海大桥)"
_NATURE = (
    r"(?:水库|河(?!水|里|边|道|面|堤|流|长|豚)|江(?!水|边|面|段|豚)|溪|湖(?!水|面|边|里)|海域|海面|水域|沙滩|海滩|海湾|湾(?!区|里)|港(?!务|口|澳|区|里|外)|港口|港区|岛(?!上|屿|民|内)|山(?!体|火|上|洪|里|下|脚|区|顶|路|坡)|岭(?!上)|嶂|峰|河段|江段|海堤|大堤|堤段|堤围|水闸|水塘|鱼塘|池塘|水渠|瀑布|林场|农场|盐场|保护区|景区|风景区"
    r"|公园|广场|湿地|渔港|码头|渡口|港池|锚地|航道|海边|长廊|海峡)"
)
_SITE = (
    r"(?:小区|花园|花苑|新村|新城|公寓|大厦|大楼|商场|市场|超市|商城|车城|商业街|步行街|学校|中学|小学|幼儿园|大学|学院|[一二三四五六七八九十]+中(?!午|毒|心|断|学)|医院|卫生院|卫生站|敬老院|福利院|养老院|厂(?!里|房|长|区|家|外)|厂区|有限公司|公司|仓库|库区|储罐区|[客货]运站|车站|火车[东西南北]?站|[东西南北]站|机场|酒店|宾馆|饭店|餐馆|餐厅|大排档|网吧|KTV|酒吧|加油站|加气站|煤矿|石矿|矿山|采石场|石场|矿|工地|工业园区?|产业园|园区|科技园"
    r"|变电站|油库|气站|液化气站|养殖场|养猪场|养鸡场|猪场|鸡场|养蜂场|养殖基地|基地|水厂|电厂|糖厂|寺|庙|教堂|祠堂|支行|银行|商铺|门店|栈道|体育中心|体育馆|体育场|会展中心|影剧院|电影院|实验楼|教学楼|居民楼|宿舍楼?|出租屋|作坊|工棚|城区|圩|屯|社区|自然村|村委会|村(?!民|里|口|干|医|支|道|民小组)|村道|村口|河唇站|站(?!台|长|在|着|岗|点)|工程|项目部|监狱|看守所|法院|政府(?!值班|报|应急|办|的)|派出所(?!报)|急诊科|门诊部|商行|商店|便利店|药店|废品站|回收站|垃圾场|填埋场|污水厂|泵站|水电站|风电场|塔|牌坊|礁|洲|塘(?!里))"
)
_UNIT = rf"(?:{_ADMIN}|{_ROAD}|{_NATURE}|{_SITE})"
_NUMBERED = rf"(?:[GSXYgsxy]\d{{1,4}}(?:线)?|[{_C}\d]{{2,5}}(?:国|省|县|乡)道|(?:国|省|县|乡)道[A-Za-z]?[{_C}幺\d]{{2,5}}(?:线)?|[Kk]\d+(?:\+\d+)?)"
_STAKE = (
    rf"(?:[Kk]\d+(?:\+\d+)?(?:米|公里)?处?|[{_C}点\d.]+公里(?:加[{_C}\d]+米?)?处?|桩号[{_C}\d加+Kk]+|[{_C}\d.]+米处)"
)
_TAIL = (
    rf"(?:{_STAKE}|往[^，。]{{1,4}}方向(?!约)|[{_C}\d]+(?:号楼|号码头|号泊位|号(?!线|主)|栋|幢|单元|层|楼|组|队(?!员)|期|号门|号矿井)|[东南西北]{{1,2}}(?:侧|门|面|边|段|向|部)|附近(?:海[域面]|水域)?|旁边?|边上|对面|门口|门前|路口|路边|村口|校门口|后面的?|前面|后山|里面|下面|楼下"
    rf"|一带|境内|地段|路段|段(?!时)|河段|交界处?|交叉口|交汇处|处(?![理置])|区域|辖区|内(?!涝)|上空|(?:以)?[东南西北]{{1,2}}(?:方向|面|方|部海域)?(?:约|大概|大约)?[{_C}点\d.]+(?:公里|海里|里)处?|外(?:海)?(?:约)?[{_C}点\d.]+(?:公里|海里)处?|[{_C}点\d.]+海里处?|外海?(?!面)|(?:国|省|县|乡|村)道|一家[^，。 ]{{1,6}}?(?:厂|店|馆|吧|作坊|公司|场|仓库|KTV)|后面[^，。 ]{{0,3}}仓库)"
)
_PLACE = re.compile(
    rf"(?:{_NUMBERED}|第?[一-龥A-Za-z0-9]{{1,9}}?{_UNIT})(?:{_NUMBERED}|[和与及、]?[一-龥A-Za-z0-9]{{0,8}}?{_UNIT}|{_TAIL})*"
    rf"|[东西]经[{_C}点\d.]+度[^，。]*|北纬[{_C}点\d.]+度[^，。]*"
)
_JOIN = re.compile(r"(?<=[路道街线巷])[和与跟同](?=[^，。的]{1,6}?(?:路|大道|街|线|巷))")
_AWAY = re.compile(
    r"(?:送(?:往|到|去|至|进|回)?了?|转移到|转到|安置到|疏散到|撤到|派往|赶往|前往|报告?给?|通知了?|联系了?|向|请|协调|上报|转运到|住进|调|从|开往|驶往|往|去|报(?:了)?|移交|传真到|运到|到|在)$"
)
_SENT = re.compile(r"(?:送|转|住|收治|救治|抢救|安置|转移|撤|疏散|运|搬|赶|报|开往|驶往|经)[^，。]{0,5}$")
_FOUND = re.compile(
    r"(?:发生在|位于|地点(?:是|在|：)?(?:不是[^，。]{1,6}，?是)?|地址(?:是|在)?|位置(?:是|在)?|就在|在|到(?!达|场))(?:我们|我|那个|这个|一个|，)?$"
)
_BEING = re.compile(
    r"(?:我们?|这里|这边|那边|我方|本人)(?:是|系|这里是|这边是)?(?:在)?$|^(?:您好|你好|喂|，)*(?:这里是|我是)$"
)
_ACTIVE = re.compile(
    r"^(?:的|，)*(?:发生|出现|突发|起火|着火|失火|爆炸|有|一|两|三|多|附近|这里|这边|那边|撞|塌|倒|停|冒|被|自建|路面|全|遭|普降|由于|因|火|水|车|人|河水|山体|翻|聚|打|大|下|泄|部分|出|报|不断|几|旁|沉|突然|今天|昨|凌晨|刚|早|上午|下午|晚)"
)
_REPORTING = re.compile(
    r"^(?:的|，)*(?:报告|来电|报|通报|转报|值班|反映|电话|续报|报警|党政办|办公室|应急|派出|公安|交警|三防|政府|消防|领导|书记|镇长|县长|[^，。]{0,4}(?:局|办|队|委|所|中心|支队|大队|值班))"
)
_WRONG = re.compile(r"(?:不是|不在|而非|并非)(?:在)?$")
_RIGHT = re.compile(
    r"(?:不对|错了|更正|纠正|应该是|准确|不是[^，。]{1,8}|不在[^，。]{1,8})(?:，|[^，。]{0,2})*(?:是|应该是|在|，|地点)*$"
)
_AFFECTED = re.compile(
    r"(?:影响|波及|涉及|周边|附近|隔壁|扩散到|蔓延到|居民|关停|停工|全市|受灾|淹了|安排|请|通知|预计|登陆)[^，。]{0,6}$"
)
_HEADS = re.compile(
    r"^(?:、|和|与|及|以及|跟|向|省|市|县|区|镇|乡|村|路|处|号|内|上|下|里|外|段|线|一|两|第|大|小|约|后|前|中|时|分|半|多|许|钟|正|整|日|月|年)(?=[一-龥]{2,}[市县区镇乡村])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place name and how well its surroundings fit the place of an event."""

    start: int
    end: int
    score: float


@lru_cache(maxsize=8)
def _known(names: frozenset[str]) -> re.Pattern[str] | None:
    listed = sorted((name for name in names if len(name) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, listed))) if listed else None


@lru_cache(maxsize=8192)
def find(text: str, names: frozenset[str], units: frozenset[str]) -> tuple[Place, ...]:
    """Every place that `text` names, scored by the words around it."""
    masked = _masked(text, names)
    known = _known(names)
    found: list[Place] = []
    spans = [match.span() for match in _PLACE.finditer(masked)]
    if known:
        spans = _merged(spans, [match.span() for match in known.finditer(text)], text)
    for start, end in spans:
        if end - start < 2:
            continue
        found.append(Place(start, end, _score(text, start, end, units)))
    return tuple(found)


def _masked(text: str, names: frozenset[str]) -> str:
    letters = list(text)
    for match in _TOKEN.finditer(text):
        if match["hard"]:
            letters[match.start() : match.end()] = "\n" * (match.end() - match.start())
    for match in _JOIN.finditer(text):
        letters[match.start() : match.end()] = text[match.start() : match.end()]
    for pattern in (re.compile(_STAKE), re.compile(r"往[^，。]{1,4}方向")):
        for match in pattern.finditer(text):
            letters[match.start() : match.end()] = text[match.start() : match.end()]
    for start, end in _clock_spans(text):
        letters[start:end] = "\n" * (end - start)
    return "".join(letters)


_ANY_DAY = __import__("datetime").datetime(2026, 1, 1, 12, tzinfo=__import__("datetime").UTC)


def _clock_spans(text: str) -> Iterator[tuple[int, int]]:
    for moment in times.find(text, _ANY_DAY):
        yield moment.start, moment.end


def _merged(spans: list[tuple[int, int]], known: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans + known):
        if merged and start <= merged[-1][1] and "，" not in text[merged[-1][0] : end]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _score(text: str, start: int, end: int, units: frozenset[str]) -> float:
    edge = max(text.rfind(mark, 0, start) for mark in "，。?") + 1
    before, wide = text[max(edge, start - 12) : start], text[max(0, start - 14) : start]
    after = text[end : end + 14]
    score = 10.0 + min(end - start, 12) / 4
    if _WRONG.search(wide):
        return -10
    if _RIGHT.search(wide):
        score += 25
    if _SENT.search(before):
        score -= 20
    elif _FOUND.search(before):
        score += 10
    elif _AWAY.search(before):
        score -= 8
    if _BEING.search(before):
        score -= 5
    if _AFFECTED.search(before):
        score -= 9
    if _REPORTING.match(after):
        score -= 9
    elif _ACTIVE.match(after):
        score += 4
    if any(text.startswith(unit, start) for unit in units if unit and len(unit) > end - start):
        score -= 6
    return score


def draft(lines: list[Line], texts: list[str], places: frozenset[str], units: frozenset[str]) -> Element:
    """The best of the places; neighbours that refine it (县 … 镇 … 路) are one phrase when they stand together."""
    best: tuple[float, int, Line, int, int] | None = None
    order = 0
    for line in lines:
        answering = "place" in line.asked.topics and not line.unknown
        for place in find(line.text, places, units):
            order += 1
            score = place.score - min(order, 8) * 0.4
            if answering and place.start <= line.answer + 8:
                score += 12
            if line.confirmed:
                score += 1
            if score < 6:
                continue
            if best is None or score > best[0]:
                best = (score, order, line, place.start, place.end)
    if best is None:
        return Element("place", False)
    _, _, line, start, end = best
    span = Span(line.turn, *line.heard.back(start, end))
    said = texts[span.turn][span.start : span.end]
    return Element("place", True, said, said, (span,))
