"""性质: which of the emergency classes it is, and what kind, by the words that name or describe it."""

import re
from functools import lru_cache

from models.rules.elements.dialogue import Line
from models.rules.elements.types import Element, Span

ADRIFT = "渔船失联"
NATURAL, ACCIDENT, HEALTH, SECURITY, OTHER = "natural", "accident", "health", "security", "other"

_KINDS: tuple[tuple[str, str, str], ...] = (
    # what is said, the kind in words, the class
    (
        r"森林火灾|山火|林火|山[头林]?(?:上)?(?:起火|着火)|[后村]?山(?:上)?(?:着火|起火|烧着|失火)|把[^，。]{0,4}山烧",
        "森林火灾",
        NATURAL,
    ),
    (r"泥石流", "泥石流", NATURAL),
    (r"山体滑坡|滑坡|山体滑下|山[^，。]{0,6}塌下来|裂缝.{0,12}滑下来|裂了一条缝", "滑坡", NATURAL),
    (r"塌方|崩塌|山体垮塌|土方", "塌方", NATURAL),
    (r"管涌|抗洪|决口|溃堤|溃坝|决堤|漫堤|洪水|洪涝|山洪|洪峰|汛限|渗水|超警戒|漫坝|泄洪", "洪水", NATURAL),
    (
        (
            r"内涝|水浸|积水|(?:水|被|都|全)?淹(?:了|到|没|进|在)(?!死)|被淹|(?:村|屋|家|街|房|地下室|车库"
            r"|商铺)[^，。]{0,4}进水(?!里)"
        ),
        "内涝",
        NATURAL,
    ),
    (r"龙卷风", "龙卷风", NATURAL),
    (r"台风|热带风暴|热带低压|风暴潮", "台风", NATURAL),
    (r"(?:强|特?大)?暴雨|强降[雨水]|特大雨|雷暴", "暴雨", NATURAL),
    (r"地震|有震感|震了|(?:房子|家里|楼|吊灯|地)[^，。]{0,4}晃", "地震", NATURAL),
    (r"海啸", "海啸", NATURAL),
    (r"冰雹", "冰雹", NATURAL),
    (r"雷击|被雷[劈打]", "雷击", NATURAL),
    (r"大风|强风|阵风|狂风|海浪很?大", "大风", NATURAL),
    (r"干旱|旱情|旱灾", "干旱", NATURAL),
    (r"寒潮|冰冻|低温|霜冻|大雾(?!天)", "低温大雾", NATURAL),
    (r"赤潮|蝗虫|虫灾", "生物灾害", NATURAL),
    (r"松动.{0,10}滚下来|落石|地面塌陷", "地质灾害", NATURAL),
    (
        (
            r"交通事故|车祸|追尾|(?:两|三|几|多|\d)?[车辆台](?:相撞|碰撞)|撞车|翻车|[车辆](?:侧翻|自燃|翻了|翻到"
            r"|翻进|冲[出进入下])|(?:(?:校|货|客|轿|小|面包|摩托|罐|三轮|电动|公交|汽|卡|拖|半挂|自行|农用|泥头"
            r"|油罐|大)车|大巴|摩托|拖拉机|半挂)[^，。船]{0,14}(?:相撞|碰撞|撞[上到了倒]|翻|侧滑)"
            r"|翻了?一?[部辆台][^，。]{0,6}[车巴]|[部辆架台车机][^，。船]{0,8}撞[坏断破向]"
            r"|撞[到上倒了咗坏断][^，。]{0,8}(?:人|车|房子|护栏|树|行人|学生)|被[^，。]{0,8}车撞|[部辆架台]车撞"
            r"|车撞|撞人|刮蹭|撞一起"
        ),
        "交通事故",
        ACCIDENT,
    ),
    (r"脱轨|列车[^，。]{0,14}(?:事故|撞|相撞|着火)", "铁路事故", ACCIDENT),
    (r"坠机|(?:飞|直升|客)机[^，。]{0,12}(?:坠|侧翻|失事|故障|冲出|事故)|坠毁|迫降|备降", "航空事故", ACCIDENT),
    (
        (
            r"(?:渔|货|游|客|渡|快|商|捞沙|散货|运)?[船艇][^。]{0,40}(?:失联|失踪|失去联[系络]|联系不上)"
            r"|出海[^。]{0,14}(?:没有?回来|失联|联系不上)"
        ),
        "渔船失联",
        ACCIDENT,
    ),
    (
        (
            r"[船艇舶轮][^，。]{0,12}(?:沉|翻|碰撞|相撞|搁浅|触礁|进水|倾覆|坏了|失去动力|失火|起火|着火)|沉船"
            r"|翻船|[船艇舶轮][^，。]{0,12}(?:擦碰|触碰)|船只碰撞|撞船|海上事故|船翻|翻沉|机舱进水"
            r"|[船艇][^。]{0,50}沉没|失去动力"
        ),
        "水上交通事故",
        ACCIDENT,
    ),
    (r"踩踏", "踩踏", ACCIDENT),
    (
        (
            r"(?:房屋|楼房?|自建房|民房|厂房|围墙|房子|老房|危房|墙|支架|脚手架|模板|塔吊|吊机|吊车|桥|栈道|基坑"
            r"|工棚|屋顶|看台|高支模|建筑|隧道|舞台|广告牌)[^，。]{0,8}(?:倒了?|坍塌|倒塌|垮塌|塌|垮|吹倒|开裂"
            r"|倾斜)"
        ),
        "房屋倒塌",
        ACCIDENT,
    ),
    (r"(?:路|地|道路|路面|地面)[^，。]{0,4}(?:塌陷|坍塌|塌了|下陷|沉降)", "路面塌陷", ACCIDENT),
    (r"坍塌|倒塌|垮塌", "坍塌", ACCIDENT),
    (r"透水", "透水", ACCIDENT),
    (r"冒顶|透水|瓦斯|矿难|井下[^，。]{0,8}(?:被困|事故)|矿上?[^，。]{0,6}塌", "矿山事故", ACCIDENT),
    (r"爆炸|炸了(?!鱼)|爆燃", "爆炸", ACCIDENT),
    (
        r"(?:燃气|煤气|天然气|液化气|管道气)[^，。]{0,14}(?:泄漏|漏气|漏)|漏气|煤气味|天然气味",
        "燃气泄漏",
        ACCIDENT,
    ),
    (
        (
            r"(?:危化品|化学品|液氨|氨气|氯气|硫酸|盐酸|柴油|汽油|原油|油|甲醇|苯|危险品|化工|气体|液体|罐车|槽车"
            r"|酸|储罐)[^，。]{0,10}，?(?:一直)?(?:泄漏|外泄|漏了|外溢|在漏|漏出)|泄漏|冒黄烟|毒气"
        ),
        "危化品泄漏",
        ACCIDENT,
    ),
    (
        (
            r"火灾|起火|着火|失火|火情|火警|烧起来|冒(?:浓|黑)?烟|大火|自燃|明火|火势|起火啦|着咗火|火烛|烧着了"
            r"|引燃|烧了(?!香|水|开)"
        ),
        "火灾",
        ACCIDENT,
    ),
    (
        (
            r"食物中毒|吃坏|拉肚子|(?:吃|喜酒|聚餐|食堂|饭)[^。]{0,24}(?:不舒服|难受|肚子)|吃[^，。]{0,8}(?:中毒"
            r"|呕吐)|毒蘑菇|聚餐[^，。]{0,10}呕吐|呕吐[^，。]{0,3}腹泻|上吐下泻|恶心|呕吐|腹泻|集体(?:腹泻|呕吐"
            r"|中毒)|[名个][^，。]{0,6}(?:呕吐|腹泻)"
        ),
        "食物中毒",
        HEALTH,
    ),
    (
        (
            r"(?:清淤|下水道|沼气池|污水井|污水池|化粪池|地窖|船舱|清罐)[^。]{0,24}(?:晕|昏|中毒|窒息)"
            r"|一氧化碳中毒|煤气中毒|沼气|气体中毒|中毒"
        ),
        "中毒",
        ACCIDENT,
    ),
    (
        (
            r"非洲猪瘟|猪瘟|炭疽|口蹄疫|鸡瘟|[头只羽](?:猪|鸡|鸭|鹅|牛|羊)[^，。]{0,3}死|动物疫[情病]|(?:死"
            r"|病死)[^，。]{0,8}(?:猪|鸡|鸭|鹅|牛|羊)(?!肉)"
        ),
        "动物疫情",
        HEALTH,
    ),
    (r"禽流感", "禽流感", HEALTH),
    (
        (
            r"传染病|不明原因(?!死)|高热|咳血|疫情|手足口|登革热|流感|诺如|霍乱|鼠疫|肺炎|麻疹|水痘|结核|甲流|新冠"
            r"|病例|聚集性(?:发热|疫情|病)|发烧[^，。]{0,4}咳嗽|不明原因[^，。]{0,4}(?:病|发热)|预防接种"
        ),
        "传染病疫情",
        HEALTH,
    ),
    (
        (
            r"溺水|溺亡|落水|掉(?:海|河|水|江|塘|湖)里|跳(?:海|河|江)|淹死|浪(?:打|卷|冲)[^，。]{0,3}(?:海|水|走)"
            r"|被(?:海)?浪卷|掉进(?:水|河|江|海)|(?:玩水|游泳|下水|洗澡|捞鱼|摸鱼)[^。]{0,16}(?:沉|没上来|不见|淹"
            r"|没了|溺)|(?:水塘|鱼塘|池塘|水库|河|江|海|水坑|水井|水渠)[^。]{0,20}(?:掉|跌|落|沉|滑)(?:下去|下"
            r"|进去|进|了)|遇溺|浸死"
        ),
        "溺水",
        ACCIDENT,
    ),
    (
        (
            r"上访|聚集|静坐|拉横幅|讨薪|讨要工资|游行|示威|堵路|堵门|罢工|罢运|停运抗议|不拉客|闹事|群体性事件"
            r"|围堵|抗议|讨(?:要)?说法|罢市|集访|集会|标语|横幅"
        ),
        "聚集上访",
        SECURITY,
    ),
    (
        (
            r"打架|斗殴|械斗|打起来|冲突(?!执法)|打群架|医闹|互殴|火拼|争地盘|打(?:伤|破|断)[^，。]{0,4}(?:人|医生"
            r"|护士|保安|头|队员)"
        ),
        "打架斗殴",
        SECURITY,
    ),
    (r"持刀|砍(?:人|伤|死)|杀人|伤人|命案|凶杀|拿刀|被捅|行凶|捅(?:了|伤|死)", "持刀伤人", SECURITY),
    (
        (
            r"抢[^，。]{0,8}(?:包|手机|钱|项链)|抢夺|抢劫|抢走|被抢|绑架|劫持|盗窃|被偷|诈骗|走私|偷渡|贩毒|枪(?:声|击"
            r"|案)|开枪|骗子|骗了|强奸|非法集资"
        ),
        "刑事案件",
        SECURITY,
    ),
    (r"放火|纵火", "纵火", SECURITY),
    (r"爆炸物|炸弹|扬言|恐怖|劫机", "涉恐涉爆", SECURITY),
    (r"无人机", "无人机干扰", SECURITY),
    (
        (
            r"停电|跳闸|断电|没电|变压器[^，。]{0,4}(?:烧|炸|坏)|变电站[^，。]{0,8}(?:故障|跳)"
            r"|高压线[^，。]{0,4}掉|线路故障"
        ),
        "停电",
        ACCIDENT,
    ),
    (
        r"停水|断水|没水|水管[^，。]{0,6}(?:爆|裂|破)|主管[^，。]{0,4}爆|供水[^，。]{0,6}(?:中断|爆)|爆管",
        "停水",
        ACCIDENT,
    ),
    (r"停气|光缆|断网|通信中断|基站|通讯中断", "公共设施故障", ACCIDENT),
    (
        r"死鱼|污染|偷排|倒了?[^，。]{0,6}(?:废|化学|桶)|废水(?!坑|池|处理)|翻肚皮|水质|油污|环境事件",
        "环境污染",
        ACCIDENT,
    ),
    (
        (
            r"断裂|触电|电死|高处?坠落|坠落|摔下|机械伤害|被机器|掉下来|电梯[^，。]{0,6}(?:困|坠|故障)|卡在电梯"
            r"|困在[^，。]{0,3}电梯|电梯里|坠井|工伤|安全事故|生产事故"
        ),
        "安全事故",
        ACCIDENT,
    ),
    (r"跳楼|坠楼|自杀|轻生|跳下[来去]", "坠楼", SECURITY),
    (r"女尸|男尸|尸体|浮尸|遗体", "非正常死亡", SECURITY),
    (r"走失|不见了|失踪|走丢", "人员失踪", OTHER),
    (r"蟒蛇|马蜂|蜜蜂|野猪|毒蛇|狗咬|蛇|海蜇|蜇伤|鳄鱼|猴子", "动物伤人", OTHER),
    (r"晕倒|昏倒|突发疾病|猝死", "突发疾病", OTHER),
    (r"冲垮|险情|出险|海堤|巡堤|打散", "险情", NATURAL),
    (r"停航|滞留", "旅客滞留", OTHER),
    (r"化工厂|故障|事故", "事故", ACCIDENT),
)
_VAGUE = frozenset(
    {"事故", "旅客滞留", "突发疾病", "非正常死亡", "安全事故", "险情", "大风", "暴雨", "人员失踪", "坠楼"}
)
"""Kinds that give way to any plainer one."""
_PATTERNS = tuple(re.compile(pattern) for pattern, _, _ in _KINDS)
_NAMES = re.compile(
    r"消防[^，。]{0,8}?(?:队|站|车|员|救援|支队|大队|指挥中心|局)|[森护]林防火[^，。]{0,6}?(?:办|指挥部|队)?"
    r"|森防[办指]|三防[办指]?|防汛[^，。]{0,6}?(?:办|指挥部)|抗旱|地震局|地震台|交警|应急(?:管理)?(?:局|办)|灭火器"
    r"|防爆|排爆队?|火车[站南北东西]*|火锅|煤气罐|液化气站|发电厂|变电站(?![^，。]{0,8}跳)|防疫|防火|防震|抗震"
    r"|救火|疾控|化工厂|炼化|滑坡(?:隐患)?点|烟花|火力|热线|生态环境|环境局|公司|刑侦|缉毒|缉私|反诈|海事局"
)
_HYPOTHETIC = re.compile(
    r"如果|要是|万一|假如|一旦|防止|避免|以防|预防|否则|不排除|可能(?:会|引发|造成|导致|发生|出现|还会|再)?|会不会"
    r"|谨防|防范|有[^，。]{0,4}风险|怕(?:会|要)?|担心|存在|扬言(?:要)?|可能"
)
_DENIED = re.compile(
    r"(?:没有?|无|未|不会|不是|排除|并非|没)(?:发生|引起|出现|造成|发现|再|有|引发|接到)?(?:任何)?[^，。]{0,2}$"
)
_PAST = re.compile(r"上次|去年|以前(?:的|也)|前年|上个月|往年|历史上")
_DRILL = re.compile(
    r"^[^，。]{0,6}(?:演练|演习|知识|培训|工作会议|会议|宣传|检查|排查|隐患|材料|检修|补偿|防御|应急预案|保险)"
)
_HAPPENED = re.compile(
    r"(?:发生|出现|突发|遭遇|爆发|疑似|属于?|是一起|一起|一宗|定性为?)(?:了|一起|一宗|一次|一场|的|特?大|较大|重大"
    r"|两车|三车)*$"
)
_CAUSED = re.compile(
    r"^[^，。]{0,6}(?:引起|引发|导致|造成|致使|诱发)(?![^，。]{0,4}(?:[伤死]|交通"
    r"|[\d零一二两三四五六七八九十百]+[人个名]))"
)
_CAUSING = re.compile(r"(?:因为?|由于|受|原因是|怀疑是?|的影响)[^，。]{0,12}$")
_DUTY = re.compile(
    r"点名|抽查|打错|咨询|测试(?:一下)?线路|交接班|会务|召开[^，。]{0,16}会|投诉|演练|调研|停电检修|想问一下"
    r"|材料|传真号"
)


