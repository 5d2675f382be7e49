"""The practice model's whole world: invented sentences of a duty room's calls in Zhanjiang.

`sentence` draws one sentence, `filler` strings the same words together at random (so that the decoder must listen
instead of reciting), `everyday` gives speech from outside, which the model should not write. A rule lists its
alternatives; `{rule}` expands to one of them, `{2-40}` to a number in words, `{#3}` to that many single digits.
"""

import random
import re

DIGITS = "零一二三四五六七八九"

RULES: dict[str, tuple[str, ...]] = {
    "county": tuple("赤坎区 霞山区 坡头区 麻章区 遂溪县 徐闻县 廉江市 雷州市 吴川市 廉江 雷州 吴川 徐闻 遂溪".split()),
    "town": tuple("安铺镇 石城镇 黄略镇 硇洲镇 乌石镇 南三镇 龙头镇 北和镇".split()),
    "road": tuple(
        "人民大道 中山路 解放路 海滨大道 观海路 康宁路 椹川大道 建设路 东风路 沈海高速 广湛高速 "
        "省道{#3}线 省道{#3}线 国道{#3}线 北桥路口 南华路".split()
    ),
    "spot": tuple(
        "金沙湾广场 南油医院 第一中学 乌石港 鹤地水库 东海岛工业园 客运站 龙潮村 "
        "农贸市场 化工厂 渔港码头 火车站".split()
    ),
    "place": (
        *("{county}{town}", "{county}{road}", "{county}{road}", "{county}{spot}", "{road}", "{road}", "{spot}"),
        *("{town}{road}", "{town}{spot}", "{spot}附近", "{county}{town}{road}"),
    ),
    "office": tuple("应急局 值班室 消防大队 公安局 交警大队 水务局 教育局 卫健局".split()),
    "unit": (
        *("{county}{office}", "{county}{office}", "{county}{office}", "{town}政府", "{town}派出所"),
        *("市总值班室", "省值班室", "市消防支队", "市交警支队", "市公安局"),
        *("市气象局", "海事局", "供电局", "市人民医院"),
    ),
    "person": ("{surname}{title}",),
    "surname": tuple("王李张刘陈杨黄赵吴周林何郑梁"),
    "title": tuple("主任 科长 局长 同志 队长 书记".split()),
    "event": tuple(
        "交通事故 交通事故 火灾 火灾 燃气泄漏 山体滑坡 道路塌陷 森林火灾 溺水事件 停电 化学品泄漏 食物中毒 渔船失联 "
        "房屋倒塌 内涝 聚众闹事 校车追尾 爆炸".split()
    ),
    "cause": tuple(
        "雨天路滑 车辆追尾 电线老化 违规操作 连日暴雨 疲劳驾驶 煤气罐爆炸 酒后驾驶 台风影响 管道破裂".split()
    ),
    "hurt": (
        "{1-40}人受伤",
        "{1-20}人受伤",
        "{1-20}人受伤，{1-9}人死亡",
        "{1-9}人死亡，{1-20}人受伤",
        "{1-9}死{1-20}伤",
    ),
    "harm": (
        *("{hurt}", "{hurt}", "{hurt}", "{1-40}人被困", "{1-20}人失踪", "{1-9}人死亡", "暂无人员伤亡", "没有人员伤亡"),
        "伤亡情况不明",
    ),
    "day": tuple("今天上午 今天下午 昨天晚上 今天凌晨 今天早上".split()),
    "when": ("{clock}", "{clock}", "{clock}", "{day}{clock}", "{day}{clock}", "{2-50}分钟前", "刚才", "半小时前"),
    "effect": (
        *("{road}双向交通中断", "{2-90}户群众停电", "{2-90}户群众停水", "{2-90}间房屋受损", "直接经济损失约{2-90}万元"),
        "{2-90}亩农田被淹",
    ),
    "trend": tuple(
        "火势正在蔓延 水位还在上涨 情况已经稳定 火势已经控制 伤者已经送医 交通已经恢复 "
        "现场秩序正常 雨势正在减弱".split()
    ),
    "plan": tuple("继续搜救 疏散周边群众 封闭道路 调查事故原因 加强巡查 抢修线路 转移受困人员 设置警戒线".split()),
    "need": tuple(
        "请求支援 请派消防车 请派救护车 请协调电力部门 请立即核实 请尽快上报 请安排疏散 "
        "请通知交警 请保持电话畅通 请调配抽水设备".split()
    ),
    "yes": tuple("好的 收到 明白 是的 清楚了".split()),
    "ask": (
        *(
            "事情是几点发生的",
            "具体地点在哪里",
            "有没有人员伤亡",
            "是什么原因造成的",
            "现在情况怎么样",
            "消息是从哪里来的",
        ),
        *("影响范围有多大", "现场是谁在指挥", "还需要什么支援", "你们采取了什么措施", "有多少人被困", "伤者送到哪里了"),
    ),
    "end": ("有情况再联系", "请书面报告", "请保持电话畅通", "我马上报告{person}", "已经记录", "谢谢", "再见", "辛苦了"),
    "thing": ("{1-60}人", "{1-20}辆车", "{1-20}辆救护车", "{1-20}辆消防车"),
    # Outside the domain: only for what the model must not write.
    "someone": tuple("我妈妈 我朋友 小狗 那个学生 邻居 我们老板 他爷爷 她姐姐 司机 老师".split()),
    "did": tuple("喜欢 想买 正在吃 忘了带 送给我 卖掉了 打算学 弄丢了 画了 借走了".split()),
    "what": tuple("一只苹果 两件毛衣 新手机 故事书 红烧肉 电影票 钢琴 篮球 生日蛋糕 旧自行车 牛奶咖啡 照片".split()),
    "after": tuple("周末去爬山 味道好极了 价格太贵 音乐非常动听 明年春天结婚 足球比赛输了 学习外语 天气真舒服".split()),
    "who": ("my sister", "the old man", "our teacher", "a little bird", "your friend", "the doctor"),
    "does": ("likes", "bought", "forgot", "painted", "is reading", "sold"),
    "object": ("green apples", "a long letter", "the piano", "two tickets", "some coffee", "a blue bicycle"),
    "then": ("yesterday", "in the garden", "for her birthday", "again", "at school", "with pleasure"),
}
OUTSIDE = ("someone", "did", "what", "after", "who", "does", "object", "then")

