"""Every failure is said, and passes without hands."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from duty_room import DutyRoom

from models.actions import requests as wishes
from models.errors import Unavailable
from models.queries import officers, requests
from models.store.engine import Record


async def test_a_locked_record_is_said_and_the_next_try_goes_through(console: Any, room: DutyRoom, home: Path) -> None:
    room.hang_up(room.ring())
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("待确认 1")
        lock = sqlite3.connect(home / "dutyline.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        try:
            await screen.press("t")
            await screen.shows("记录库暂时无法写入")
        finally:
            lock.rollback()
            lock.close()
        await screen.press("t")
        await screen.shows("已由您负责")


async def test_a_lost_record_is_said_with_its_time_and_comes_back_by_itself(
    console: Any, room: DutyRoom, room_record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("没有来电等待")

        def gone() -> None:
            raise Unavailable("the record cannot be read just now: {reason}", reason="unplugged")

        with monkeypatch.context() as cable:
            cable.setattr(room_record, "reading", gone)
            room.ring()
            await screen.shows("记录库自 10:00:00 起无法读取")
        await screen.shows("记录库已恢复可读", "廉江市应急办")


async def test_a_failed_wish_tells_why(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("d")
        await screen.shows("要呼叫谁")
        await screen.write("07591234567")
        await screen.press("enter")
        await screen.shows("拿起后即呼叫 07591234567")
        with room.record.writing("system:errands") as uow:
            wish = wishes.take(uow)
            assert wish is not None
            wishes.failed(uow, wish.id, "the telephone service was interrupted")
        await screen.shows("拨号: 未成功: 电话服务中断")


async def test_a_practice_call_is_asked_for_by_its_script(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("p")
        await screen.shows("渔船失联")
        await screen.press("enter")
        await screen.shows("演练来电即将振铃")
        with room.record.reading() as session:
            assert requests.listed(session).items[0].payload == {"script": "boat"}


async def test_leaving_a_manned_seat_is_asked_about(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("ctrl+q")
        await screen.shows("本席位有人值守")
        await screen.press("enter")
        await screen.shows_no("本席位有人值守")
        assert screen.app.is_running
        await screen.press("ctrl+q")
        await screen.shows("本席位有人值守")
        await screen.press("y")
        await screen.until(lambda: not screen.app.is_running, "the end")

    with room.record.reading() as session:
        assert [seat.officer for seat in officers.seats(session)] == ["", ""]


async def test_the_next_officer_signs_in_at_the_same_console(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("l")
        await screen.on_screen("LogScreen")
        await screen.press("ctrl+p")
        await screen.write("hr")
        await screen.shows("换人")
        await screen.press("enter")
        await screen.shows("由下一位签到")
        await screen.press("y")
        await screen.on_screen("SignInScreen")
        await screen.shows("未签到", "空闲")


async def test_help_jump_and_palette_speak_of_where_the_focus_is(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("f7", "f1")
        await screen.shows("待办事项及其责任人", "desk.log")
        await screen.press("escape")
        await screen.press("ctrl+o")
        await screen.shows(" A ", " S ")
        await screen.press("d")
        await screen.until(lambda: getattr(screen.app.focused, "id", "") == "pending", "the third place")
        await screen.press("ctrl+p")
        await screen.shows("确认下一份草稿")
        await screen.write("yl")
        await screen.shows("演练来电")


async def test_the_rooms_own_keys(console: Any, room: DutyRoom, home: Path) -> None:
    (home / "keys.toml").write_text('"desk.log" = "g"\n', encoding="utf-8")
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("g")
        await screen.on_screen("LogScreen")


async def test_a_wrong_key_file_is_said(console: Any, room: DutyRoom, home: Path) -> None:
    (home / "keys.toml").write_text("desk.log = 7\n", encoding="utf-8")
    async with console(signed_in=room.sign_in()) as screen:
        await screen.until(
            lambda: any("按键须写成文本" in note.message for note in screen.app._notifications), "a sentence"
        )
