"""The private Asterisk as a process, and the way it comes to this machine."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pbx import free_block, require_asterisk, settings_for

from telephony.asterisk import apt, bundle, fetch
from telephony.asterisk.program import AsteriskProgram, AsteriskUnavailable, architecture
from telephony.asterisk.runtime import AsteriskFailed, AsteriskInstance

pytestmark = pytest.mark.asterisk


@pytest.fixture(scope="module")
def program() -> AsteriskProgram:
    return require_asterisk()


@pytest.fixture
def instance(program: AsteriskProgram, tmp_path: Path) -> AsteriskInstance:
    return AsteriskInstance(program, settings_for(tmp_path / "room", free_block()))


class TestInstance:
    def test_starts_answers_and_stops(self, instance: AsteriskInstance) -> None:
        instance.start()
        try:
            assert "fully booted" in instance.cli("core waitfullybooted")
            assert instance.pid is not None
            etc = list(instance.layout.etc.iterdir())
            assert etc and all(file.stat().st_mode & 0o777 == 0o600 for file in etc)
            said = (instance.layout.log / "messages.log").read_text(encoding="utf-8")
            assert not [line for line in said.splitlines() if "ERROR" in line or "WARNING" in line]
        finally:
            instance.stop()
        assert instance.pid is None
        assert not instance.layout.pid.exists()
        instance.stop()

    def test_is_found_again_by_the_next_of_us(self, instance: AsteriskInstance) -> None:
        instance.start()
        try:
            again = AsteriskInstance(instance.program, instance.settings)
            assert again.pid == instance.pid
            again.start()
            assert again.pid == instance.pid, "taken over, not started twice"
        finally:
            instance.stop()
        assert again.pid is None

    def test_starts_after_a_power_cut_with_its_secrets(self, instance: AsteriskInstance) -> None:
        instance.start()
        before = instance.secrets
        instance.cli("database put dutyline ring PJSIP/6002")
        time.sleep(2)  # Asterisk commits its database every second
        instance.kill()
        assert instance.pid is None
        instance.start()
        try:
            assert instance.secrets == before
            assert "PJSIP/6002" in instance.cli("database get dutyline ring"), "who is on duty outlives it"
        finally:
            instance.stop()

    def test_one_that_hangs_is_killed(self, instance: AsteriskInstance) -> None:
        instance.start()
        pid = instance.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        instance.stop(grace=1)
        assert instance.pid is None

    @pytest.mark.parametrize(("kind", "port", "key"), [("dgram", 5060, "sip_port"), ("stream", 5038, "ami_port")])
    def test_a_port_that_is_taken_is_named(self, instance: AsteriskInstance, kind: str, port: int, key: str) -> None:
        host = instance.settings.pbx.sip_host
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "dgram" else socket.SOCK_STREAM) as taken:
            taken.bind((host, port))
            if kind == "stream":
                taken.listen()
            with pytest.raises(AsteriskFailed, match=rf"{host}:{port} cannot be used.*pbx\.{key}"):
                instance.start()
        assert instance.pid is None

    def test_a_configuration_that_it_refuses(self, instance: AsteriskInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        render = instance.render

        def spoiled() -> None:
            render()
            (instance.layout.etc / "modules.conf").write_text("[modules]\nautoload=no\nrequire = nowhere.so\n")

        monkeypatch.setattr(instance, "render", spoiled)
        with pytest.raises(AsteriskFailed, match="ended while starting"):
            instance.start()
        assert instance.pid is None

    @pytest.mark.parametrize("name", ["值班 室", "x" * 120])
    def test_homes_with_a_space_in_chinese_and_far_too_long(
        self, program: AsteriskProgram, tmp_path: Path, name: str
    ) -> None:
        instance = AsteriskInstance(program, settings_for(tmp_path / name, free_block()))
        instance.start()
        try:
            assert f"DL_SPOOL={instance.layout.spool}" in instance.cli("dialplan show globals").replace(
                " ", ""
            ).replace(str(instance.layout.spool).replace(" ", ""), str(instance.layout.spool))
        finally:
            instance.stop()

    @pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user: the other tests show it")
    def test_runs_for_an_ordinary_user(self) -> None:
        nobody = pwd.getpwnam("nobody")
        with tempfile.TemporaryDirectory() as open_to_all:
            place = Path(open_to_all)
            whole(place / "cache")
            program = fetch.ensure(place / "cache", print, private=True)
            instance = AsteriskInstance(program, settings_for(place / "room", free_block()))
            instance.render()
            place.chmod(0o755)
            for folder, _, files in os.walk(place / "room"):
                for name in ("", *files):
                    os.chown(Path(folder, name), nobody.pw_uid, nobody.pw_gid)
            command = [*program.command, "-C", str(instance.layout.etc / "asterisk.conf")]
            common = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "env": program.environ()}
            with subprocess.Popen([*command, "-f", "-n"], stdin=subprocess.DEVNULL, cwd=place, **common) as process:
                try:
                    until = time.monotonic() + 60
                    while "fully booted" not in _said([*command, "-n", "-rx", "core waitfullybooted"], common):
                        assert process.poll() is None and time.monotonic() < until
                        time.sleep(0.2)
                    assert "6001" in _said([*command, "-n", "-rx", "pjsip show endpoints"], common)
                finally:
                    process.terminate()


def _said(command: list[str], common: dict[str, Any]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **common).stdout


def whole(folder: Path) -> Path:
    """The kept copy on this machine, its packages copied into `folder` as a cache of our own."""
    kept = fetch.default_cache() / f"asterisk-{apt.SUITE}-{architecture().debian}"
    if not bundle.intact(kept):
        pytest.skip("this machine's own Asterisk is used: there is no private copy")
    mine = folder / kept.name
    (mine / "debs").mkdir(parents=True)
    for deb in (kept / "debs").iterdir():
        shutil.copy(deb, mine / "debs" / deb.name)
    (mine / bundle.SUMS).write_bytes((kept / bundle.SUMS).read_bytes())
    return mine


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any use of apt is a failure of the test."""

    def asked() -> list[str]:
        raise AssertionError("went to the network")

    monkeypatch.setattr(fetch, "mirrors", asked)