SENTENCES: tuple[tuple[float, str], ...] = (
    (2, "你好，这里是{unit}。"),
    (1.5, "你好，{unit}，请讲。"),
    (1, "喂，请问是{unit}吗？"),
    (1.5, "我是{unit}的{person}。"),
    (1, "{unit}吗，我是{unit}的{person}。"),
    (7, "{when}在{place}发生一起{event}，{harm}。"),
    (2, "{when}在{place}发生一起{event}。"),
    (2.5, "{when}，{place}发生{event}，{need}。"),
    (3, "{place}发生{event}，{harm}，{need}。"),
    (2, "报告，{when}{place}发生{event}。"),
    (3, "目前{harm}，{need}。"),
    (2, "事故造成{harm}，{effect}。"),
    (1.5, "不对，是{harm}。"),
    (1.5, "原因是{cause}。"),
    (1.5, "初步判断是{cause}，{trend}。"),
    (1.5, "{effect}，{trend}。"),
    (1.5, "{trend}，{plan}。"),
    (1.5, "下一步我们准备{plan}，{plan}。"),
    (2, "我们已经派出{thing}和{thing}赶到现场。"),
    (1.5, "{unit}已经到达现场，正在{plan}。"),
    (1, "{place}有{2-99}名群众已经转移。"),
    (1.5, "{clock}接到{person}报警，{ask}还不清楚。"),
    (1, "消息来自{unit}的{person}。"),
    (5, "{yes}，{ask}？"),
    (2, "请问{ask}，{ask}？"),
    (1.5, "请问{place}现在情况怎么样？"),
    (1.5, "请再说一遍，是{place}吗？"),
    (1.5, "是的，{place}，{harm}。"),
    (1.5, "{place}的{event}是几点发生的？"),
    (3, "{yes}，{end}，{end}。"),
    (1.5, "{person}，{end}。"),
    (1.5, "请在{clock}之前书面报告。"),
    (1, "请在{2-60}分钟之内书面报告，{end}。"),
    (1.5, "收到，我马上向{unit}{person}报告。"),
    (1, "台风预计{day}{clock}登陆，请{unit}做好准备。"),
    (1, "气象局发布{place}暴雨红色预警，{need}。"),
    (1, "{place}水位已经超过警戒线{1-9}米，{need}。"),
    (1, "{unit}要求启动{1-4}级应急响应。"),
)
PIECES = (
    "{unit} {place} {person} {event} {need} {clock} {clock} {1-99}人 {1-99}名 {1-99}辆 {harm} {day} "
    "{cause} {effect} {ask} {plan} {end} {trend} {#3}"
).split()
PUNCTUATION = "，。？"
SLOT = re.compile(r"\{(\w+|#\d+|\d+-\d+)\}")


