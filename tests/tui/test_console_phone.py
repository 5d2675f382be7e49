"""The console as a seat's telephone: a real SIP stack behind the keys."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from console_pilot import Console
from databases import HandClock
from duty_room import DutyRoom
from pbx import Pbx, pbx, running_pbx  # noqa: F401
from registrar import Registrar

from console.tui.phone import SeatSoftphone, softphones
from models.settings import Pbx as PbxSettings
from telephony.softphone.client import CallState, Softphone
from telephony.softphone.commands import Configuration
from telephony.softphone.events import EventKind


async def event(screen: Console, phone: Softphone, kind: EventKind) -> Any:
    """Wait for something to happen at `phone` while the console lives on."""
    found: list[Any] = []

    def happened() -> bool:
        found.extend(item for item in list(phone._kept) if item.kind is kind)
        return bool(found)

    await screen.until(happened, f"{kind}")
    return found[0]


async def test_answer_hold_and_hang_up_by_keys(console: Any, room: DutyRoom, clock: HandClock) -> None:
    who = room.sign_in()
    with Registrar([401]) as registrar:
        host, _, port = registrar.address.partition(":")
        here = room.settings.model_copy(update={"pbx": PbxSettings(sip_host=host, sip_port=int(port))})
        made: list[SeatSoftphone] = []

        def maker(seat: str) -> SeatSoftphone:
            made.append(SeatSoftphone(here, seat, "sesame"))
            return made[-1]

        async with console(signed_in=who, room_settings=here, phone=maker) as screen:
            await screen.shows("控制台电话：本机无声音")
            assert registrar.authorised
            address = await event(screen, made[0]._softphone, EventKind.READY)
            with Softphone(Configuration(user="caller", domain=f"{address.address}:{address.port}")) as caller:
                call = caller.dial(f"sip:6001@{address.address}:{address.port}")
                await screen.until(lambda: any(item.ringing for item in made[0].calls), "a ring here")
                real = room.ring("13800000000")
                await screen.shows("13800000000")
                await screen.press("f5")
                await screen.shows("请拿起桌上电话接听：本机没有声音")
                room.hang_up(real)
                room.ring(drill=True)
                await screen.shows("演练 来电")
                await screen.press("f5")
                await event(screen, caller, EventKind.ANSWERED)
                await screen.press("h")
                await screen.until(lambda: any(item.held for item in made[0].calls), "hold")
                await screen.press("h")
                await screen.until(lambda: not any(item.held for item in made[0].calls), "back")
                await screen.press("x")
                ended = await event(screen, caller, EventKind.ENDED)
                assert ended.call == call
                await screen.until(lambda: not made[0].calls, "the end")
                await screen.press("x")
                await screen.shows("控制台电话上没有通话")
        assert made[0]._softphone._ended, "the telephone goes with the console"


def test_a_seat_without_a_password_has_no_console_telephone(room: DutyRoom) -> None:
    assert softphones(room.settings)("6001") is None
    assert softphones(room.settings)("9999") is None


class Transfers:
    """A caller from the trunk who speaks with the console of seat 6001, and the phone of seat 6002."""

    def __init__(self, pbx: Pbx, home: Path) -> None:  # noqa: F811
        def phone(user: str, end: int, password: str = "") -> Softphone:
            return Softphone(
                Configuration(
                    user=user,
                    domain=f"{pbx.block}.1:5060",
                    bind=f"{pbx.block}.{end}",
                    password=password,
                    register=bool(password),
                )
            )

        self.secret = pbx.instance.secrets.seats["6001"]
        self.settings = pbx.settings.model_copy(update={"home": home})
        self.caller = phone("13800001234", 2)
        self.other = phone("6002", 3, pbx.instance.secrets.seats["6002"])
        self.made: list[SeatSoftphone] = []

    @property
    def here(self) -> SeatSoftphone:
        return self.made[0]

    def maker(self, seat: str) -> SeatSoftphone:
        self.made.append(SeatSoftphone(self.settings, seat, self.secret))
        return self.made[-1]

    async def speak(self, screen: Console, room: DutyRoom) -> str:
        """The caller calls, the other seat refuses, F5 answers here; the caller's call."""
        await screen.until(lambda: self.here.ready, "registered")
        await event(screen, self.other, EventKind.REGISTERED)
        call = self.caller.dial("07593181234")
        self.other.reject(await ring(screen, self.other))
        await screen.until(lambda: any(item.ringing for item in self.here.calls), "a ring here")
        room.ring(drill=True)  # without a sound card the console answers practice calls only
        await screen.shows("演练 来电")
        await screen.press("f5")
        await screen.until(lambda: spoken(self.caller) == {call}, "an answer")
        await screen.until(lambda: self.here.spoken is not None, "spoken here")
        return call


