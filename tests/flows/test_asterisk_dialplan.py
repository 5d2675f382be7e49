"""What the dialplan does when things are not as they should be, and for the desk: names, dialling, playing, fax."""

import shutil
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pbx import Pbx, pbx, running_pbx  # noqa: F401
from phones import Phone

pytestmark = pytest.mark.asterisk
LINE = "07593181234"


def talk(seconds: float) -> None:
    """Let a call stand."""
    time.sleep(seconds)


class TestWhoRings:
    def test_seat_that_was_taken_rings_when_it_is_free(self, pbx: Pbx) -> None:  # noqa: F811
        pbx.put("dutyline", "ring", "PJSIP/6001")
        one, two = pbx.seat("6001"), pbx.seat("6002")
        one.call(pbx.uri("6002"))
        two.wait("incoming")
        two.do("answer")
        one.connected()
        caller = pbx.carrier()
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer", code=486)
        one.ended()
        one.do("hangup", call=0)
        one.ended()
        one.wait("incoming")
        one.do("answer")
        caller.connected()

    def test_seat_that_comes_late_rings(self, pbx: Pbx) -> None:  # noqa: F811
        pbx.put("dutyline", "ring", "PJSIP/6003")
        mark = pbx.mark()
        caller = pbx.carrier()
        caller.call(pbx.uri(LINE))
        pbx.row(mark, eventtype="CHAN_START", context="dutyline-late")
        three = pbx.seat("6003")
        three.wait("incoming")
        three.do("answer")
        caller.connected()

    def test_reject_is_respected(self, pbx: Pbx) -> None:  # noqa: F811
        pbx.put("dutyline", "ring", "PJSIP/6001&PJSIP/6002")
        one, two, caller = pbx.seat("6001"), pbx.seat("6002"), pbx.carrier()
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer", code=486)
        one.ended()
        talk(3)
        two.wait("incoming")
        two.do("answer")
        caller.connected()
        assert len([e for e in one.events if e["event"] == "incoming"]) == 1

    def test_rubbish_in_the_database(self, pbx: Pbx) -> None:  # noqa: F811
        for key, value in {"ring": "&&Nonsense/1&", "escalate_after": "soon", "message_after": "-5"}.items():
            pbx.put("dutyline", key, value)
        pbx.put("dutyline", "backup", "PJSIP/6001")
        pbx.put("dutyline", "escalate_after", "1x")
        pbx.put("dutyline", "message_after", "30s")
        one, caller = pbx.seat("6001"), pbx.carrier()
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer")
        caller.connected()

    @pytest.mark.parametrize("dialled", ["+867593181234", "dutyoffice", "s", "fax2", "1", "*31%23"])
    def test_whatever_the_carrier_dials_rings(self, pbx: Pbx, dialled: str) -> None:  # noqa: F811
        one, caller = pbx.seat("6001"), pbx.carrier()
        caller.call(pbx.uri(dialled))
        one.wait("incoming")

    @pytest.mark.parametrize(
        "name",
        ["市公安局指挥中心", "卫健委 (值班) A, B: 'x'?", "${EXTEN} $[1+1]", "x)&PJSIP/6002,1"],
    )
    def test_name_of_the_number_is_on_the_phone_only(self, pbx: Pbx, name: str) -> None:  # noqa: F811
        pbx.put("dutyline-name", "13800001234", name)
        mark = pbx.mark()
        one, caller = pbx.seat("6001"), pbx.carrier()
        caller.call(pbx.uri(LINE))
        assert f'"{name}"' in one.wait("incoming")["remote"]
        assert pbx.row(mark, eventtype="CHAN_START", context="dutyline-in")["cid_name"] == ""


