"""dutyline.toml: what is wrong is said with file and key, the environment goes first, secrets are not shown."""

import traceback
from pathlib import Path

import pytest

from models.errors import ConfigurationError
from models.settings import FILE, home_of, load

SECRET = "s3cret-of-the-manager"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own room is none of ours."""
    import os  # noqa: PLC0415

    for name in list(os.environ):
        if name.startswith("DUTYLINE_"):
            monkeypatch.delenv(name)


def write(home: Path, words: str) -> Path:
    (home / FILE).write_text(words, encoding="utf-8")
    return home


def test_an_empty_file_is_a_room(tmp_path: Path) -> None:
    found = load(write(tmp_path, ""))
    assert found.home == tmp_path
    assert found.database_url == f"sqlite:///{tmp_path}/dutyline.db"
    assert found.path(found.pbx.spool) == tmp_path / "asterisk/spool/dutyline"
    assert found.path(Path("/elsewhere")) == Path("/elsewhere")
    assert str(found.room.zone) == "Asia/Shanghai"


WRONG = {
    "[room\n": r"not a TOML file: .*line 1",
    "[room]\nnmae = 'x'": r"room\.nmae: Extra inputs are not permitted",
    "[rooms]\nname = 'x'": r"rooms: Extra inputs are not permitted",
    "[room]\ntimezone = 'Mars/Olympus'": r"room\.timezone: .*'Mars/Olympus' is not a time zone .* Asia/Shanghai",
    "[room]\nlanguage = 'fr'": r"room\.language: Input should be 'zh' or 'en'",
    "[pbx]\nami_port = 0": r"pbx\.ami_port: Input should be greater than or equal to 1",
    "[pbx]\nami_port = 'many'": r"pbx\.ami_port: Input should be a valid integer",
    "[[seats]]\nnumber = '8001'\n": r"seats\.0\.label: Field required",
    "[[seats]]\nnumber = 'a'\nlabel = 'x'": r"seats\.0\.number: String should match",
    "[[seats]]\nnumber = '8001'\nlabel = 'a'\n[[seats]]\nnumber = '8001'\nlabel = 'b'": r"'8001' is configured twice",
    "[[trunks]]\nname = 'a'\n[[trunks]]\nname = 'b'\nendpoint = 'a'": r"endpoint 'a' is configured twice",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, words: str) -> None:
    with pytest.raises(ConfigurationError, match=WRONG[words]) as caught:
        load(write(tmp_path, words))
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / FILE}: ")
    assert "\n" not in said


def test_no_file_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"dutyline\.toml: no such file; 'dutyline --home .* up' makes a room"):
        load(tmp_path / "nowhere")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(ConfigurationError, match=r"dutyline\.toml: cannot be read: Is a directory"):
        load(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / FILE).write_bytes("[room]\nname = '值班室'".encode("gbk"))
    with pytest.raises(ConfigurationError, match=r"dutyline\.toml: not a TOML file: .*utf-8"):
        load(other)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[pbx]\nami_secret = 'from file'\nami_port = 5039\n[room]\nname = '县值班室'")
    monkeypatch.setenv("DUTYLINE_PBX__AMI_SECRET", SECRET)
    monkeypatch.setenv("DUTYLINE_DATABASE__URL", "postgresql+psycopg://duty:pw@db/duty")
    found = load(tmp_path)
    assert (found.pbx.ami_secret.get_secret_value(), found.pbx.ami_port, found.room.name) == (SECRET, 5039, "县值班室")
    assert found.database_url == "postgresql+psycopg://duty:pw@db/duty"


def test_an_unreadable_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTYLINE_SEATS", "8001,8002")
    with pytest.raises(ConfigurationError, match=r"^environment: .*\"seats\""):
        load(write(tmp_path, ""))
    monkeypatch.setenv("DUTYLINE_SEATS", "[]")
    monkeypatch.setenv("DUTYLINE_PBX__AMI_PROT", "1")
    with pytest.raises(ConfigurationError, match=r"pbx\.ami_prot: Extra inputs"):
        load(tmp_path)


def test_secrets_are_shown_neither_by_settings_nor_by_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, f"[pbx]\nami_secret = '{SECRET}'\n[database]\nurl = 'postgresql+psycopg://duty:{SECRET}@db/duty'")
    found = load(tmp_path)
    assert SECRET not in f"{found!r} {found} {found.pbx!r} {found.model_dump()} {found.model_dump_json()}"
    for words in (
        f"[pbx]\nami_secret = ['{SECRET}']",
        f"[pbx]\nami_secert = '{SECRET}'",
        f"[[pbx]]\nami_secret = '{SECRET}'",
        f"[database]\nurl = {{ password = '{SECRET}' }}",
    ):
        with pytest.raises(ConfigurationError) as caught:
            load(write(tmp_path, words))
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_home_is_the_option_then_the_environment_then_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_of(None) == tmp_path / "var"
    monkeypatch.setenv("DUTYLINE_HOME", str(tmp_path / "room"))
    assert home_of(None) == tmp_path / "room"
    assert home_of("here") == tmp_path / "here"
    assert load(write(tmp_path, "")).home == tmp_path
