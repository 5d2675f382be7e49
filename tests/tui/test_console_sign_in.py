"""Sitting down, by keys alone."""

import shutil
from pathlib import Path
from typing import Any

from console_pilot import Console
from databases import HandClock
from duty_room import SECRET, DutyRoom, settings
from screen_text import check_picture
from textual import events
from textual.widgets import Input

from console.tui.app import DutylineApp
from models.queries import officers
from models.store.engine import Record


def sitting(room: DutyRoom) -> dict[str, str]:
    with room.record.reading() as session:
        return {seat.number: seat.officer for seat in officers.seats(session)}


async def test_initials_and_secret_are_enough(console: Any, room: DutyRoom) -> None:
    async with console() as screen:
        await screen.on_screen("SignInScreen")
        await screen.shows("席位一", "空闲", "谁来值守")
        check_picture(screen.app, "sign-in")
        await screen.press("enter")
        await screen.write("wh")
        await screen.press("enter")
        await screen.shows("王海")
        await screen.write(SECRET)
        assert SECRET not in screen.text
        await screen.press("enter")
        await screen.on_screen("DeskScreen")
        await screen.shows("席位一 6001  王海")
        assert sitting(room) == {"6001": "王海", "6002": ""}


async def test_a_wrong_secret_is_one_sentence_and_the_field_is_empty_again(console: Any) -> None:
    async with console() as screen:
        await screen.on_screen("SignInScreen")
        await screen.shows("空闲")
        await screen.press("enter")
        await screen.write("cj")
        await screen.press("enter")
        await screen.shows("陈静")
        await screen.write("not this one")
        await screen.press("enter")
        await screen.shows("姓名或密码不对")
        await screen.write(SECRET)
        await screen.press("enter")
        await screen.on_screen("DeskScreen")


async def test_a_taken_seat_says_who_sits_there_since_when(console: Any, room: DutyRoom) -> None:
    room.sign_in("陈静", "6001")
    async with console() as screen:
        await screen.on_screen("SignInScreen")
        await screen.shows("陈静 10:00 起")
        await screen.press("home", "enter")
        await screen.write("wh")
        await screen.press("enter")
        await screen.write(SECRET)
        await screen.press("enter")
        await screen.shows("陈静 自 11-23 10:00:00 起已在席位 6001")


async def test_an_inspector_signs_in_without_a_seat_and_may_not_write(console: Any, room: DutyRoom) -> None:
    async with console() as screen:
        await screen.on_screen("SignInScreen")
        await screen.shows("不入席")
        await screen.press("end", "enter")
        await screen.write("lj")
        await screen.press("enter")
        await screen.shows("李检")
        await screen.write(SECRET)
        await screen.press("enter")
        await screen.on_screen("DeskScreen")
        await screen.shows("李检 检查人员")
        await screen.press("f3")
        await screen.shows("不能书写")
        assert sitting(room) == {"6001": "", "6002": ""}


async def test_the_first_account_is_made_here(tmp_path: Path, empty_record_file: Path, clock: HandClock) -> None:
    shutil.copyfile(empty_record_file, tmp_path / "dutyline.db")
    record = Record(f"sqlite:///{tmp_path / 'dutyline.db'}", clock)
    app = DutylineApp(settings(tmp_path), record)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = Console(app, pilot)
        await screen.shows("还没有任何账号")
        await screen.press("end", "enter")
        await screen.write("Wang")
        await screen.press("enter")
        await screen.write(SECRET)
        await screen.press("enter")
        await screen.write("something else")
        await screen.press("enter")
        await screen.shows("两次密码不一致")
        for field in ("#secret", "#again"):
            app.screen.query_one(field).value = ""  # type: ignore[attr-defined]
        app.screen.query_one("#secret").focus()
        await screen.write(SECRET)
        await screen.press("enter")
        await screen.write(SECRET)
        await screen.press("enter")
        await screen.on_screen("DeskScreen")
        await screen.shows("Wang 值班员")
    record.close()


async def test_the_chosen_theme_is_there_again_at_the_next_start(console: Any, room: DutyRoom) -> None:
    async with console() as screen:
        assert screen.app.theme == "duty-night"
        screen.app.theme = "duty-day"
        await screen.until((room.settings.home / "console.json").exists, "the choice is kept")
    async with console() as screen:
        assert screen.app.theme == "duty-day"
    (room.settings.home / "console.json").write_text("{", encoding="utf-8")
    async with console() as screen:
        assert screen.app.theme == "duty-night", "a broken file keeps nobody from the telephone"


async def test_what_is_typed_behind_a_tab_never_lands_before_it(console: Any) -> None:
    """All keys at once, as on a machine that is slow to answer: the secret is not shown in the name."""
    async with console() as screen:
        await screen.on_screen("SignInScreen")
        await screen.shows("席位一", "空闲", "谁来值守")
        await screen.press("enter")
        for sign in ("w", "h", "\t", *SECRET):
            screen.app.post_message(events.Key("tab" if sign == "\t" else sign, None if sign == "\t" else sign))
        await screen.until(lambda: screen.app.screen.query_one("#secret", Input).value == SECRET, "the secret")
        assert screen.app.screen.query_one("#name", Input).value == "wh"
