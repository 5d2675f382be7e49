"""From draft to confirmed, amended and followed: nothing is lost, nothing confirms itself."""

from typing import Any

import pytest
from console_pilot import Console
from duty_room import DutyRoom, settings
from screen_text import check_picture

from console.tui.widgets.elements_form import ElementInput
from console.tui.widgets.transcript import TranscriptView
from models.actions import entries as actions
from models.queries import entries, matters
from models.rules.elements import Leg
from models.tables.entries import EntryState

SAID = (
    (Leg.CALLER, 3.0, "我是廉江市应急办张明十点二十分在省道二八七线发生一起两车追尾事故有三人受伤"),
    (Leg.OFFICER, 12.0, "有没有人员死亡"),
    (Leg.CALLER, 15.0, "没有"),
)


def finished_call(room: DutyRoom) -> int:
    call = room.ring()
    room.hear(room.answer(call), *SAID, done=True)
    room.hang_up(call)
    return room.entry_of(call)


async def open_draft(screen: Console) -> None:
    """F2 opens what the desk shows: on a slow machine the desk has not read the record yet when it is first drawn."""
    await screen.on_screen("DeskScreen")
    await screen.shows("待确认 1")
    await screen.press("f2")
    await screen.on_screen("EntryScreen")


def entry(room: DutyRoom, key: int) -> entries.EntryView:
    with room.record.reading() as session:
        found = entries.get(session, key)
    assert found is not None
    return found


async def test_f2_opens_and_f2_confirms_with_name_and_time(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    key = finished_call(room)
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("待确认 1")
        await screen.press("f2")
        await screen.on_screen("EntryScreen")
        await screen.shows("机器转写", "追尾", "责任人 王海")
        assert entry(room, key).row.state is EntryState.DRAFT
        await screen.press("f2")
        await screen.shows("已确认", "王海 10:00 确认")
        found = entry(room, key)
        assert found.row.state is EntryState.CONFIRMED
        assert found.row.confirmed_by == "王海"
        assert found.draft == found.text, "the officer's text began from the machine's, and both are kept"


@pytest.mark.usefixtures("plain_drafts")
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_confirm_screen_fits(console: Any, room: DutyRoom, language: str) -> None:
    who = room.sign_in()
    finished_call(room)
    async with console(signed_in=who, room_settings=settings(room.settings.home, language)) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("3/11")
        await screen.press("f2")
        await screen.on_screen("EntryScreen")
        await screen.shows("3/11", "省道二八七线")
        check_picture(screen.app, f"confirm-{language}")


@pytest.mark.usefixtures("plain_drafts")
async def test_an_element_points_at_its_phrase(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    finished_call(room)
    async with console(signed_in=who) as screen:
        await open_draft(screen)
        await screen.shows("追尾")
        place = screen.app.screen.query_one("#element-place", ElementInput)
        assert "二八七线" in place.value
        place.focus()
        words = screen.app.screen.query_one(TranscriptView)
        await screen.until(lambda: bool(words._lit), "a lit phrase")
        lit = [phrase.text for phrase in words.phrases if phrase.segment in words._lit]
        assert any("二八七线" in text for text in lit)


async def test_going_back_keeps_what_was_written(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    key = finished_call(room)
    async with console(signed_in=who) as screen:
        await open_draft(screen)
        await screen.shows("追尾")
        screen.app.screen.query_one("#element-scope").focus()
        await screen.write("one lane")
        screen.app.screen.query_one("#text").focus()
        await screen.press("ctrl+home")
        await screen.write("checked ")
        await screen.press("f10")
        await screen.on_screen("DeskScreen")
        found = entry(room, key)
        assert found.row.state is EntryState.DRAFT
        assert {view.key: view.written for view in found.elements}["scope"] == "one lane"
        assert found.text.startswith("checked ")
        await screen.press("f2")
        await screen.on_screen("EntryScreen")
        await screen.shows("one lane", "checked ")


async def test_an_unowned_draft_is_taken_by_key(console: Any, room: DutyRoom) -> None:
    key = finished_call(room)
    who = room.sign_in("陈静", "6002")
    async with console(signed_in=who) as screen:
        await open_draft(screen)
        await screen.shows("未接收")
        await screen.press("ctrl+t")
        await screen.shows("责任人 陈静")
        assert entry(room, key).row.owner == "陈静"


async def test_somebody_else_was_faster_and_is_named(console: Any, room: DutyRoom) -> None:
    who, other = room.sign_in(), room.sign_in("陈静", "6002")
    key = finished_call(room)
    async with console(signed_in=who) as screen:
        await open_draft(screen)
        await screen.shows("追尾")
        with room.record.writing(f"officer:{other.officer_id}") as uow:
            actions.confirm(uow, key, other.officer_id, text="陈静确认的文字")
        await screen.shows("陈静 10:00 确认")
        assert entry(room, key).text == "陈静确认的文字"


async def test_a_confirmed_entry_is_amended_with_a_reason_only(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    key = finished_call(room)
    async with console(signed_in=who) as screen:
        await open_draft(screen)
        await screen.shows("追尾")
        await screen.press("f2")
        await screen.shows("王海 10:00 确认")
        await screen.press("f3")
        await screen.shows("更正值班记录")
        await screen.press("ctrl+home")
        await screen.write("4 hurt ")
        await screen.press("f2")
        await screen.shows("更正须写明理由")
        await screen.write("heard again")
        await screen.press("enter")
        await screen.shows("更正记录", "heard again")
        found = entry(room, key)
        assert found.row.state is EntryState.AMENDED
        assert found.text.startswith("4 hurt ")
        assert not found.amendments[0].before.startswith("4 hurt")


async def test_a_matter_is_opened_answered_and_closed(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    finished_call(room)
    async with console(signed_in=who) as screen:
        await open_draft(screen)
        await screen.shows("追尾")
        await screen.press("f2")
        await screen.shows("王海 10:00 确认")
        await screen.press("f7")
        await screen.shows("事项名称")
        await screen.write(" S287")
        await screen.press("enter")
        await screen.on_screen("MatterScreen")
        await screen.shows("S287", "待办", "查明答复")
        await screen.press("a")
        await screen.write("cleared")
        await screen.press("enter")
        await screen.shows("答复：cleared", "已答复")
        await screen.press("c")
        await screen.write("told by phone")
        await screen.press("enter")
        await screen.shows("已办结")
        with room.record.reading() as session:
            assert matters.listed(session).items == ()


async def test_a_record_by_hand_survives_a_look_at_the_desk(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("f3")
        await screen.on_screen("NewEntryScreen")
        await screen.write("visitor")
        await screen.press("enter")
        await screen.write("road flooded")
        await screen.press("escape")
        await screen.on_screen("DeskScreen")
        await screen.press("f3")
        await screen.shows("road flooded")
        await screen.press("f2")
        await screen.on_screen("EntryScreen")
        await screen.shows("visitor", "road flooded", "手记")
