"""Where one thought ends and the next begins, in speech that a machine wrote without marks."""

import re
from functools import lru_cache

_N = r"[\d.零一二两三四五六七八九十百千万几多]+"
_OPENING = re.compile(
    rf"""
    (?<![和与及跟、派送往到向报请调求叫让给的在把将被])(?=
        (?:消防|公安|交警|民警|武警|民兵|医护|医生|疾控(?:中心)?|救护车|120|救援|救护|海事|渔政|镇里|村里|县里
        |区里|市里|街道|领导|家属
          |燃气公司|供电|水务|环保|应急|工作组|施工方|住建|城管|卫健|教育局|伤者|伤员|遇难者|司机|嫌疑人|学生
          |群众|工人|乘客|旅客|游客|村民|患者
          |镇政府|县政府|区政府|我[们局县镇区市所办村校司])
        [^，。?]{{0,10}}?(?:已|正在|正(?=[组抢救处])|都(?!会)|全部|到场|到了|赶|来了|出动|介入|派|启动|组织|就近|送|在(?:救|处|抢|做|劝|搜|挖|维|清|查|找|现场))
      | 造成 | 致使 | 目前 | 截至 | 现在(?!是) | (?<![锁到赴离入往出了制])现场(?!指挥) | 初步
      | (?<!起火)(?<!事故)(?<!具体)(?<!爆炸)原因 | 起火原因 | 事故原因 | 具体原因 | 起因 | 怀疑 | 疑似 | 估计 | 预计
      | 下一步 | 建议 | 请求 | (?<![申邀聘])请(?!求|示|假) | 希望 | 急需
      | 没有(?:人|发生|造成|危|蔓|扩|影|重|死|其他|受) | 暂无 | 暂时没有 | 无人(?:员?伤|死|受)
      | 其中 | 另外 | 另有 | 还有(?={_N}) | 同时 | 但是? | 不过 | 然后 | 后来 | 接着 | 随后 | 因为 | 由于
      | (?<!没有)(?<![不无未没])影响(?!较?[不小大]) | 直接经济 | 经济损失 | 损失(?!情况)
      | (?<!超警戒)水位 | 火势 | 明火 | 浓烟 | 过火 | 受灾 | 交通(?!事|警|部|局|运)
      | (?<!抢通)(?<!疏通)(?<!修复)(?<!恢复)道路 | 双向 | 单向
      | 周边 | 附近(?!有) | 隔壁
      | 准备(?!好) | 打算 | 计划 | 已经?(?:派|组织|启动|上报|通知|报告|安排|疏散|转移|送|封|停|控制|救|调)
      | 正在(?=组织|全力|抢|救|扑|处置|调查|核实)
      | 事态 | 派出所(?=出警|民警|已|正在|来了) | 伤亡 | 时间是 | 地点是 | 位置
      | 我们(?!这|那|镇|县|村|市|区|局) | 有{_N}(?:个|名|人|位)
      | (?<=[故灾炸塌坡翻撞]){_N}(?:个|名|人|死)
    )
    """,
    re.VERBOSE,
)
_LEAST = 4


@lru_cache(maxsize=8192)
def split(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of the clauses of `text`, by its marks and before words that open a new thought."""
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[^，。? ]+", text):
        start = match.start()
        for opening in _OPENING.finditer(text, start + 2, match.end()):
            if opening.start() - start >= _LEAST:
                found.append((start, opening.start()))
                start = opening.start()
        found.append((start, match.end()))
    return tuple(found)


def around(text: str, position: int) -> tuple[int, int]:
    """The clause that holds `position`; the position alone where there is none."""
    for start, end in split(text):
        if start <= position < end:
            return start, end
    return position, position
