"""What a machine wrote down, made readable for the rules, every character still knowing where it came from."""

import re
from dataclasses import dataclass
from functools import lru_cache

_TRADITIONAL = dict(
    zip(
        "發陣數點傷眾運輸車輛門開關報導訊電話號員廠實驗樓場館鄉鎮縣區灣島嶺橋東廣頭龍鳳馬漁業塘邊達進時間後還沒這裡"
        "們說聽請問對錯"
        "況狀況亂搶險滅勢應響範圍風災難滲漏積澇淹斷絕線網絡環衛醫療癥護藥學課師長與從兩萬億處長塊錢條隻雞豬鴨鵝爾幾"
        "個種樣無"
        "現場圍眾動員轉親屬緒調查確認證據結構體溫熱製鋼鐵鍋爐儲罐閥門爆炸燒毀損壞墜倒塌陷裂縫涌決潰堤壩閘峽澗溝漲雲"
        "霧強颱預"
        "計劃準備議協聯繫統計複覆當務辦廳縣黨書記隊飛機場貨櫃碼駛違規載傾瀉氣體濃煙嗆離職聚眾罷欠薪資維權鬧鬥毆綁販"
        "毒槍彈盜竊詐騙"
        "疫癘藍橙黃紅綠級別會議國際僑臺灣嗎誰麼為什過來幫謝喂嚴慘慟遺體溺撈尋搜營盡盤滿頂層棟單鄰鋪週點鐘準確實際將",
        "发阵数点伤众运输车辆门开关报导讯电话号员厂实验楼场馆乡镇县区湾岛岭桥东广头龙凤马渔业塘边达进时间后还没这里"
        "们说听请问对错"
        "况状况乱抢险灭势应响范围风灾难渗漏积涝淹断绝线网络环卫医疗症护药学课师长与从两万亿处长块钱条只鸡猪鸭鹅尔几"
        "个种样无"
        "现场围众动员转亲属绪调查确认证据结构体温热制钢铁锅炉储罐阀门爆炸烧毁损坏坠倒塌陷裂缝涌决溃堤坝闸峡涧沟涨云"
        "雾强台预"
        "计划准备议协联系统计复复当务办厅县党书记队飞机场货柜码驶违规载倾泻气体浓烟呛离职聚众罢欠薪资维权闹斗殴绑贩"
        "毒枪弹盗窃诈骗"
        "疫疠蓝橙黄红绿级别会议国际侨台湾吗谁么为什过来帮谢喂严惨恸遗体溺捞寻搜营尽盘满顶层栋单邻铺周点钟准确实际将",
        strict=True,
    )
)
_MARKS = {
    **dict.fromkeys("，、；;：,（）()“”\"'《》【】[]…—~", "，"),
    **dict.fromkeys("。！!\n\r", "。"),
    "？": "?",
    "?": "?",
    "％": "%",
}
_HOMOPHONES = {
    "失恋": "失联",
    "受商": "受伤",
    "重商": "重伤",
    "轻商": "轻伤",
    "商亡": "伤亡",
    "商者": "伤者",
    "商员": "伤员",
    "五商": "五伤",
    "背困": "被困",
    "备困": "被困",
    "被捆": "被困",
    "救原": "救援",
    "就援": "救援",
    "泄露": "泄漏",
    "消房": "消防",
    "追委": "追尾",
    "追为": "追尾",
    "侧番": "侧翻",
    "侧帆": "侧翻",
    "逆水": "溺水",
    "塌房": "塌方",
    "事固": "事故",
    "是故": "事故",
    "交通时故": "交通事故",
    "火在": "火灾",
    "应急班": "应急办",
    "应即办": "应急办",
    "受栽": "受灾",
    "四亡": "死亡",
    "被埋": "被埋",
}
_FILLER = re.compile(
    r"嗯+|呃+|唔+(?!该)|额(?![度头定外])|噢|哦|唉|哎呀?|诶|欸|啊+|呀|就是说|怎么说呢|是这样子?的?(?!话)"
    r"|那个(?!什么)|这个(?=这个|那个|呃|嗯|就是)"
    r"|你知道吧|的样子(?=[，。]|$)"
)
_HOMOPHONE = re.compile("|".join(_HOMOPHONES))
_WIDE_DIGITS = {ord("０") + i: str(i) for i in range(10)}


@dataclass(frozen=True, slots=True)
class Heard:
    """`text` for the rules: simplified, no fillers, marks reduced to ，。?; origin[i] is where text[i] stood."""

    text: str
    origin: tuple[int, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that text[start:end] came from."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=4096)
def hear(raw: str) -> Heard:
    """`raw` made readable. Deterministic; a space is a pause, unless the machine put one after every word."""
    pieces = raw.split()
    pauses = len(pieces) > 1 and (len(pieces) <= 4 or sorted(map(len, pieces))[len(pieces) // 2] > 3)
    characters: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(raw):
        written = _mark(raw, position, character) if not character.isspace() else ("，" if pauses else "")
        if not written or (written == "，" and (not characters or characters[-1] in "，。?")):
            continue
        characters.append(written)
        origin.append(position)
    text = "".join(characters)
    text = _HOMOPHONE.sub(lambda match: _HOMOPHONES[match.group()], text)
    keep = [True] * len(text)
    for match in _FILLER.finditer(text):
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
    kept = [index for index, kept in enumerate(keep) if kept]
    kept = [
        index
        for place, index in enumerate(kept)
        if text[index] != "，" or (place and text[kept[place - 1]] not in "，。?")
    ]
    return Heard("".join(text[index] for index in kept), tuple(origin[index] for index in kept))


def _mark(raw: str, position: int, character: str) -> str:
    near = raw[position - 1 : position] + raw[position + 1 : position + 2]
    if character in ":：.．" and len(near) == 2 and near.isdigit():
        return ":" if character in ":：" else "."
    if character == "," and len(near) == 2 and near.isdigit() and raw[position + 1 : position + 4].isdigit():
        return ""
    if character in ".．":
        return "。"
    if "０" <= character <= "９" or "Ａ" <= character <= "Ｚ" or "ａ" <= character <= "ｚ":
        return chr(ord(character) - 0xFEE0)
    return _TRADITIONAL.get(character, _MARKS.get(character, character))
