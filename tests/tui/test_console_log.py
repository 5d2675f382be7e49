"""The log: pages, the typed filter, replay from a row."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from databases import HandClock
from duty_room import DutyRoom
from rich.cells import cell_len

from console.tui import player
from console.tui.widgets.log_list import LogList
from console.tui.widgets.waveform import Waveform
from models.actions import entries
from models.queries import requests
from models.rules.elements import Leg
from models.tables.journal import JournalEntry
from models.tables.requests import RequestKind


def write(room: DutyRoom, officer_id: int, count: int) -> None:
    with room.record.writing(f"officer:{officer_id}") as uow:
        for number in range(count):
            entries.write_manual(uow, officer_id, source=f"来源{number}", text=f"第{number}条 防汛检查")


async def test_pages_follow_the_cursor(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    write(room, who.officer_id, 250)
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("l")
        await screen.on_screen("LogScreen")
        await screen.shows("值班日志 100+", "来源249")
        rows = screen.app.screen.query_one(LogList)
        await screen.press("end")
        await screen.until(lambda: len(rows.items) == 200, "the second page")
        await screen.press("end")
        await screen.until(lambda: len(rows.items) == 250, "the third page")
        await screen.press("end")
        await screen.shows("来源0")
        assert [item.source for item in rows.items] == [f"来源{number}" for number in reversed(range(250))]


async def test_the_filter_is_typed(console: Any, room: DutyRoom, clock: HandClock) -> None:
    who = room.sign_in()
    call = room.ring()
    room.hear(room.answer(call), (Leg.CALLER, 1.0, "水库水位上涨"))
    room.hang_up(call)
    clock.now += timedelta(days=1)
    write(room, who.officer_id, 3)
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("l")
        await screen.on_screen("LogScreen")
        await screen.shows("值班日志 4")
        await screen.press("slash")
        await screen.write("ljsyjb")
        await screen.shows("值班日志 1", "廉江市应急办")
        await screen.press("ctrl+u")
        await screen.write("3320110")
        await screen.shows("值班日志 1", "含 3320110")
        await screen.press("ctrl+u")
        await screen.write("11-23")
        await screen.shows("值班日志 1", "自 2026-11-23 至 2026-11-23")
        await screen.press("ctrl+u")
        await screen.write("today draft")
        await screen.shows("值班日志 3", "草稿")
        screen.app.screen.query_one("#filter").value = "水位"
        await screen.shows("值班日志 1", "水库水位上涨")
        await screen.press("enter", "enter")
        await screen.on_screen("EntryScreen")


def recorded_call(room: DutyRoom, home: Path) -> tuple[int, int]:
    call = room.ring()
    room.hear(room.answer(call), (Leg.OFFICER, 1.0, "总值班室"), (Leg.CALLER, 20.0, "水库水位上涨"), done=True)
    room.hang_up(call)
    time = np.arange(8000 * 30)
    sound = np.stack([np.sin(time / 3) * (time > 8000 * 15), np.sin(time / 5) * (time < 8000 * 5)], axis=1) * 8000
    (home / "recordings").mkdir()
    soundfile.write(home / "recordings" / "one.flac", sound.astype(np.int16), 8000)
    return call, room.seal(call, Path("one.flac"), 30.0)


async def test_replay_without_sound_goes_to_the_telephone(console: Any, room: DutyRoom, home: Path) -> None:
    who = room.sign_in()
    _, recording = recorded_call(room, home)
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("待确认 1")
        await screen.press("f4")
        await screen.on_screen("ReplayScreen")
        await screen.shows("已封存", "00:30", "总值班室")
        assert cell_len(max(screen.text.splitlines(), key=cell_len)) == 100
        wave = screen.app.screen.query_one(Waveform)
        await screen.until(lambda: bool(wave._left), "a picture of the sound")
        assert max(wave._left[: len(wave._left) // 3]) < 0.01 < max(wave._left)
        await screen.press("down")
        await screen.until(lambda: wave.position == 20.0, "the second phrase")
        await screen.press("left")
        await screen.until(lambda: wave.position == 15.0, "five seconds back")
        await screen.press("p")
        await screen.shows("您的电话将振铃并播放")
        with room.record.reading() as session:
            wish = requests.listed(session).items[0]
        assert wish.kind is RequestKind.PLAY
        assert wish.payload == {"recording": recording, "start": 15.0, "channel": "mix"}


async def test_replay_here_leaves_a_trace(console: Any, room: DutyRoom, home: Path, monkeypatch: Any) -> None:
    class Loudspeaker:
        """Takes the place of the sound device that test machines lack."""

        playing, position = False, 0.0

        def __init__(self, path: Path) -> None:
            assert path.is_file()

        def play(self, second: float) -> None:
            self.playing, self.position = True, second

        def pause(self) -> None:
            self.playing = False

        def close(self) -> None:
            self.playing = False

    monkeypatch.setattr(player, "speakers", lambda: "")
    monkeypatch.setattr(player, "Player", Loudspeaker)
    who = room.sign_in()
    _, recording = recorded_call(room, home)
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("待确认 1")
        await screen.press("f4")
        await screen.on_screen("ReplayScreen")
        await screen.shows("已封存", "总值班室")
        await screen.press("down", "enter")
        wave = screen.app.screen.query_one(Waveform)
        await screen.until(lambda: screen.app.screen.listening.playing and wave.position == 20.0, "sound")
        await screen.press("space")
        await screen.until(lambda: not screen.app.screen.listening.playing, "silence")

        def traced() -> bool:
            with room.record.reading() as session:
                found = session.query(JournalEntry).filter_by(action="recording.replayed").all()
                return [(row.actor, row.subject) for row in found] == [
                    (f"officer:{who.officer_id}", f"recording:{recording}")
                ]

        await screen.until(traced, "a trace of the replay")


async def test_what_is_not_sealed_is_said_in_words(console: Any, room: DutyRoom) -> None:
    who = room.sign_in()
    room.answer(room.ring())
    async with console(signed_in=who) as screen:
        await screen.on_screen("DeskScreen")
        await screen.shows("录音中")
        await screen.press("f4")
        await screen.on_screen("ReplayScreen")
        await screen.shows("通话仍在录音")
        await screen.press("space")
        await screen.shows("封存后方可回放")
