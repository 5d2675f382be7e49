"""The desk: rings, live words, what waits, and that nothing moves under the officer's hands."""

from typing import Any

import pytest
from databases import HandClock
from duty_room import DutyRoom, settings
from rich.cells import cell_len
from screen_text import check_picture

from console.tui.widgets.pending import Pending
from models.rules.elements import Leg
from models.tables.lines import LineKind, LineState

SAID = (
    (Leg.OFFICER, 1.0, "你好市总值班室"),
    (Leg.CALLER, 3.0, "我是廉江市应急办张明十点二十分在省道二八七线发生一起两车追尾事故有三人受伤"),
    (Leg.OFFICER, 12.0, "有没有人员死亡"),
    (Leg.CALLER, 15.0, "没有"),
)
HOSTILE = "[/bold][@click=app.quit]张\x1b[31m三\u202e\n[reverse]"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.usefixtures("plain_drafts")
async def test_a_call_from_ring_to_draft(console: Any, room: DutyRoom, clock: HandClock, language: str) -> None:
    who = room.sign_in()
    async with console(signed_in=who, room_settings=settings(room.settings.home, language)) as screen:
        await screen.on_screen("DeskScreen")
        call = room.ring()
        clock.advance(6)
        await screen.shows("07593320110", "廉江市应急办 张明", "6 秒" if language == "zh" else "6 s")
        transcript = room.answer(call)
        clock.advance(20)
        room.alive()
        room.hear(transcript, *SAID)
        await screen.shows("二八七线发生", "还要问" if language == "zh" else "Still to ask", "00:20")
        check_picture(screen.app, f"desk-talking-{language}")
        room.hang_up(call)
        await screen.shows("已结束" if language == "zh" else "ended", "/11")
        check_picture(screen.app, f"desk-ended-{language}")


async def test_two_calls_at_once_both_ring_and_can_be_looked_at(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        one = room.ring()
        two = room.ring("13800000000", name="李四", line="trunk-2", seat="6002")
        await screen.shows("廉江市应急办 张明", "李四", "trunk-2")
        first, second = room.answer(one), room.answer(two)
        room.hear(first, (Leg.CALLER, 1.0, "第一路的话"))
        room.hear(second, (Leg.CALLER, 1.0, "第二路的话"))
        await screen.shows("第一路的话", "另有 1 路通话")
        await screen.press("tab")
        await screen.shows("第二路的话")
        await screen.press("tab")
        await screen.shows("第一路的话")


async def test_three_rings_are_counted_where_two_find_room(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        for number in ("13800000001", "13800000002", "13800000003"):
            room.ring(number, name=f"甲{number[-1]}")
        await screen.shows("甲1", "另有 2 个", "甲2", "甲3")


async def test_hostile_names_are_only_text(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        call = room.ring("", name=HOSTILE)
        text = await screen.shows("隐藏号码", "[@click=app.quit]")
        assert "\x1b" not in text
        assert "\u202e" not in text
        room.hear(room.answer(call), (Leg.CALLER, 1.0, "[/red]两死五伤[link=x]"))
        await screen.shows("[/red]两死五伤[link=x]")
        room.hang_up(call)
        await screen.shows("待确认 1")
        assert all(cell_len(line) <= 100 for line in screen.text.splitlines()), "a hostile name pushed something out"


async def test_a_list_with_the_focus_holds_still(console: Any, room: DutyRoom) -> None:
    for number in ("13800000001", "13800000002"):
        room.hang_up(room.ring(number, name=f"甲{number[-1]}"))
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("待确认 2")
        pending = screen.app.screen.query_one(Pending)
        pending.focus()
        await screen.press("end")
        held = pending.cursor_item
        assert held is not None
        order = [item.id for item in pending.items]
        room.hang_up(room.ring("13800000003", name="甲3"))
        await screen.shows("新 1 条")
        assert [item.id for item in pending.items] == order
        assert pending.cursor_item == held
        await screen.press("n")
        await screen.shows("待确认 3", "甲3")
        assert pending.cursor_item is not None
        assert pending.cursor_item.id == held.id


async def test_what_nobody_owns_blinks_until_it_is_taken(console: Any, room: DutyRoom) -> None:
    call = room.ring()
    room.hang_up(call)
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("未接收")
        pending = screen.app.screen.query_one(Pending)
        assert all(pending.blinks(item) for item in pending.items)
        await screen.press("t")
        await screen.shows("已由您负责")
        await screen.until(lambda: not any(pending.blinks(item) for item in pending.items))


async def test_practice_is_said_in_a_word_wherever_it_appears(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        call = room.ring(drill=True)
        await screen.shows("演练 来电")
        room.hear(room.answer(call), *SAID)
        await screen.shows("演练 10:00 廉江市应急办")
        room.hang_up(call)
        await screen.shows("演练 来电 廉江")
        await screen.press("l")
        await screen.on_screen("LogScreen")
        await screen.shows("演练 廉江市应急办")


async def test_a_dead_service_and_a_dead_trunk_are_said(console: Any, room: DutyRoom, clock: HandClock) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("没有来电等待")
        room.line("trunk-1", LineKind.TRUNK, LineState.UNREACHABLE)
        await screen.shows("! trunk-1: 不通")
        clock.advance(40)
        await screen.shows("电话服务未运行")
        room.alive()
        await screen.shows("没有来电等待")


async def test_answering_without_a_telephone_says_to_lift_the_desk_phone(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("f5")
        await screen.shows("没有电话在响")
        room.ring()
        await screen.shows("廉江市应急办")
        await screen.press("f5")
        await screen.shows("请拿起桌上电话接听")
