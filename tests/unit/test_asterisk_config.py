"""What is written for Asterisk, and what must be in its database."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.settings import Pbx, Seat, Settings, Trunk
from telephony.asterisk import astdb, bundle, config, pjsip, production, secrets
from telephony.asterisk.apt import EXPIRED, _reason
from telephony.asterisk.layout import AsteriskMisconfigured, Layout, run_folder
from telephony.asterisk.program import AsteriskProgram, major

SEATS = tuple(Seat(number=f"600{n}", label=f"席位{n}") for n in (1, 2, 3))
TRUNK = Trunk(name="trunk-1", number="07593181234", host="10.0.0.1:5070")


def room(home: Path, **pbx: object) -> Settings:
    return Settings(home=home, seats=SEATS, trunks=(TRUNK,), pbx=Pbx.model_validate(pbx))


class TestTemplates:
    @pytest.mark.parametrize("prefix", ["9", "", "00"])
    def test_dialplan_has_every_seat_and_no_open_place(self, tmp_path: Path, prefix: str) -> None:
        text = config.dialplan(room(tmp_path, outgoing_prefix=prefix), tmp_path / "spool", tmp_path / "busy-zh.wav")
        assert not config.PLACE.search(text)
        assert "DL_SEATS = PJSIP/6001&PJSIP/6002&PJSIP/6003" in text
        assert "exten => 6002,1,Set(DL_TO=PJSIP/6002)" in text
        assert f"exten => _{prefix}[+*#0-9]!,1" in text
        assert f"DL_PROMPT = {tmp_path}/busy-zh\n" in text, "without its ending, as Playback wants it"

    def test_what_a_caller_chooses_is_filtered_before_it_becomes_an_argument(self, tmp_path: Path) -> None:
        text = config.dialplan(room(tmp_path), tmp_path, tmp_path / "p.wav")
        for line in text.splitlines():
            if re.search(r"(MixMonitor|Originate|System|Record|AGI)\(", line):
                assert "CALLERID" not in line and "EXTEN" not in line and "CONNECTEDLINE" not in line, line

    def test_agi_never_runs_on_the_channel_of_a_caller(self, tmp_path: Path) -> None:
        text = config.dialplan(room(tmp_path), tmp_path, tmp_path / "p.wav")
        sections = re.split(r"^\[", text, flags=re.MULTILINE)
        assert [part.split("]")[0] for part in sections if re.search(r"[^A-Z_]AGI\(", part)] == ["dutyline-agi"]

    def test_a_value_with_a_line_break_is_refused(self) -> None:
        with pytest.raises(AsteriskMisconfigured, match="line break"):
            config.fill("manager_dutyline.conf", {"AMIUSER": "x\n[root]", "AMISECRET": "", "AMIPERMIT": ""})

    def test_modules_that_an_older_asterisk_lacks(self, tmp_path: Path) -> None:
        old = AsteriskProgram(("asterisk",), "18.26.4", tmp_path, tmp_path, tmp_path)
        for name in config.modules_wanted():
            if name != "res_cdrel_custom.so":
                (tmp_path / name).touch()
        assert "res_cdrel_custom.so" not in config.modules_conf(old)
        (tmp_path / "app_mixmonitor.so").unlink()
        with pytest.raises(AsteriskMisconfigured, match=r"app_mixmonitor\.so is missing in Asterisk 18"):
            config.modules_conf(old)

    def test_pjsip(self, tmp_path: Path) -> None:
        seats = {seat.number: f"secret{seat.number}" for seat in SEATS}
        text = pjsip.whole(room(tmp_path, sip_host="192.0.2.1"), seats, "drill")
        assert "contact = sip:10.0.0.1:5070" in text and "match = 10.0.0.1\n" in text
        assert "from_user = 07593181234" in text
        assert 'callerid = "席位1" <6001>' in text
        assert text.count("media_address = 192.0.2.1") == 5
        assert "media_address" not in pjsip.whole(room(tmp_path, sip_host="0.0.0.0"), seats, "drill")  # noqa: S104

    @given(st.text(max_size=40))
    def test_a_label_cannot_leave_its_line(self, label: str) -> None:
        text = pjsip.seat_sections(Seat(number="6001", label=label), "pw", "127.0.0.1")
        named = [line for line in text.splitlines() if line.startswith("callerid")]
        assert len(text.splitlines()) == len(pjsip.seat_sections(SEATS[0], "pw", "127.0.0.1").splitlines())
        assert re.fullmatch(r'callerid = "[^";<>\\\[\]]*" <6001>', named[0])

    @pytest.mark.parametrize("host", ["", ":5060", "a b", "h:x", "a;b"])
    def test_a_trunk_host_that_is_none(self, host: str) -> None:
        with pytest.raises(AsteriskMisconfigured, match="host is"):
            pjsip.host_port(host)


class TestLayout:
    @pytest.mark.parametrize("bad", ["a,b", "a(b", "a;b", "a$b", "a&b", "a'b"])
    def test_a_home_that_asterisk_would_cut(self, tmp_path: Path, bad: str) -> None:
        with pytest.raises(AsteriskMisconfigured, match="choose another home"):
            Layout.of(room(tmp_path / bad))

    def test_cel_file_where_asterisk_cannot_write_it(self, tmp_path: Path) -> None:
        with pytest.raises(AsteriskMisconfigured, match="cel-custom"):
            Layout.of(room(tmp_path, cel_file="calls.csv"))

    def test_a_long_home_gets_a_short_control_socket(self, tmp_path: Path) -> None:
        assert run_folder(Path("/srv/room")) == Path("/srv/room/run")
        long = run_folder(tmp_path / ("x" * 120))
        assert len(str(long / "asterisk.ctl")) < 100 and long == run_folder(tmp_path / ("x" * 120))


class TestSecrets:
    def test_made_once_and_kept_for_the_owner(self, tmp_path: Path) -> None:
        file = tmp_path / "secrets.json"
        first = secrets.ensure(file, ["6001"])
        assert file.stat().st_mode & 0o777 == 0o600
        more = secrets.ensure(file, ["6001", "6002"])
        assert (more.ami, more.system, more.seats["6001"]) == (first.ami, first.system, first.seats["6001"])
        assert secrets.ensure(file, [], ami="mine").ami == "mine"
        assert first.ami not in repr(first) and first.practice not in repr(first)

    def test_a_broken_file_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "secrets.json").write_text("{")
        with pytest.raises(AsteriskMisconfigured, match="remove it to make new ones"):
            secrets.ensure(tmp_path / "secrets.json", [])


class Database:
    def __init__(self) -> None:
        self.keys: dict[astdb.Key, str] = {}
        self.writes = 0

    def put(self, family: str, key: str, value: str) -> None:
        self.keys[family, key] = value
        self.writes += 1

    def delete(self, family: str, key: str) -> None:
        self.keys.pop((family, key), None)
        self.writes += 1


class TestAstDb:
    def test_who_is_on_duty_and_the_backup(self, tmp_path: Path) -> None:
        settings = room(tmp_path, backup=("6003", "138 1111 2222"), escalate_after=20, message_after=60.5)
        keys = astdb.desired(settings, ["6002", "6001", "9999"], {})
        assert keys["dutyline", "ring"] == "PJSIP/6001&PJSIP/6002"
        assert keys["dutyline", "backup"] == "PJSIP/6003&PJSIP/trunk-1/sip:13811112222@10.0.0.1:5070"
        unknown = Settings(home=tmp_path, seats=SEATS, trunks=(Trunk(name="t"),), pbx=settings.pbx)
        assert astdb.desired(unknown, [], {})["dutyline", "backup"] == "PJSIP/6003&PJSIP/13811112222@t"
        assert (keys["dutyline", "escalate_after"], keys["dutyline", "message_after"]) == ("20", "61")

    def test_an_empty_room_rings_everywhere(self, tmp_path: Path) -> None:
        assert astdb.desired(room(tmp_path), [], {})["dutyline", "ring"] == "PJSIP/6001&PJSIP/6002&PJSIP/6003"

    @pytest.mark.parametrize(
        ("number", "sent"),
        [
            ("0759-3181234", {"07593181234", "7593181234", "867593181234"}),
            ("13800001234", {"13800001234", "013800001234", "8613800001234"}),
            ("+86 138 0000 1234", {"13800001234", "8613800001234"}),
            ("6001", {"6001"}),
            ("110", {"110"}),
            ("", set()),
        ],
    )
    def test_a_number_is_known_however_the_carrier_writes_it(self, number: str, sent: set[str]) -> None:
        assert sent <= set(astdb.number_keys(number))

    def test_a_name_is_plain_when_it_comes_to_the_phone(self, tmp_path: Path) -> None:
        keys = astdb.desired(room(tmp_path), [], {"110": '公安局 "指挥\r\n中心"; [x]', "119": " \x00 "})
        assert keys["dutyline-name", "110"] == "公安局 指挥中心 x"
        assert ("dutyline-name", "119") not in keys

    @given(st.dictionaries(st.tuples(st.just("f"), st.text(max_size=3)), st.text(max_size=3)), st.data())
    def test_push_ends_where_it_should_and_writes_no_more_than_needed(
        self, wanted: dict[astdb.Key, str], data: st.DataObject
    ) -> None:
        known = data.draw(st.dictionaries(st.tuples(st.just("f"), st.text(max_size=3)), st.text(max_size=3)))
        database = Database()
        database.keys |= known
        held = astdb.push(wanted, known, database.put, database.delete)
        assert held == wanted == database.keys
        changed = {key for key in wanted if known.get(key) != wanted[key]} | (known.keys() - wanted.keys())
        assert database.writes == len(changed)
        astdb.push(wanted, held, database.put, database.delete)
        assert database.writes == len(changed), "nothing to do"
        astdb.push(wanted, None, database.put, database.delete)
        assert database.writes == len(changed) + len(wanted), "nobody knows: everything again"


class TestProduction:
    def test_snippets_to_include(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        written = production.write_snippets(room(tmp_path / "room"), out)
        assert {file.name for file in written} == {file.name for file in out.iterdir()}
        for file in written:
            assert not config.PLACE.search(file.read_text(encoding="utf-8")), file
        manager = out / "manager_dutyline.conf"
        ami = secrets.load(tmp_path / "room/asterisk/secrets.json").ami
        assert ami in manager.read_text() and manager.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in written if ami in file.read_text(encoding="utf-8")] == [manager.name]
        readme = (out / "README.txt").read_text(encoding="utf-8")
        assert all(f"#include {name}" in readme for name in ("extensions_dutyline.conf", "manager_dutyline.conf"))

    def test_nothing_is_overwritten_unasked(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.mkdir()
        (out / "cel_dutyline.conf").write_text("mine")
        with pytest.raises(AsteriskMisconfigured, match="there already"):
            production.write_snippets(room(tmp_path / "room"), out)
        assert [file.name for file in out.iterdir()] == ["cel_dutyline.conf"]
        production.write_snippets(room(tmp_path / "room"), out, force=True)
        assert (out / "cel_dutyline.conf").read_text() != "mine"


class TestBundle:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> Path:
        (tmp_path / "debs").mkdir()
        for name in ("a_1%3a2_amd64.deb", "b_1_amd64.deb"):
            (tmp_path / "debs" / name).write_bytes(name.encode() * 100)
        bundle.write_sums(tmp_path)
        return tmp_path

    @pytest.mark.parametrize(
        "harm",
        [
            lambda kept: (kept / "debs/b_1_amd64.deb").unlink(),
            lambda kept: (kept / "debs/b_1_amd64.deb").write_bytes(b"x"),
            lambda kept: (kept / "SHA256SUMS").unlink(),
            lambda kept: (kept / "SHA256SUMS").write_text(""),
            lambda kept: (kept / "SHA256SUMS").write_text("0" * 64 + "  ../../etc/passwd.deb\n"),
        ],
    )
    def test_what_was_harmed_is_not_whole(self, kept: Path, harm: Callable[[Path], object]) -> None:
        assert bundle.intact(kept)
        harm(kept)
        assert not bundle.intact(kept)


@pytest.mark.parametrize(
    ("version", "number"),
    [("22.10.1+dfsg", 22), ("certified/18.9-cert1", 18), ("GIT-20-0abc", 20), ("18.26.4~x", 18), ("none", 0)],
)
def test_major(version: str, number: int) -> None:
    assert major(version) == number


def test_what_apt_says() -> None:
    assert EXPIRED.search("E: Release file for http://x/InRelease is expired (invalid since 3d 2h).")
    assert "the disk is full" in _reason("E: Write error - write (28: No space left on device)")
    assert "Temporary failure resolving" in _reason("Err:1 http://x\n  y\nE: Temporary failure resolving 'x'")