@lru_cache(maxsize=8192)
def _named(text: str) -> tuple[tuple[int, int, int, int], ...]:
    """(score, start, end, kind) of every kind that `text` states."""
    masked = _NAMES.sub(lambda match: " " * len(match.group()), text)
    found = []
    for number, pattern in enumerate(_PATTERNS):
        for match in pattern.finditer(masked):
            start, end = match.span()
            clause = max(masked.rfind(mark, 0, start) for mark in "，。?") + 1
            before, after = masked[clause:start], masked[end : end + 12]
            weak = _HYPOTHETIC.search(before[-14:]) is not None
            if _DENIED.search(before) or _DRILL.match(after) or _PAST.search(before):
                continue
            score = 20 - (12 if weak else 0)
            if _HAPPENED.search(before):
                score += 14
            if _CAUSED.match(after) or _CAUSING.search(before):
                score -= 8
            if _KINDS[number][1] in _VAGUE:
                score -= 6
            found.append((score, start, end, number))
    return tuple(found)


def is_duty_talk(lines: list[Line]) -> bool:
    """Whether the words are those of a roll-call, a meeting, a wrong number: talk without an event."""
    return any(_DUTY.search(line.text) for line in lines)


def draft(lines: list[Line], texts: list[str]) -> Element:
    """The kind that is said most plainly, the first of equals; a hazard gives way to what it did."""
    best: tuple[int, int, int, Line, int, int] | None = None
    order = 0
    hazard = False
    for line in lines:
        for score, start, end, kind in sorted(_named(line.text), key=lambda hit: (hit[1], hit[3])):
            order += 1
            hazard = hazard or (_KINDS[kind][2] == NATURAL and score >= 12)
            rank = (score - min(order, 5), -order, -kind)
            if best is None or rank > best[:3]:
                best = (*rank, line, start, end)
    if best is None or best[0] < 1:
        return Element("nature", False)
    line, start, end = best[3:]
    name, code = _KINDS[-best[2]][1:]
    span = Span(line.turn, *line.heard.back(start, end))
    if name in {"房屋倒塌", "坍塌"} and hazard and code == ACCIDENT:
        code = NATURAL
    return Element("nature", True, texts[span.turn][span.start : span.end], {"code": code, "kind": name}, (span,))
