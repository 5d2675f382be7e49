"""The practice calls as they are written: who calls, what both sides say, and what is true in it.

Sentences follow the grammar but are kept out of training (`sentences`). Names and numbers are invented.
"""

from dataclasses import dataclass
from typing import Any

SIDES = {"来": "caller", "值": "officer"}


@dataclass(frozen=True)
class Scene:
    """`script`: one sentence a line, 来 the caller, 值 the officer. `truth` as in the practice call's JSON."""

    id: str
    title: dict[str, str]
    number: str
    name: str
    caller_voice: str
    officer_voice: str
    script: str
    truth: dict[str, Any]

    def turns(self) -> list[tuple[str, str]]:
        """(leg, sentence), in order."""
        return [(SIDES[line[0]], line[2:]) for line in self.script.split()]


SCENES = (
    Scene(
        "traffic",
        {"zh": "城区交通事故", "en": "Accident in town"},
        *("07596681201", "廉江市交警大队", "m3", "f1"),
        """
        值：你好，市总值班室，请讲。
        来：我是廉江市交警大队的陈科长。
        来：十点二十分在廉江市解放路发生一起交通事故，三人受伤。
        值：收到，是什么原因造成的？
        来：初步判断是雨天路滑，伤者已经送医。
        来：解放路双向交通中断，现场秩序正常。
        值：明白，你们采取了什么措施？
        来：下一步我们准备封闭道路，抢修线路。
        值：请在二十分钟之内书面报告，有情况再联系。
        来：好的，请保持电话畅通，再见。
        """,
        {
            "time": {"text": "十点二十分", "clock": "10:20"},
            "place": "廉江市解放路",
            "nature": {"code": "accident", "kind": "交通事故"},
            "consequences": {"injured": 3},
            "cause": "雨天路滑",
        },
    ),
    # The beginning and the end of the first: the shortest call that has it all, shown where nobody sits.
    Scene(
        "brief",
        {"zh": "城区交通事故(简短)", "en": "Accident in town, in brief"},
        *("07596681201", "廉江市交警大队", "m3", "f1"),
        """
        值：你好，市总值班室，请讲。
        来：我是廉江市交警大队的陈科长。
        来：十点二十分在廉江市解放路发生一起交通事故，三人受伤。
        值：收到，是什么原因造成的？
        来：初步判断是雨天路滑，伤者已经送医。
        """,
        {
            "time": {"text": "十点二十分", "clock": "10:20"},
            "place": "廉江市解放路",
            "nature": {"code": "accident", "kind": "交通事故"},
            "consequences": {"injured": 3},
            "cause": "雨天路滑",
        },
    ),
    Scene(
        "fire",
        {"zh": "农贸市场火灾", "en": "Fire at a market"},
        *("07595561190", "吴川市消防大队", "m1", "f2"),
        """
        值：你好，市总值班室，请讲。
        来：我是吴川市消防大队的周队长。
        来：二十分钟前在吴川市农贸市场发生一起火灾，五人被困。
        值：请问有没有人员伤亡，现场是谁在指挥？
        来：目前两人受伤，请派救护车。
        来：不对，是三人受伤。
        值：好的，是什么原因造成的？
        来：初步判断是电线老化，火势正在蔓延。
        来：我们已经派出四十人和八辆消防车赶到现场。
        值：收到，我马上向市消防支队李书记报告。
        """,
        {
            "time": {"text": "二十分钟前", "minutes_before": 20},
            "place": "吴川市农贸市场",
            "nature": {"code": "accident", "kind": "火灾"},
            "consequences": {"injured": 3, "trapped": 5},
            "cause": "电线老化",
        },
    ),
    Scene(
        "boat",
        {"zh": "渔船失联", "en": "Fishing boat out of contact"},
        *("07594881235", "雷州市应急局", "m7", "f1"),
        """
        值：你好，市总值班室，请讲。
        来：我是雷州市应急局的梁主任。
        来：今天凌晨四点十五分在雷州市乌石港发生渔船失联，请求支援。
        值：明白，有没有人员伤亡？
        来：目前七人失踪，请求支援。
        值：请再说一遍，是雷州市乌石港吗？
        来：是的，雷州市乌石港，七人失踪。
        来：海事局已经到达现场，正在继续搜救。
        值：请在五点半之前书面报告。
        来：收到，有情况再联系，辛苦了。
        """,
        {
            "time": {"text": "今天凌晨四点十五分", "clock": "04:15", "day": 0},
            "place": "雷州市乌石港",
            "nature": {"code": "accident", "kind": "渔船失联"},
            "consequences": {"missing": 7},
        },
    ),
    Scene(
        "flood",
        {"zh": "城区内涝", "en": "Flooded streets"},
        *("07597771356", "遂溪县水务局", "f2", "m3"),
        """
        值：你好，市总值班室，请讲。
        来：我是遂溪县水务局的何局长。
        来：今天早上六点四十分在遂溪县建设路发生一起内涝，没有人员伤亡。
        值：清楚了，影响范围有多大？
        来：六十户群众停电，雨势正在减弱。
        来：原因是连日暴雨。
        值：好的，还需要什么支援？
        来：遂溪县建设路发生内涝，没有人员伤亡，请调配抽水设备。
        值：收到，请书面报告，已经记录。
        来：下一步我们准备转移受困人员，加强巡查。
        """,
        {
            "time": {"text": "今天早上六点四十分", "clock": "06:40", "day": 0},
            "place": "遂溪县建设路",
            "nature": {"code": "natural", "kind": "内涝"},
            "consequences": {"dead": 0, "injured": 0},
            "cause": "连日暴雨",
        },
    ),
    Scene(
        "crash",
        {"zh": "高速公路追尾", "en": "Motorway collision, with a correction"},
        *("07593332219", "市交警支队", "m1", "f1"),
        """
        值：你好，市总值班室，请讲。
        来：我是市交警支队的郑队长。
        来：三点四十分在沈海高速发生一起交通事故，两死五伤。
        值：收到，具体地点在哪里？
        来：不对，是六人受伤，两人死亡。
        来：事故造成六人受伤，两人死亡，沈海高速双向交通中断。
        值：好的，是什么原因造成的？
        来：初步判断是疲劳驾驶，伤者已经送医。
        值：收到，我马上向省值班室黄主任报告。
        来：明白，有情况再联系，再见。
        """,
        {
            "time": {"text": "三点四十分", "clock": "03:40"},
            "place": "沈海高速",
            "nature": {"code": "accident", "kind": "交通事故"},
            "consequences": {"dead": 2, "injured": 6},
            "cause": "疲劳驾驶",
        },
    ),
)
BUSY = "您好，这里是总值班室。值班员正在接听其他来电，请不要挂机，或者在提示音后留言。"


def sentences() -> frozenset[str]:
    """Everything said in practice calls: what training may not contain."""
    return frozenset(text for scene in SCENES for _, text in scene.turns())