def number(n: int) -> str:
    """0-99 in words, as in a clock time."""
    if n < 10:
        return DIGITS[n]
    tens, units = divmod(n, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[units] if units else "")


def count(n: int) -> str:
    """0-99 before a measure word: 两人, not 二人."""
    return "两" if n == 2 else number(n)


def clock(r: random.Random) -> str:
    """A time of day: 十点二十分, 两点零五分, 三点半, 六点整."""
    hour, minute = r.randrange(24), r.choice([r.randrange(60), 5 * r.randrange(12)])
    head = count(hour) + "点"
    if minute == 0:
        return head + "整"
    if minute == 30:
        return head + "半"
    return head + ("零" if minute < 10 else "") + number(minute) + "分"


def expand(template: str, r: random.Random) -> str:
    """`template` with every slot filled anew."""

    def slot(match: re.Match[str]) -> str:
        name = match[1]
        if name == "clock":
            return clock(r)
        if name[0] == "#":
            return "".join(r.choice(DIGITS) for _ in range(int(name[1:])))
        if "-" in name:
            low, high = map(int, name.split("-"))
            return count(r.choice([r.randint(low, high), r.randint(low, min(high, 9))]))
        return expand(r.choice(RULES[name]), r)

    return SLOT.sub(slot, template)


def sentence(r: random.Random) -> str:
    weights, templates = zip(*SENTENCES, strict=True)
    return expand(r.choices(templates, weights)[0], r)


def filler(r: random.Random) -> str:
    """Words of the domain in no order, or digits."""
    if r.random() < 0.2:
        return expand(f"{{#{r.randint(3, 8)}}}。", r)
    glue = r.choice(("", "，"))
    return glue.join(expand(r.choice(PIECES), r) for _ in range(r.randint(2, 4))) + "。"


def everyday(r: random.Random) -> tuple[str, bool]:
    """Speech from outside the domain: the text, and whether it is English."""
    if r.random() < 0.4:
        return expand("{who} {does} {object} {then}.", r), True
    return expand("{someone}{did}{what}，{after}。", r), False


def characters() -> tuple[str, ...]:
    """Every character that the domain can produce, sorted."""
    text = "".join(t for _, t in SENTENCES) + "".join(t for k, v in RULES.items() if k not in OUTSIDE for t in v)
    spoken = text + DIGITS + "十两点整半分人名辆"
    return tuple(sorted({c for c in spoken if "\u4e00" <= c <= "\u9fff" or c in PUNCTUATION}))
