"""What is written for people is true: keys, commands, pins and links."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from console.cli import dutyline
from models.settings import Settings, load

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
CONFIGURATION = ROOT / "docs/configuration.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (\S.*?) \| .+ \|$", re.MULTILINE)
SPAN = re.compile(r"```.*?\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def fields(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """Every key of the file with its default as TOML would write it; `—` for what must be given."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        section = next((kind for kind in inner if issubclass(kind, BaseModel)), None)
        if section is not None:
            found |= fields(section, f"{prefix}{name}.")
        elif f"{prefix}{name}" != "home":
            found[f"{prefix}{name}"] = shown(field.default)
    return found


def shown(value: Any) -> str:
    """A default as it stands in the table."""
    if value is PydanticUndefined:
        return "—"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`"


def test_every_key_of_the_configuration_is_described_with_its_default() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8").partition("## Keys")[2].partition("## Environment")[0]
    assert dict(ROW.findall(text)) == fields(Settings)


def test_the_example_configuration_can_be_loaded(tmp_path: Path) -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "dutyline.toml").write_text(example, encoding="utf-8")
    room = load(tmp_path)
    assert [seat.number for seat in room.seats] == ["6001", "6002"]


def commands(document: Path) -> list[str]:
    """Every `dutyline …` that a document tells people to type."""
    spans = ["".join(found) for found in SPAN.findall(document.read_text(encoding="utf-8"))]
    lines = [line.strip() for span in spans for line in span.splitlines()]
    return [said for line in lines for said in re.findall(r"(?:^|&& |; |bin/)dutyline ([^;&#|]+)", line)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_documents_exist(document: Path) -> None:
    wrong = [line for line in commands(document) if not understood(line)]
    assert wrong == []


def understood(line: str) -> bool:
    """Whether the words lead to a command, and every option on the way is one of its own."""
    words = line.split()
    command: click.Command = dutyline
    context = click.Context(dutyline)
    for place, word in enumerate(words):
        if word in {"#", "|", "<", ">", "&&", ";"}:
            break
        if word.startswith("-"):
            known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            if word.partition("=")[0] not in known | {"-h", "--help"}:
                return False
        elif isinstance(command, click.Group) and not (place and words[place - 1] == "--home"):
            inner = command.get_command(context, word)
            if inner is None:
                return False
            command = inner
    return True


def test_an_invented_command_is_not_understood() -> None:
    assert understood("--home /srv/x db upgrade")
    assert not understood("db downgrade")
    assert not understood("up --home var")
    assert not understood("frobnicate")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    missing = [name for name in targets if name and "://" not in name and not (document.parent / name).exists()]
    assert missing == []


def test_every_dependency_has_its_pin_and_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {*project["dependencies"], *(pin for pins in project["optional-dependencies"].values() for pin in pins)}
    pins = {tuple(re.sub(r"\[.*?\]", "", pin).split("==")) for pin in wanted if not pin.startswith("dutyline")}
    text = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| ([\w-]+) \| ([\w.]+) \| \S.{8,} \|$", text, re.MULTILINE)) == pins


def test_decisions_are_numbered_without_a_gap_and_brief() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [path.name for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 60] == []