class TestFetch:
    def test_kept_packages_need_no_network(self, program: AsteriskProgram, tmp_path: Path, offline: None) -> None:
        mine = whole(tmp_path)
        told: list[str] = []
        found = fetch.ensure(tmp_path, told.append, private=True)
        assert found.modules.is_relative_to(mine) and found.has("chan_pjsip.so")
        assert told == ["unpacking the private Asterisk again from the kept packages"]
        fetch.ensure(tmp_path, told.append, private=True)
        assert len(told) == 1, "the second time there is nothing to say"

    def test_many_at_once_fetch_once(self, program: AsteriskProgram, tmp_path: Path, offline: None) -> None:
        whole(tmp_path)
        told: list[str] = []
        threads = [
            threading.Thread(target=fetch.ensure, args=(tmp_path, told.append), kwargs={"private": True})
            for _ in "1234"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([said for said in told if said.startswith("unpacking")]) == 1

    def test_damaged_packages_are_fetched_again(self, program: AsteriskProgram, tmp_path: Path) -> None:
        mine = whole(tmp_path)
        deb = next((mine / "debs").glob("asterisk_*"))
        deb.write_bytes(b"half")
        told: list[str] = []
        found = fetch.ensure(tmp_path, told.append, private=True)
        assert any("fetching" in said for said in told)
        assert found.version and bundle.intact(mine)
        assert not list(tmp_path.glob(".asterisk-*")), "nothing half done is left"


class TestWhatIsMissing:
    @pytest.fixture(autouse=True)
    def no_system_asterisk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "on_path", lambda: None)

    @pytest.mark.parametrize("tool", ["apt-get", "dpkg-deb"])
    def test_no_apt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str) -> None:
        which = apt.shutil.which
        monkeypatch.setattr(apt.shutil, "which", lambda name: None if name == tool else which(name))
        with pytest.raises(AsteriskUnavailable, match=f"no {tool} to fetch"):
            fetch.ensure(tmp_path, print)

    def test_no_keyring(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apt, "KEYRING", tmp_path / "none.gpg")
        with pytest.raises(AsteriskUnavailable, match="install the package debian-archive-keyring"):
            fetch.ensure(tmp_path, print)

    def test_no_mirror(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "mirrors", list)
        with pytest.raises(AsteriskUnavailable, match="no Debian mirror"):
            fetch.ensure(tmp_path, print)

    def test_no_network(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "mirrors", lambda: ["http://127.0.0.1:9/debian"])
        monkeypatch.setattr(apt, "proxies", list)
        with pytest.raises(AsteriskUnavailable, match="is there a network"):
            fetch.ensure(tmp_path, print)
        assert [file.name for file in tmp_path.iterdir()] == ["asterisk.lock"]

    def test_disk_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "ROOM_NEEDED", 1 << 62)
        with pytest.raises(AsteriskUnavailable, match="300 MB are needed"):
            fetch.ensure(tmp_path, print)

    def test_other_machine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("platform.machine", lambda: "riscv64")
        with pytest.raises(AsteriskUnavailable, match="this is Linux on riscv64"):
            fetch.ensure(tmp_path, print)

    def test_cache_that_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("")
        with pytest.raises(AsteriskUnavailable, match="XDG_CACHE_HOME"):
            fetch.ensure(tmp_path / "cache", print)
