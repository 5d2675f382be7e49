"""`python tests/support/desk_picture.py docs/desk.svg [LANGUAGE]`: the desk of a lively morning, for the README."""

import asyncio
import re
import sys
import tempfile
import time
from pathlib import Path

from databases import HandClock
from duty_room import DutyRoom, settings

from console.tui.app import DutylineApp
from models.actions import entries, matters
from models.rules.elements import Leg
from models.store import migrations
from models.store.engine import Record

SAID = (
    (Leg.OFFICER, 1.0, "你好，市政府总值班室"),
    (Leg.CALLER, 4.0, "我是廉江市应急办张明，十点二十分在省道二八七线发生一起两车追尾事故"),
    (Leg.CALLER, 13.0, "有三人受伤，已送人民医院，道路双向中断"),
    (Leg.OFFICER, 21.0, "有没有人员死亡？"),
    (Leg.CALLER, 24.0, "目前没有，交警和消防都在现场处置"),
)


def lively(room: DutyRoom, clock: HandClock) -> None:
    """Yesterday's matters, this morning's drafts, one conversation, one ring."""
    who = room.sign_in("陈静", "6002")
    for title, text in (("吴川渔船失联", "吴川报告一艘渔船失去联系"), ("鹤地水库水位核查", "省里要求核查水位")):
        with room.record.writing(f"officer:{who.officer_id}") as uow:
            key = entries.write_manual(uow, who.officer_id, source="电话记录", text=text).id
            entries.confirm(uow, key, who.officer_id, text=text)
            matters.open_from(uow, key, title)
        clock.advance(1260)
    missed = room.ring("13922074411", name="徐闻县值班室", line="trunk-2", seat="6002")
    clock.advance(31)
    room.hang_up(missed)
    clock.advance(240)
    call = room.ring()
    clock.advance(6)
    transcript = room.answer(call)
    clock.advance(48)
    room.hear(transcript, *SAID)
    room.ring("07593588820", name="市气象局", line="trunk-2", seat="6002")
    clock.advance(4)
    room.alive()


async def picture(language: str) -> str:
    """Seed a room, open its desk; what is seen, as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        clock = HandClock()
        record = Record(f"sqlite:///{folder}/dutyline.db", clock)
        migrations.upgrade(record)
        room = DutyRoom(record, settings(Path(folder), language))
        who = room.sign_in()
        lively(room, clock)
        app = DutylineApp(room.settings, record, signed_in=who)
        async with app.run_test(size=(100, 30)) as pilot:
            limit = time.monotonic() + 60
            while app.picture is None or not app.picture.ringing:
                if time.monotonic() > limit:
                    raise TimeoutError("the desk was not read")
                await pilot.pause(0.1)
            await pilot.pause(0.5)
            drawn = app.export_screenshot(title=room.settings.room.name)
        record.close()
    # Nothing is loaded from outside: the reader's own fixed-width font does.
    drawn = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<!--.*?-->", "", drawn, flags=re.DOTALL)
    return drawn.replace("Fira Code", "monospace")


def main() -> None:
    """Write the picture."""
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(asyncio.run(picture(sys.argv[2] if len(sys.argv) > 2 else "zh")), encoding="utf-8")


if __name__ == "__main__":
    main()
