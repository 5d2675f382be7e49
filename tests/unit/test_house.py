"""The house as it was drawn: nothing of one machine in it, small modules, packages that say what they are."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("console", "telephony", "hardware", "models")
LONGEST = 400
# Addresses that stand for themselves: documentation, standards, and what a person is to open himself.
PUBLIC = re.compile(
    r"^(localhost|127(\.\d+){3}|[\w.-]*\.(example|invalid|test|localhost)|([\w-]+\.)*example\.(com|org|net)"
    r"|([\w-]+\.)*(debian|python|asterisk|github|freedesktop|ietf|rfc-editor|w3|sqlite|postgresql)\.(org|com)"
    r"|host|mirror|peer|x|git-lfs)$"
)
MACHINE_PATH = re.compile(r"(?<![\w.~$}-])/(?:root|work|home/(?!dutyline\b)\w+|Users/\w+)(?:/|\b)")
URL = re.compile(r"\b(?:https?|ftp)://(?:[^\s/@\"'<>]*@)?([\w.-]+)")


def files() -> list[Path]:
    """What belongs to the project, as the repository lists it, or everything where there is no repository."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT, capture_output=True, check=True,
        )  # fmt: skip
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        made = re.compile(r"(^|/)(\.(?!ci/|gitignore)|var/|dist/|__pycache__/)")
        names = [path for path in ROOT.rglob("*") if not made.search(f"{path.relative_to(ROOT)}/")]
    return sorted(path for path in names if path.is_file())


def texts() -> list[tuple[Path, str]]:
    """Every text file; pictures, sounds and weights are left out."""
    found = []
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content[:8192] and path != Path(__file__):
            found.append((path.relative_to(ROOT), content.decode("utf-8", "replace")))
    return found


def modules() -> list[Path]:
    """Every module of the product."""
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]


def test_no_address_of_a_registry_or_machine() -> None:
    strange = [
        f"{path}: {host}" for path, text in texts() for host in URL.findall(text) if not PUBLIC.match(host.rstrip("."))
    ]
    assert strange == []


def test_no_path_of_a_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    assert all(MACHINE_PATH.search(text) for text in ("in /root/x", f'"/{"work"}/main"', "/home/wang/a", "cd /root"))
    assert not any(MACHINE_PATH.search(text) for text in ("$HOME/work/x", "/srv/root/x", "~/work", "models/work.py"))
    assert not any(PUBLIC.match(host) for host in ("pypi.internal", "nexus.corp.net", "10.0.0.1", "mirror.corp.lan"))


def test_modules_are_short() -> None:
    """Migrations are lists of tables, one file a revision, whatever its length."""
    ours = [path for path in modules() if path.parent.name != "versions"]
    assert [f"{path.relative_to(ROOT)}: {count}" for path in ours if (count := lines_of(path)) > LONGEST] == []


def lines_of(path: Path) -> int:
    """How many lines it has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_median_module_is_short() -> None:
    counts = sorted(lines_of(path) for path in modules())
    assert counts[len(counts) // 2] <= 150


def test_every_package_says_what_it_is() -> None:
    folders = {path.parent for path in modules()}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_tests_are_no_package() -> None:
    """An __init__.py under tests would let tests/models hide our models."""
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_basenames_of_tests_are_unique() -> None:
    names = [path.name for path in files() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"]
    assert sorted({name for name in names if names.count(name) > 1} - {"conftest.py"}) == []


# A linter sees imports that are written down; what is loaded in the end, only the interpreter knows.
SPEECH = ("faster_whisper", "ctranslate2", "av", "torch")
TELEPHONE = ("pjsua2", "sounddevice", "soundfile")


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("models", ("telephony", "hardware", "console", "textual")),
        ("models.actions", ("telephony", "hardware", "console", "textual")),
        ("models.queries", ("telephony", "hardware", "console", "textual")),
        ("models.rules.elements", ("sqlalchemy", "pydantic", "telephony", "console")),
        ("telephony", ("console", "hardware", "textual")),
        ("telephony.softphone.client", ("pjsua2",)),
        ("console.cli", ("textual", "psycopg", "babel", *SPEECH, *TELEPHONE)),
        ("console.daemon", ("textual", *SPEECH, "pjsua2")),
        ("console.tui.app", (*SPEECH, "pjsua2")),
    ],
)
def test_import_hygiene(module: str, unwanted: tuple[str, ...]) -> None:
    """Importing `module` loads none of `unwanted`, not even by way of others."""
    code = f"import importlib, sys; importlib.import_module({module!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert sorted(name for name in unwanted if name in loaded) == []
