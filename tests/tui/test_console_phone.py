"""The console as a seat's telephone: a real SIP stack behind the keys."""

from typing import Any

from console_pilot import Console
from databases import HandClock
from duty_room import DutyRoom
from registrar import Registrar

from console.tui.phone import SeatSoftphone, softphones
from models.settings import Pbx
from telephony.softphone.client import Softphone
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
        pbx = Pbx(sip_host=host, sip_port=int(port))
        here = room.settings.model_copy(update={"pbx": pbx})
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
