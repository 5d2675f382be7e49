"""地点: where it was, by the directory's names and by how places are named (省道二八七线三公里处, 岛以南三十海里)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from models.rules import times
from models.rules.elements.dialogue import Line
from models.rules.elements.types import Element, Span, Vocabulary
from models.rules.elements.wording import either, longest

_C = "零〇一二两三四五六七八九十百"
_HARD = longest(
    r"""
    发生 出现 时候 均为 都是 报告 报警 接到 如果 要是 上游 下游 我们 你们 他们 我 你 您 他 她 它 这里 这边 那边
    那里 这个 那个 这 目前 现在 刚才 刚刚 已经 大概 大约 左右 可能 好像 就是 是 在 了 吗 呢 的 和 与 被 把 从 到
    向 往 由 让 给 请 有 没 还 都 也 又 就 才 很 太 不 因为 由于 所以 但是 然后 后来 造成 导致 引起 位于 地点
    地址 位置 叫 说 讲 看见 看到 听 一起 一宗 一辆 两辆 三辆 一艘 一条 一栋 一个 两个 三个
    [几两三四五六七八九十]+个 一名 两名 有人 大量 多个 多人 辆 台车 车 ， 。 \? \x20 上午 下午 晚上 凌晨 早上
    中午 点钟 值班 领导 你好 喂 书记 市长 省里 市里 县里 区里 镇里 村里 全市 全县 全区 我市 我县 我区 附近的
    旁边的 当地 辖区 经过 路过 途经 前往 赶到 撞 翻 爆炸 着火 起火 火灾 事故 通知 派 影响 疏散 转移 封 堵 死 伤
    疑似 初步 原因 情况 什么 哪里 哪个 哪 几 多少 怎么 对 好 嗯 吧 啊 哦 过来 附近有 住在 住 开往 驶往 驶向 去
    来 及 以及 或 等 全 各 每 某 整个 沿岸 沿 一带 要 想 会 能 可以 需要 希望 建议 之 着 地上 家里 发现 反映 接
    据 核实 目击 停在 停电 停水 封闭 中断 倒 塌 沉 失联 失踪 聚集 打架 开 跑 拉 掉 跳 落 淹 烧 抢 救 送 运 修 挖
    装 卖 吃 喝 炸 喊 闹 搞 做 用 乡下 船 艘 货 油罐 消防 公安 交警 医护 医生 民警 学生 老师 校长 小孩 老人 工人
    群众 村民 市民 游客 司机 名字 该 开始 要求
    """
)
_HARD_UNLESS = (
    "家(?!园|湾|庄|村|镇|渡|港|坡|中|小|桥|屋|岭|塘|坪|山|河|沟|洞|寨|围|巷|街|路|堡|店|集|场|口|边|头|角|埠|具|电|乐)"
    "|所(?!村)|走(?!马)|出(?!口|租屋)|[零一二两三四五六七八九十百千万几多\\d]+人|站(?=在)"
)
_SOFT = either(  # words that hold one of the hard characters and yet belong to names
    r"""
    (?<=[市县区，。分点半右许在])(?!我们|你们|这个|那个|一个|全|各|本|某|在|到|我)[一-龥]{1,2}[镇乡](?!政府
      |长|里)
    (?<=[镇乡])(?!政府|长|里|的)[一-龥]{1,4}?村(?!民|委|干|支|医) [和好对开来用会想能太](?=[镇村乡])
    [市县区镇村]长(?=[山江河洲岭坡湾塘安宁春沙寿乐兴]) 和平 和谐 和顺 和安 和家 和寮 发展 有色 人民 车站 客车站
    汽车 火车 机车 车城 海关 关口 公安路 对面 对岸 来福 好来 都市 都会 会展 会议 会堂 开发 开元 新开 要道 落马
    运河 用品 不夜 太平 太阳 就业 出口 出入口 进出口 出租 着落 了哥 的士 把守 往来 货运 货场 渡船 船厂 船舶 船坞
    油库 油田 卖场 跑道 跑马 走马 修理 修造 装卸 装饰 倒虹 淹泥 喝彩 吃街 之江 全聚 能源 可可 来凤 家园 家具
    家居 家电 家乐 人和 人才 给水 叫化 中和 永和 祥和 泰和 仁和 义和 中心小学 好又多 所在 是非 在建 有限 打靶
    机动车 停车场 停车 车库 车间 教学楼 学生公寓 学生宿舍 老人院 敬老院 救助站 救助 救生 工人文化 工人新村
    群众艺术 市民广场 市民公园 市民服务 游客中心 公交 接驳 几何 百好 南华 自来水 来料 接待 送变电 消防路 派出所
    法院 出海口 入海口 发电厂 发电 发射 用地 烧烤 打火机 火灾现场 货柜 三岔 落客 储运 客运 海运 水运 航运 运动
    来宾 家属院
    家属区 全福 开平 开封 开阳 开远 要塞 建设路 能量 沿江 沿海 沿河 各庄 等候 要闻 石头村 岭头村 一中 二中 民安
    全民 全丰 人行 行人 村民广场 村委会 居委会 协会 社会 工会 委会 附近 旁边 方向 连接 一家 养殖
    """
)
_TOKEN = re.compile(rf"(?P<soft>{_SOFT})|(?P<hard>{_HARD}|{_HARD_UNLESS})")
_ADMIN = either(
    r"""
    省(?!道|里|政府|领导|厅|委|[疾公气])
    市(?!场|政|委|局|里|民|长(?![山江河洲岭坡湾塘安宁春沙寿乐兴])|领导|值班|三防|消防|人大|中心医院|第|区|一
      |二|疾|应急|气象|公安|水务|海洋|教育|卫|交|住)
    县(?!道|里|委|政府|长(?![山江河洲岭坡湾塘安宁春沙寿乐兴])|局|城|应急|公安|消防|值班|教育|水务|人民医院
      |气象|三防)
    区(?!间|别|里|委|政府|长(?![山江河洲岭坡湾塘安宁春沙寿乐兴])|局|应急|公安|消防|域|号|值班)
    镇(?!长|里|上|委|政府|区|党委|值班|卫生院) 乡(?!镇|里|亲|政府|道) 街道(?!办) 街道办(?!事处|公室) 新区 开发区
    高新区 试验区 管理区 自治[区州县] 州(?!市)
    """
)
_ROAD = (
    r"(?:大道|高速(?:公路)?(?!行驶|路口)|公路|国道|[省县乡村]道|环线|铁路|黎湛线|(?<![管电光火视防战天无有在热产压戒直曲])线(?!路|索|上|人|长|缆|杆)|路(?!面|况"
    r"|人|灯|滑|上|基|段|口|边|过|政|由|堵)|街(?!上|道|坊|边)|巷|大桥|特大桥|桥(?!梁|面|下|上|墩)|立交桥?|隧道|高架桥?"
    r"|路口|路段|交叉口|交汇处|十字路口|丁字路口|匝道|收费站|服务区|出口|入口|出入口|互通|跨海大桥)"
)
_NATURE = either(
    r"""
    水库 河(?!水|里|边|道|面|堤|流|长|豚) 江(?!水|边|面|段|豚) 溪 湖(?!水|面|边|里) 海域 海面 水域 沙滩 海滩
    海湾 湾(?!区|里) 港(?!务|口|澳|区|里) 港口 港区 岛(?!上|屿|民|内) 山(?!体|火|上(?!午)|洪|里|下|脚|区|顶|路|坡)
    岭(?!上) 嶂 峰 河段 江段 海堤 大堤 堤(?!坝|岸|防) 堤段 堤围 水闸 水塘 鱼塘 池塘 水渠 瀑布 林场 农场 盐场
    保护区 景区 风景区 公园 广场 湿地 渔港 码头 避风塘 渡口 港池 锚地 水道 海边 长廊 海峡
    """
)
_SITE = either(
    r"""
    小区 花园 花苑 新村 新城 公寓 大厦 大楼 商场 市场 超市 商城 车城 商业街 步行街 学校 中学 小学 幼儿园 大学
    学院 [一二三四五六七八九十]+中(?!午|毒|心|断|学) 医院 卫生院 卫生站 敬老院 福利院 养老院
    厂(?!里|房|长|区|家|外) 厂区 有限公司 公司 停车场 仓库 库区 储罐区 罐区 罐组 车间(?!主任) 装置区 [客货]运站
    车站 火车[东西南北]?站
    [东西南北]站 机场 酒店 宾馆 饭店 餐馆 餐厅 大排档 网吧 KTV 酒吧 加油站 加气站 煤矿 石矿 矿山 采石场 石场 矿
    工地 工业园区? 产业园 园区 科技园 变电站 油库 气站 液化气站 养殖场 养猪场 养鸡场 猪场 鸡场 养蜂场 养殖基地
    基地 水厂 电厂 糖厂 寺 庙 教堂 祠堂 支行 银行 商铺 门店 栈道 体育中心 体育馆 体育场 球场 操场 会展中心
    影剧院 电影院
    实验楼 教学楼 居民楼 宿舍楼? 出租屋 作坊 工棚 城区 圩 屯 垌 社区 自然村 村委会
    村(?!民|里|口|干|医|支|道|民小组) 村道 村口 河唇站 站(?!台|长|在|着|岗|点) 工程 项目部 监狱 看守所 法院
    政府(?!值班|报|应急|办|的) 派出所(?!报) 急诊科 门诊部 商行 商店 便利店 药店 废品站 回收站 垃圾场 垃圾站
    填埋场 污水厂 厂房 烧烤店 小镇 泵站 平台 大院 火场 水电站 风电场 牌坊 礁 洲 塘(?!里)
    """
)
_UNIT = rf"(?:{_ADMIN}|{_ROAD}|{_NATURE}|{_SITE})"
_NUMBERED = (
    rf"(?:[GSXYgsxy]\d{{1,4}}(?!\d)(?:线)?|[{_C}\d]{{2,5}}(?:国|省|县|乡)道|(?:国|省|县"
    rf"|乡)道[A-Za-z]?[{_C}幺\d]{{2,5}}(?:\+\d+)?(?:线|处)?|[Kk]\d+(?:\+\d+)?)"
)
_STAKE = (
    rf"(?:[Kk]\d+(?:\+\d+)?(?:米|公里)?处?|[{_C}点\d.]+公里(?:加[{_C}\d]+米?)?处?|桩号[{_C}\d加+Kk]+|[{_C}\d.]+米处)"
)
_TAIL = either(
    rf"""
    {_STAKE} 往[^，。]{{1,4}}方向(?!约)
    [{_C}\d]+(?:号楼|号码头|号?泊位|号(?!线|主)|栋|幢|单元|层|楼|组|队(?!员)|期|号门|号矿井)
    (?<=[道路街])[东南西北中](?![方向侧面边门部]) [东南西北]{{1,2}}(?:侧|门|面|边|段|向|部)
    附近(?:海[域面]|水域)? 旁边? 边上 对面 门口 门前 路口 路边 村口 校门口 后面的? 前面 后山 里面 下面 楼下 一带
    境内 地段 路段 [一-龥]{{0,4}}?段(?!时|落) 河段 交界处? 交叉口 交汇处 处(?![理置]) 区域 辖区 内(?!涝) 上空
    (?:以)?[东南西北]{{1,2}}(?:方向|面|方|部海域)?(?:约|大概|大约)?[{_C}点\d.]+(?:公里|海里|里|米)处?
    外(?:海)?(?:约|大概|大约)?[{_C}点\d.]+(?:公里|海里)处? [{_C}点\d.]+海里处? 外面 外海?(?!面) [东南西北中]口
    (?:国|省|县|乡|村)道
    一[家个所座][^，。\x20]{{1,6}}?(?:厂|店|馆|吧|作坊|公司|场|仓库|KTV|幼儿园|学校|工地|楼盘|站|酒坊|市场|超市)
    的(?:山|林|河|工地|仓库|水库|鱼塘|厂|海) 后面[^，。\x20]{{0,3}}仓库
    """
)
_PLACE = re.compile(
    rf"(?:(?<![粤桂琼湘闽赣京沪A-Za-z\d]){_NUMBERED}|第?[一-龥A-Za-z0-9]{{1,9}}?{_UNIT})(?:{_NUMBERED}"
    rf"|[和与及、]?[一-龥A-Za-z0-9]{{0,8}}?{_UNIT}|{_TAIL})*|[一-龥]{{2,5}}(?:以|的)?[东南西北]{{1,2}}(?:方向"
    rf"|面)?(?:约|大约|大概)?[{_C}点\d.]+(?:海里|公里)|[东西]经[{_C}点\d.]+度[^，。]*|北纬[{_C}点\d.]+度[^，。]*"
)
_INDEFINITE = re.compile(r"(?:有|一|那|这|某)(?:个|家|间|栋|条|座|处|艘|辆|片|口)?$")
_KEPT = (
    re.compile(_STAKE),
    re.compile(r"往[^，。]{1,4}方向"),
    re.compile(rf"(?:[东南西北]{{1,2}}(?:方向|面|方|部)?|外海?)(?:大概|大约|约)?[{_C}点\d.]+(?:公里|海里|里|米)处?"),
    re.compile(r"一[家间处][^，。一]{1,6}?(?:厂|店|馆|吧|作坊|公司|场|仓库|KTV|医院|超市)"),
    re.compile(
        r"(?<=[镇乡村区县市道路街])一[个所座][^，。一]{1,6}?(?:厂|店|馆|吧|作坊|场|仓库|幼儿园|学校|工地|楼盘|站|酒坊|市场|超市)"
    ),
    re.compile(r"(?<=[面边近])的(?=山(?!塌|体|上滑|滑)|林|河|工地|仓库|水库|鱼塘|厂|海)"),
)
_JOIN = re.compile(r"(?<=[路道街线巷])[和与跟同](?=[^，。的]{1,6}?(?:路|大道|街|线|巷))")
_AWAY = re.compile(
    r"(?:送(?:往|到|去|至|进|回)?了?|转移到|转到|安置到|疏散到|撤到|派往|赶往|前往|报告?给|通知了?|联系了?|向|请"
    r"|协调|上报|转运到|住进|调|从|开往|驶往|往|去|报(?:了)?|移交|传真到|运到|到|在)$"
)
_SENT = re.compile(
    r"(?:送|转|拉|接(?!到|报|群)|抬|收治|救治|抢救|安置|转移|撤|疏散|运|搬|赶|开往|驶往|经)[^，。]{0,5}$"
)
_FOUND = re.compile(
    r"(?:发生在|位于|地点(?:是|在|：)?(?:不是[^，。]{1,6}，?是)?|地址(?:是|在)?|位置(?:是|在)?|就在|在"
    r"|住(?:在)?)(?:我们|我|那个|这个|一个|，)?$"
)
_BEING = re.compile(
    r"(?:我们?|这里|这边|那边|我方|本人|[你您]们?)(?:是|系|这里是|这边是)?(?:在)?$|^(?:您好|你好|喂|，)*(?:这里是|我是)$"
)
_ACTIVE = re.compile(
    r"^(?:的|，)*(?:发生|出现|突发|起火|着火|失火|爆炸|有|一|两|三|多|附近|撞|塌|倒|停|冒|被|自建|路面|全|遭|普降"
    r"|由于|因|火|水|车|人|河水|山体|翻|聚|打|大|下|泄|部分|出|报|不断|几|旁|沉|突然|今天|昨|凌晨|刚|早|上午|下午"
    r"|晚)"
)
_REPORTING = re.compile(
    r"^(?:的|，|那边|方面|那里|那)*(?:负责人|报告|来电|来消息|报|通报|转报|值班|反映|电话|续报|报警|党政办|办公室|应急"
    r"|派出|公安|交警|三防|政府|消防|领导|书记|镇长|县长|[^，。]{0,4}(?:局|办|队|委|所|中心|支队|大队|值班))"
)
_WRONG = re.compile(r"(?:不是|不在|而非|并非)(?:在)?$")
_HOSPITAL = re.compile(r"[^，。]*(?:医院|卫生院|急诊科|门诊部)")
_GATHERED = re.compile(r"^[^，。]{0,4}(?:聚集|静坐|慢行|上访|讨要|拉横幅|堵门)")
_SOME = re.compile(r"[几两三四五六七八九十\d]+(?:栋|家|所|个|座|条|间|处)(?!村|圩|镇)")
_LYING = re.compile(r"(?:伤者|伤员|病人|患者|都|现在|目前|还|正|人|也|已经?)在$")
_TREATED = re.compile(
    r"^(?:的)?(?:接受|治疗|救治|抢救|住院|打吊针|输液|观察|留观|就诊|留观|医治|手术)|^，?[^，。]{0,8}(?:收治|接诊|收了)"
)
_UNREAL = re.compile(r"如果|要是|万一|一旦|假如|可能会?|担心|防止|准备|计划|打算|建议|希望|请")
_RIGHT = re.compile(
    r"(?:不对|(?<!打)错了|更正|纠正|应该是|准确|不是[^，。]{1,8}|不在[^，。]{1,8})(?:，|[^，。]{0,2})*(?:是|应该是|在|，"
    r"|地点)*$"
)
_AFFECTED = re.compile(
    r"(?:影响|波及|涉及|周边|附近|隔壁|扩散到|蔓延到|居民|关停|停工|全市|受灾|淹了|安排|请|通知|预计|登陆)[^，。]{0,6}$"
)
_NOWHERE = re.compile(
    r"道路|铁路|公路|路段|高速(?:公路)?|街道|辖区|海域|水域|出口|入口|线路|航道|市区|城区|县区|地区|小区|社区|学校"
    r"|医院|公司|本市|[^，。]区域|细路|马路|[进出回]村|血站|供电所|学生宿舍"
)
_GENERIC = re.compile(
    r"(?:后山|码头|总站|工地|路口|村口|路边|水库|海堤|大堤|堤(?!坝|岸|防)|村道|海边|沙滩|仓库|市场|厂区|车站|机场|海面"
    r"|桥|国道|省道|隧道|幼儿园|小学|中学|[^，。]{0,2}矿|砖厂|厂|[^，。]{1,2}厂|[^，。]?门口|同?一[家间处][^，。]{1,8}"
    r"|[个家间][^，。]{1,8}|[^，。]{0,2}大排档)(?:附近|旁边?|里面)?"
)
_SENTENCE = re.compile(r"[了的吧是在有发着起撞翻倒塌我这那吗呢]|附近有|出了")
_LOCAL = re.compile(r"[镇乡村岛港]|(?:学院|大学|中学|小学|幼儿园|水库|机场|景区)$|街道|社区|[路街道]$")
_HEARSAY = re.compile(r"反映|报警|报告|举报|来电|电话|[说讲称]")
_HERE = re.compile(
    r"我们?(?:这里|这边|这|那里|镇|村|县|市|区|岛|乡|街道|辖区|矿|厂|公司|学校|单位)|(?:这里|这边)(?!是)|码头|后山"
    r"|本[县镇村市区]|在(?:学校|厂里|公司|单位|镇上|村里|店里|医院|食堂|工地|校园|校内)"
)
_AREA = re.compile(r"[市县区镇乡村岛道]|社区|街道|港|厂|矿|场|学|院|园")


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
def find(text: str, vocabulary: Vocabulary) -> tuple[Place, ...]:
    """Every place that `text` names, scored by the words around it."""
    masked = _masked(text)
    known = _known(vocabulary.places)
    found: list[Place] = []
    spans = [match.span() for match in _PLACE.finditer(masked)]
    spans = _merged(spans, [match.span() for match in known.finditer(text)] if known else [], text)
    for start, end in spans:
        if end - start < 2 or _NOWHERE.fullmatch(text[start:end]):
            continue
        found.append(Place(start, end, _score(text, start, end, vocabulary.units)))
    return tuple(found)


def _masked(text: str) -> str:
    letters = list(text)
    for match in _TOKEN.finditer(text):
        if match["hard"]:
            letters[match.start() : match.end()] = "\n" * (match.end() - match.start())
    for match in _JOIN.finditer(text):
        letters[match.start() : match.end()] = text[match.start() : match.end()]
    for pattern in _KEPT:
        for match in pattern.finditer(text):
            letters[match.start() : match.end()] = text[match.start() : match.end()]
    for start, end in _clock_spans(text):
        letters[start:end] = "\n" * (end - start)
    return "".join(letters)


_ANY_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _clock_spans(text: str) -> Iterator[tuple[int, int]]:
    for moment in times.find(text, _ANY_DAY):
        yield moment.start, moment.end


def _merged(spans: list[tuple[int, int]], known: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans + known):
        if merged and text[merged[-1][1] : start] in {"", "，", "的"} and not _WRONG.search(text[: merged[-1][0]]):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


_LEADING = ((_UNREAL, -8), (_INDEFINITE, -6), (_BEING, -5), (_AFFECTED, -9))
_MOVING = ((_SENT, -20), (_FOUND, 10), (_AWAY, -8))
_FOLLOWING = ((_GATHERED, 14), (_TREATED, -20), (_REPORTING, -9), (_ACTIVE, 4))
"""What the words before and after a place say about it: of the latter two only the first that fits."""


def _score(text: str, start: int, end: int, units: frozenset[str]) -> float:
    edge = max(text.rfind(mark, 0, start) for mark in "，。?") + 1
    before, wide = text[max(edge, start - 12) : start], text[max(0, start - 14) : start]
    after = text[end : end + 14]
    score = 10.0 + min(end - start, 12) / 4
    if _WRONG.search(wide):
        return -10
    if _SOME.match(text[start:end]):
        score -= 12
    if _GENERIC.fullmatch(text[start:end]):
        score -= 7
    if _RIGHT.search(wide):
        score += 25
    if _HOSPITAL.fullmatch(text[start:end]) and _LYING.search(before):
        score -= 25
    score += sum(weight for pattern, weight in _LEADING if pattern.search(before))
    score += next((weight for pattern, weight in _MOVING if pattern.search(before)), 0)
    score += next((weight for pattern, weight in _FOLLOWING if pattern.search(after)), 0)
    if any(text.startswith(unit, start) for unit in units if unit and len(unit) > end - start):
        score -= 6
    return score


def draft(lines: list[Line], texts: list[str], vocabulary: Vocabulary, source: Element, event: bool) -> Element:
    """The best of the places; a name that says little alone (码头, 后山) is given with the place that holds it."""
    found = sorted(_candidates(lines, vocabulary, source), key=lambda hit: -hit[0])
    best = next((hit for hit in found if hit[0] >= 6), None)
    if best is None:
        best = next(
            (hit for hit in found if event and hit[0] > -8 and _LOCAL.search(hit[1].text[hit[2] : hit[3]])), None
        )
    best = best or next((hit for hit in found if event and hit[0] > 0), None)
    spans: list[Span] = []
    if best is not None:
        _, line, start, end = best
        spans = [Span(line.turn, *line.heard.back(start, end))]
        if _GENERIC.fullmatch(line.text[start:end]):
            whole = [
                hit
                for hit in found
                if hit[0] >= 5 and hit is not best and not _GENERIC.fullmatch(hit[1].text[hit[2] : hit[3]])
            ]
            wider = [Span(hit[1].turn, *hit[1].heard.back(hit[2], hit[3])) for hit in whole[:1]]
            spans = sorted({*(wider or _own(lines, source, vocabulary)), *spans})
    else:
        spans = list(_own(lines, source, vocabulary))
    if not spans:
        return Element("place", False)
    said = "，".join(texts[span.turn][span.start : span.end] for span in spans)
    return Element("place", True, said, said, tuple(spans))


def _candidates(lines: list[Line], vocabulary: Vocabulary, source: Element) -> Iterator[tuple[float, Line, int, int]]:
    said = source.text.split("，")
    own = [span for span, words in zip(source.spans, said, strict=False) if not _HEARSAY.search(words)]
    order = 0
    for line in lines:
        answering = "place" in line.asked.topics and not line.unknown
        for place in find(line.text, vocabulary):
            order += 1
            score = place.score - min(order, 8) * 0.4 + (1 if line.confirmed else 0)
            start, end = place.start, place.end
            first = Span(line.turn, *line.heard.back(start, end))
            if any(span.turn == line.turn and span.start <= first.start and first.end <= span.end for span in own):
                score -= 6
            if answering and start <= line.answer + 8:
                score += 12
                start, end = _whole_answer(line, start, end)
            yield score, line, start, end


def _whole_answer(line: Line, start: int, end: int) -> tuple[int, int]:
    """A short answer is the place as a whole, names that the grammar does not know included."""
    stop = re.compile(r"[，。? ]").search(line.text, end)
    last = stop.start() if stop else len(line.text)
    tail = line.text[end:last]
    return (start, last) if 0 < len(tail) <= 8 and not _SENTENCE.search(tail) else (start, end)


def _own(lines: list[Line], source: Element, vocabulary: Vocabulary) -> Iterator[Span]:
    """The caller's own place where he speaks of "here"."""
    here = [line for line in lines if _HERE.search(line.text)]
    for line in here and lines:
        for span in source.spans:
            if span.turn != line.turn:
                continue
            for place in find(line.text, vocabulary):
                start, end = line.heard.back(place.start, place.end)
                if span.start <= start < span.end and _AREA.search(line.text[place.start : place.end]):
                    yield Span(span.turn, start, end)
                    return