def spoken(phone: Softphone) -> set[str]:
    return {call.name for call in phone.calls.values() if call.state is CallState.ANSWERED}


async def ring(screen: Console, phone: Softphone) -> str:
    """Wait until `phone` rings; that call."""

    def rings() -> list[str]:
        return [call.name for call in phone.calls.values() if call.incoming and call.state is CallState.RINGING]

    await screen.until(lambda: bool(rings()), "a ring at the other seat")
    return rings()[0]


@pytest.fixture
def transfers(pbx: Pbx, home: Path) -> Iterator[Transfers]:  # noqa: F811
    found = Transfers(pbx, home)
    with found.caller, found.other:
        yield found


@pytest.mark.asterisk
async def test_f6_passes_a_call_on_to_another_seat(console: Any, room: DutyRoom, transfers: Transfers) -> None:
    who = room.sign_in()
    async with console(signed_in=who, room_settings=transfers.settings, phone=transfers.maker) as screen:
        await screen.on_screen("DeskScreen")
        call = await transfers.speak(screen, room)
        await screen.press("f6")
        await screen.shows("转接给谁", "席位2", "席位3")
        await screen.write("6002")
        await screen.press("enter")
        passed = await ring(screen, transfers.other)
        transfers.other.answer(passed)
        await screen.shows("通话已转接到 6002")
        await screen.until(lambda: not transfers.here.calls, "this console is out of it")
        await screen.until(lambda: spoken(transfers.other) == {passed}, "they speak")
        assert spoken(transfers.caller) == {call}


@pytest.mark.asterisk
async def test_f6_asks_first_comes_back_and_joins(console: Any, room: DutyRoom, transfers: Transfers) -> None:
    who = room.sign_in()
    async with console(signed_in=who, room_settings=transfers.settings, phone=transfers.maker) as screen:
        await screen.on_screen("DeskScreen")
        call = await transfers.speak(screen, room)
        here = transfers.here
        await screen.press("f6")
        await screen.shows("转接给谁")
        await screen.write("6002")
        await screen.press("f6")
        await ring(screen, transfers.other)
        await screen.shows("正在呼叫 6002，来电人等候中")
        await screen.press("f6")
        await screen.shows("对方尚未接听")
        await screen.press("x")
        await screen.until(lambda: here.consulting is None and here.spoken is not None, "back")
        await screen.until(lambda: here.spoken is not None and not here.spoken.held, "the caller waits no more")
        await screen.until(lambda: not transfers.other.calls, "the other is let go")
        await screen.shows_no("来电人等候中")
        await screen.press("f6")
        await screen.shows("转接给谁")
        await screen.press("down", "f6")
        asked = await ring(screen, transfers.other)
        transfers.other.answer(asked)
        await screen.shows("正在询问 6002，来电人等候中", "F6 接通双方")
        await screen.press("f6")
        await screen.shows("通话已转接到 6002")
        await screen.until(lambda: not here.calls, "this console is out of it")
        assert spoken(transfers.caller) == {call}
        assert spoken(transfers.other) == {asked}


async def test_f6_without_a_call_or_a_telephone_says_what_to_do(console: Any, room: DutyRoom) -> None:
    async with console(signed_in=room.sign_in()) as screen:
        await screen.on_screen("DeskScreen")
        await screen.press("f6")
        await screen.shows("请用桌上电话的转接键转接")
