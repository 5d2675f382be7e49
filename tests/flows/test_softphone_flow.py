"""Real softphones call each other over loopback: every word of the protocol, with the sound checked."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from registrar import Registrar
from softphones import CALLER, LIMIT, OFFICER, Phone, assert_heard, correlate, loopback, read, voice, write

from telephony.softphone.client import CallState, Softphone, SoftphoneGone
from telephony.softphone.commands import Configuration, Hangup, Quit, Sound, SoundKind
from telephony.softphone.events import Ended, Event, EventKind, Held, Media, Registration, SoundState
from telephony.softphone.protocol import decode_event, encode

Pair = tuple[Phone, Phone]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A caller outside and an officer at his desk."""
    with Phone(tmp_path, "13800001234", seed=CALLER) as caller, Phone(tmp_path, "6001", seed=OFFICER) as officer:
        yield caller, officer


def connect(caller: Phone, officer: Phone) -> tuple[str, str]:
    """A call between the two, both hearing: its names at the caller's and at the officer's."""
    out = caller.dial(officer.address)
    arrived = officer.pick_up()
    caller.wait(EventKind.MEDIA, out)
    return out, arrived


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something outside the protocol."""
    limit = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.05)


class TestCall:
    def test_both_hear_each_other(self, pair: Pair) -> None:
        caller, officer = pair
        out = caller.dial(officer.address)
        rings = officer.incoming()
        assert rings.number == "13800001234"
        caller.wait(EventKind.RINGING, out)
        assert caller.softphone.calls[out].state is CallState.RINGING
        officer.softphone.answer(rings.call)
        media = caller.wait(EventKind.MEDIA, out)
        assert isinstance(media, Media)
        assert media.codec == "PCMA"
        officer.wait(EventKind.MEDIA, rings.call)
        officer.hear(rings.call, 3)
        assert caller.softphone.calls[out].state is CallState.ANSWERED
        end = caller.hang_up(out)
        assert isinstance(end, Ended)
        assert end.code == 200
        assert end.seconds > 2.5
        officer.wait(EventKind.ENDED, rings.call)
        assert_heard(officer.heard(rings.call), caller.source, officer.source)
        assert_heard(caller.heard(out), officer.source, caller.source)
        assert caller.softphone.calls == {}
        assert officer.softphone.calls == {}

    def test_hold_is_silent_and_resume_is_heard(self, pair: Pair) -> None:
        caller, officer = pair
        out, arrived = connect(caller, officer)
        caller.hear(out, 1)
        officer.softphone.hold(arrived)
        here, there = officer.wait(EventKind.HELD, arrived), caller.wait(EventKind.HELD, out)
        assert isinstance(here, Held)
        assert isinstance(there, Held)
        assert (here.remote, there.remote) == (False, True)
        assert officer.softphone.calls[arrived].state is CallState.HELD
        officer.softphone.resume(arrived)
        officer.wait(EventKind.RESUMED, arrived)
        caller.wait(EventKind.RESUMED, out)
        assert caller.softphone.calls[out].state is CallState.ANSWERED
        caller.hear(out, 2)
        caller.hang_up(out)
        officer.wait(EventKind.ENDED, arrived)
        assert_heard(read(caller.heard(out))[-12000:], officer.source)
        assert_heard(officer.heard(arrived), caller.source)

    @pytest.mark.parametrize("code", [486, 603])
    def test_a_rejected_caller_learns_the_code(self, pair: Pair, code: int) -> None:
        caller, officer = pair
        out = caller.dial(officer.address)
        officer.softphone.reject(officer.incoming().call, code)
        end = caller.wait(EventKind.ENDED, out)
        assert isinstance(end, Ended)
        assert (end.code, end.seconds) == (code, 0)

    def test_hanging_up_while_it_rings(self, pair: Pair) -> None:
        caller, officer = pair
        out = caller.dial(officer.address)
        arrived = officer.incoming().call
        caller.wait(EventKind.RINGING, out)
        end = caller.hang_up(out)
        assert isinstance(end, Ended)
        assert end.code == 487
        officer.wait(EventKind.ENDED, arrived)
        out = caller.dial(officer.address)
        arrived = officer.incoming().call
        officer.hang_up(arrived)
        end = caller.wait(EventKind.ENDED, out)
        assert isinstance(end, Ended)
        assert end.code == 486

    def test_keys_arrive(self, pair: Pair) -> None:
        caller, officer = pair
        out, arrived = connect(caller, officer)
        caller.softphone.dtmf(out, "05#")
        digits = [officer.wait(EventKind.DIGIT, arrived) for _ in range(3)]
        assert [getattr(digit, "digit", "") for digit in digits] == ["0", "5", "#"]

    def test_the_source_can_change_in_mid_call(self, pair: Pair, tmp_path: Path) -> None:
        caller, officer = pair
        third = write(tmp_path / "third.wav", voice(9, 3))
        out, arrived = connect(caller, officer)
        officer.hear(arrived, 2)
        caller.softphone.play(out, str(third))
        before = officer.heard(arrived).stat().st_size // 2
        played = caller.wait(EventKind.PLAYED, out)
        assert getattr(played, "wav", "") == str(third)
        caller.hang_up(out)
        officer.wait(EventKind.ENDED, arrived)
        leg = read(officer.heard(arrived))
        assert_heard(leg[:before][:12000], caller.source)
        assert_heard(leg[-20000:], third, caller.source)

    def test_nobody_outside_can_send_the_phone_elsewhere(self, pair: Pair) -> None:
        caller, officer = pair
        out, _ = connect(caller, officer)
        caller.softphone.blind_transfer(out, "sip:6009@127.0.0.1:9")
        told = caller.wait(EventKind.TRANSFERRED, out)
        assert getattr(told, "code", 0) == 603
        assert caller.softphone.calls[out].state is CallState.ANSWERED

    def test_the_codec_order_is_the_configured_one(self, tmp_path: Path) -> None:
        with (
            Phone(tmp_path, "138", seed=CALLER, codecs=("PCMU",)) as caller,
            Phone(tmp_path, "6001", seed=OFFICER) as officer,
        ):
            out = caller.dial(officer.address)
            officer.pick_up()
            assert getattr(caller.wait(EventKind.MEDIA, out), "codec", "") == "PCMU"

    def test_four_calls_at_once_in_one_process_and_the_fifth_is_busy(self, pair: Pair, tmp_path: Path) -> None:
        caller, officer = pair
        calls = [connect(caller, officer) for _ in range(4)]
        assert len(officer.softphone.calls) == 4
        with Phone(tmp_path, "139") as another:
            end = another.wait(EventKind.ENDED, another.dial(officer.address))
            assert getattr(end, "code", 0) == 486
        fifth = caller.dial(officer.address)
        assert "four calls" in getattr(caller.wait(EventKind.ERROR, fifth), "sentence", "")
        officer.hear(calls[-1][1], 3)
        for out, _ in calls:
            caller.softphone.hangup(out)
        for out, arrived in calls:
            caller.wait(EventKind.ENDED, out)
            officer.wait(EventKind.ENDED, arrived)
            assert_heard(officer.heard(arrived), caller.source, officer.source)
            assert_heard(caller.heard(out), officer.source, caller.source)
        out, arrived = connect(caller, officer)
        caller.hang_up(out)

    def test_ten_calls_at_once_by_three_pairs_of_processes(self, tmp_path: Path) -> None:
        with ExitStack() as stack:
            pairs = [
                tuple(stack.enter_context(Phone(tmp_path, f"{who}{n}", seed=who)) for who in (CALLER, OFFICER))
                for n in range(3)
            ]
            calls = [(*pair, *connect(*pair)) for pair in pairs for _ in range(4)][:10]
            calls[-1][1].hear(calls[-1][3], 3)
            for caller, _, out, _ in calls:
                caller.softphone.hangup(out)
            for caller, officer, out, arrived in calls:
                caller.wait(EventKind.ENDED, out)
                officer.wait(EventKind.ENDED, arrived)
                assert_heard(officer.heard(arrived), caller.source, officer.source)
                assert_heard(caller.heard(out), officer.source, caller.source)


class TestCallerId:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("张三", "张三"),
            ('He said "fire" \\', 'He said "fire" \\'),
            ("[/markup] [bold]x", "[/markup] [bold]x"),
            ("${SHELL(reboot)};|&", "${SHELL(reboot)};|&"),
            ("tab\there", "tab here"),
            pytest.param("长" * 60, "长" * 60, id="long"),
        ],
    )
    def test_hostile_names_arrive_as_they_are(self, tmp_path: Path, name: str, shown: str) -> None:
        self._shown(tmp_path, name, "", shown)

    def test_a_name_in_gbk(self, tmp_path: Path) -> None:
        self._shown(tmp_path, "", '王小明 "值班"'.encode("gbk").hex(), '王小明 "值班"')

    def test_a_hidden_number(self, tmp_path: Path) -> None:
        with Phone(tmp_path, "138", privacy=True) as caller, Phone(tmp_path, "6001") as officer:
            caller.dial(officer.address)
            rings = officer.incoming()
            assert (rings.number, rings.uri) == ("", "sip:anonymous@anonymous.invalid")

    def test_a_name_that_no_header_can_carry_is_refused_in_a_sentence(self, tmp_path: Path) -> None:
        phone = Phone(tmp_path, "138", display_name="two\r\nlines")
        with pytest.raises(SoftphoneGone, match=r"138@127\.0\.0\.1:5060 is no usable SIP identity"), phone:
            pass
        assert phone.softphone.gone

    @staticmethod
    def _shown(tmp_path: Path, name: str, name_hex: str, shown: str) -> None:
        with (
            Phone(tmp_path, "138", display_name=name, display_name_hex=name_hex) as caller,
            Phone(tmp_path, "6001") as officer,
        ):
            caller.dial(officer.address)
            rings = officer.incoming()
            assert (rings.name, rings.number) == (shown, "138")
            assert officer.softphone.calls[rings.call].caller_name == shown


class TestWhatCannotBeDone:
    def test_each_is_one_sentence_and_the_phone_goes_on(self, pair: Pair, tmp_path: Path) -> None:
        caller, officer = pair

        def refused(call: str, sentence: str) -> None:
            told = caller.wait(EventKind.ERROR, call)
            assert sentence in getattr(told, "sentence", "")

        caller.softphone.answer("in-7")
        refused("in-7", "there is no call in-7")
        call = caller.dial("no such number!")
        refused(call, "cannot be dialled")
        caller.wait(EventKind.ENDED, call)
        assert caller.softphone.calls == {}
        out, arrived = connect(caller, officer)
        caller.softphone.play(out, str(tmp_path / "missing.wav"))
        refused(out, "missing.wav cannot be played")
        (tmp_path / "empty.wav").write_bytes(b"")
        caller.softphone.play(out, str(tmp_path / "empty.wav"))
        refused(out, "empty.wav cannot be played")
        caller.softphone.dtmf(out, "x y")
        refused(out, "'dtmf' is not possible now")
        caller.softphone.attended_transfer(out, "out-99")
        refused(out, "there is no call out-99")
        officer.hear(arrived, 2)
        caller.hang_up(out)
        officer.wait(EventKind.ENDED, arrived)
        assert correlate(officer.heard(arrived), caller.source) > 0.7

    def test_a_number_that_nobody_answers_ends_by_itself(self, tmp_path: Path) -> None:
        with Phone(tmp_path, "138") as caller:
            out = caller.dial(f"sip:6001@{loopback()}:9")
            caller.hang_up(out)

    def test_the_address_is_taken(self, tmp_path: Path) -> None:
        with Phone(tmp_path, "6001") as first:
            ready = first.address.rpartition("@")[2]
            host, port = ready.split(":")
            second = Phone(tmp_path, "6002", bind=host, port=int(port))
            with pytest.raises(SoftphoneGone, match=f"cannot use {ready}"), second:
                pass

    def test_a_refused_registration_is_told_and_tried_again(self) -> None:
        told: list[Event] = []
        with Registrar([403, 500]) as registrar:
            seat = Configuration(user="6001", domain=registrar.address, password="x", register=True, bind=loopback())
            with Softphone(seat, told.append) as phone:
                failures = [phone.wait_for(EventKind.REGISTRATION_FAILED, LIMIT) for _ in range(2)]
                assert [getattr(failed, "retry", 0) for failed in failures] == [1, 2]
                assert [getattr(failed, "code", 0) for failed in failures] == [403, 500]
                phone.wait_for(EventKind.REGISTERED, LIMIT)
                assert phone.registration is Registration.REGISTERED
            assert registrar.expiries[-1] == 0, "a telephone that goes takes its registration back"
        assert [event.kind for event in told if event.kind.startswith("regist")] == [
            EventKind.REGISTRATION_FAILED,
            EventKind.REGISTRATION_FAILED,
            EventKind.REGISTERED,
        ]


class TestNullSound:
    def test_a_call_stands_without_any_sound(self, tmp_path: Path) -> None:
        quiet = Configuration(user="6001", domain="127.0.0.1:9", bind=loopback(), sound=Sound(kind=SoundKind.NULL))
        with Softphone(quiet) as officer, Phone(tmp_path, "138") as caller:
            sound = officer.wait_for(EventKind.SOUND, LIMIT)
            assert sound == SoundState(sound=SoundKind.NULL)
            out = officer.dial(caller.address)
            arrived = caller.pick_up()
            officer.wait_for(EventKind.MEDIA, LIMIT, call=out)
            officer.dtmf(out, "7")
            assert getattr(caller.wait(EventKind.DIGIT, arrived), "digit", "") == "7"
            officer.hangup(out)
            caller.wait(EventKind.ENDED, arrived)


class TestProcess:
    def test_the_parent_never_loads_the_sip_library(self) -> None:
        code = "import sys, telephony.softphone.client, telephony.practice.caller; print('pjsua2' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"

    def test_any_address_is_the_one_on_the_way_to_the_pbx(self) -> None:
        for bind in ("", "0.0.0.0"):  # noqa: S104 - told, not bound to
            phone = Softphone(Configuration(user="6001", domain="127.0.0.1:9", bind=bind))
            phone.start()
            ready = phone.wait_for(EventKind.READY, LIMIT)
            phone.close()
            assert getattr(ready, "address", "") == "127.0.0.1"

    def test_killed_it_is_gone_and_reaped(self, pair: Pair) -> None:
        caller, officer = pair
        told: list[Event] = []
        out, arrived = connect(caller, officer)
        os.kill(officer.softphone.pid, signal.SIGKILL)
        gone = officer.wait(EventKind.GONE)
        told.extend(officer.softphone.events())
        assert getattr(gone, "reason", "") == "the softphone's process ended with code -9"
        assert officer.softphone.gone
        assert officer.softphone.calls == {}
        assert not Path(f"/proc/{officer.softphone.pid}").exists()
        for _ in range(2):
            with pytest.raises(SoftphoneGone, match="code -9"):
                officer.softphone.hold(arrived)
            with pytest.raises(SoftphoneGone, match="code -9"):
                officer.wait(EventKind.HELD)
        caller.hang_up(out)

    def test_one_that_does_not_quit_is_killed(self, tmp_path: Path) -> None:
        phone = Phone(tmp_path, "6001")
        with phone:
            os.kill(phone.softphone.pid, signal.SIGSTOP)
            phone.softphone.close(timeout=0.5)
            assert not Path(f"/proc/{phone.softphone.pid}").exists()
            assert phone.softphone.exit_code == -signal.SIGKILL
            phone.softphone.close()
        assert phone.softphone.gone == ""

    def test_a_parent_that_dies_takes_it_along_politely(self, tmp_path: Path) -> None:
        """The far end gets its BYE, the registrar its removal."""
        with Registrar([]) as registrar, Phone(tmp_path, "138") as caller:
            parent = subprocess.Popen(
                [sys.executable, "-c", PARENT, registrar.address, caller.address, loopback()], stdout=subprocess.PIPE
            )
            assert parent.stdout is not None
            try:
                caller.softphone.answer(caller.incoming().call)
                child = int(parent.stdout.readline())
                caller.wait(EventKind.ANSWERED)
            finally:
                parent.kill()
                parent.wait()
                parent.stdout.close()
            caller.wait(EventKind.ENDED)
            until(lambda: registrar.expiries[-1] == 0, "still registered")
            until(lambda: not Path(f"/proc/{child}").exists() or "Z" in state_of(child), "the child still runs")

    def test_the_secret_is_in_no_argument_no_environment_no_log(self, tmp_path: Path, caplog: Any) -> None:
        caplog.set_level(logging.DEBUG)
        with Registrar([401]) as registrar:
            seat = Configuration(
                user="6001", domain=registrar.address, password="hush-hush-7", register=True, bind=loopback()
            )
            with Softphone(seat) as phone:
                phone.wait_for(EventKind.REGISTERED, LIMIT)
                for name in ("cmdline", "environ"):
                    assert b"hush" not in Path(f"/proc/{phone.pid}/{name}").read_bytes()
            assert registrar.authorised
        assert "hush" not in caplog.text
        assert "hush" not in repr(phone.configuration)

    def test_garbage_is_answered_by_one_sentence_each(self) -> None:
        lines = ['{"kind": "sing"}', "\xff\x00", "{" * 100_000, encode(Hangup(call="in-1")), encode(Quit())]
        seat = encode(Configuration(user="6001", domain="127.0.0.1:9", bind=loopback()))
        done = run_process("\n".join([seat, *lines]) + "\n")
        kinds = [decode_event(line).kind for line in done.stdout.splitlines()]
        assert kinds == [EventKind.SOUND, EventKind.READY] + [EventKind.ERROR] * 4
        assert done.returncode == 0

    @pytest.mark.parametrize("first", ["", "{}\n", encode(Quit()) + "\n", '{"kind": "configure"}\n'])
    def test_without_a_configuration_it_says_so_and_ends(self, first: str) -> None:
        done = run_process(first)
        assert done.returncode == (2 if first else 0)
        assert [decode_event(line).kind for line in done.stdout.splitlines()] == ([EventKind.ERROR] if first else [])

    def test_twenty_lives_leave_nothing_behind(self, tmp_path: Path) -> None:
        Phone(tmp_path, "6001").__enter__().__exit__(None, None, None)
        before = (len(list(Path("/proc/self/fd").iterdir())), threading.active_count())
        for _ in range(20):
            with Phone(tmp_path, "6001", length=1) as phone:
                pass
            assert phone.softphone.exit_code == 0
        assert (len(list(Path("/proc/self/fd").iterdir())), threading.active_count()) == before

    def test_a_listener_that_fails_does_not_deafen_it(self, tmp_path: Path, caplog: Any) -> None:
        def fails(event: Event) -> None:
            raise RuntimeError(event.kind)

        seat = Configuration(user="6001", domain="127.0.0.1:9", bind=loopback())
        with Softphone(seat, fails) as phone:
            phone.hangup("in-1")
            phone.wait_for(EventKind.ERROR, LIMIT)
        assert "listener failed on 'ready'" in caplog.text


PARENT = """
import sys, time
from telephony.softphone.client import Softphone
from telephony.softphone.commands import Configuration
registrar, far, bind = sys.argv[1:]
phone = Softphone(Configuration(user="6001", domain=registrar, password="x", register=True, bind=bind))
phone.start()
phone.wait_for("registered", 40)
phone.dial(far)
phone.wait_for("answered", 40)
print(phone.pid, flush=True)
time.sleep(600)
"""


def state_of(pid: int) -> str:
    """The state letter of a process; an orphan that ended may wait as Z for an init that does not care."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def run_process(text: str) -> "subprocess.CompletedProcess[str]":
    """The bare process with `text` as all of its input."""
    return subprocess.run(
        [sys.executable, "-m", "telephony.softphone.process"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=60,
        check=False,
    )