class TestFaults:
    def test_no_room_to_record_and_yet_it_rings(self, pbx: Pbx) -> None:  # noqa: F811
        spool = pbx.instance.layout.spool
        kept = spool.with_name("kept")
        one, caller = pbx.seat("6001"), pbx.carrier()
        spool.rename(kept)
        spool.write_text("in the way")
        try:
            caller.call(pbx.uri(LINE))
            one.wait("incoming")
            one.do("answer")
            caller.connected()
            caller.do("hangup")
            one.ended()
        finally:
            spool.unlink()
            kept.rename(spool)

    def test_stalled_agi_server_does_not_hold_back_the_ring(self, pbx: Pbx) -> None:  # noqa: F811
        """Against the same Dial without anything of ours, in turns, so that a busy machine is busy for both."""
        pbx.instance.cli('dialplan add extension 777,1,Dial,"PJSIP/6001" into dutyline-in')
        pbx.put("dutyline", "ring", "PJSIP/6001")
        one, caller = pbx.seat("6001"), pbx.carrier()
        times: dict[str, list[float]] = {"777": [], LINE: []}
        with stalled(f"{pbx.block}.1"):
            for _ in range(9):
                for number, found in times.items():
                    began = time.monotonic()
                    caller.call(pbx.uri(number))
                    found.append(one.wait("incoming")["t"] - began)
                    caller.do("hangup")
                    one.ended()
                    caller.ended()
        plain, ours = (statistics.median(found) for found in times.values())
        # The telephone looks for news every 10 ms: below that there is nothing to compare.
        assert ours <= 1.1 * plain + 0.02, f"plain {plain * 1000:.1f} ms, ours {ours * 1000:.1f} ms"


class TestDesk:
    def test_click_to_dial(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, far = pbx.seat("6001"), pbx.carrier("13711112222", port=5060)
        pbx.instance.cli("channel originate PJSIP/6001 extension 13711112222@dutyline-dial")
        one.wait("incoming")
        one.do("answer")
        far.wait("incoming")
        far.do("answer")
        far.connected()
        talk(1)
        far.do("hangup")
        one.ended()
        pbx.hang_up()
        assert len([r for r in pbx.rows_since(mark) if r["eventtype"] == "DL_RECORDING"]) == 1
        pbx.sample(mark, "click_to_dial")

    def test_play_to_my_phone(self, pbx: Pbx, tmp_path: Path) -> None:  # noqa: F811
        mark = pbx.mark()
        heard = tmp_path / "heard.wav"
        number = "6001"
        one = Phone(
            pbx.uri(number), f"{pbx.block}.3", port=5099, user=number, password=pbx.instance.secrets.seats[number],
            registrar=f"sip:{pbx.block}.1:5060", rec=heard,
        )  # fmt: skip
        pbx.phones.append(one)
        shutil.copy(pbx.folder / "prompt.wav", pbx.folder / "played.wav")
        pbx.put("dutyline", "unused", "x")
        pbx.instance.cli(f"dialplan set global DL_PLAY {pbx.folder}/played")
        pbx.instance.cli("channel originate PJSIP/6001 extension s@dutyline-play")
        one.wait("incoming")
        one.do("answer")
        one.ended()
        pbx.hang_up()
        sound, _ = soundfile.read(heard)
        assert np.abs(sound).max() > 0.1
        assert not [r for r in pbx.rows_since(mark) if r["eventtype"] == "DL_RECORDING"]
        pbx.sample(mark, "play")

    def test_fax_tone_on_a_voice_line(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        tone = pbx.folder / "cng.wav"
        seconds = np.arange(8000 * 20) / 8000
        soundfile.write(tone, np.where(seconds % 3.5 < 0.5, 0.5 * np.sin(2 * np.pi * 1100 * seconds), 0), 8000)
        one = pbx.seat("6001")
        machine = Phone(f"sip:07592222222@{pbx.block}.2", f"{pbx.block}.2", port=5098, wav=tone)
        pbx.phones.append(machine)
        machine.call(pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer")
        one.ended()
        row = pbx.row(mark, eventtype="DL_FAX")
        assert row["channame"].startswith("PJSIP/trunk-1-")
        pbx.row(mark, eventtype="APP_START", appname="ReceiveFAX")
        machine.do("hangup")
        pbx.hang_up()
        pbx.sample(mark, "fax_tone")


@contextmanager
def stalled(host: str) -> Iterator[None]:
    """An AGI server that accepts and never answers."""
    held: list[socket.socket] = []
    with socket.create_server((host, 4573)) as server:

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in held:
                one.close()
