"""make's set-up: whatever is missing is one clear sentence with the way out; what was broken off is made anew."""

import getpass
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "flock", "cat", "cksum", "awk", "id", "grep", "tail", "rm", "uname", "sleep", "make")
LIMIT = 110
PROJECT = """[build-system]
requires = []
build-backend = "tiny"
backend-path = ["."]

[project]
name = "dutyline"
version = "0.{version}"
dependencies = [{needs}]
optional-dependencies.dev = []
"""
# What builds the copy: a backend that needs nothing, so that nothing is fetched.
BACKEND = '''"""An editable wheel with nothing but its name."""

import re
import zipfile
from pathlib import Path


def build_editable(folder, config_settings=None, metadata_directory=None):
    text = Path("pyproject.toml").read_text()
    version = re.search('version = "(.*)"', text)[1]
    needs = "".join(f"Requires-Dist: {need}\\n" for need in re.findall("'(.*?)'", text))
    about = f"dutyline-{version}.dist-info"
    with zipfile.ZipFile(Path(folder) / f"dutyline-{version}-py3-none-any.whl", "w") as wheel:
        metadata = f"Metadata-Version: 2.1\\nName: dutyline\\nVersion: {version}\\nProvides-Extra: dev\\n{needs}"
        wheel.writestr(f"{about}/METADATA", metadata)
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{about}/RECORD", "")
    return f"dutyline-{version}-py3-none-any.whl"
'''


class Checkout:
    """A copy of the set-up in a folder of its own, with the programs that the test gives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.here = folder / "checkout"
        (self.here / ".ci").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / ".ci/setup", self.here / ".ci/setup")
        shutil.copy(ROOT / "Makefile", self.here / "Makefile")
        (self.here / "tiny.py").write_text(BACKEND, encoding="utf-8")
        self.write(1)
        for name in TOOLS:
            if found := shutil.which(name):
                (self.bin / name).symlink_to(found)
        self.free(2_000_000)

    def write(self, version: int, *needs: str) -> None:
        """Another pyproject.toml."""
        text = PROJECT.format(version=version, needs=", ".join(f"'{need}'" for need in needs))
        (self.here / "pyproject.toml").write_text(text, encoding="utf-8")

    def program(self, name: str, text: str) -> None:
        """A program of that name, in the shell's words."""
        (self.bin / name).unlink(missing_ok=True)  # the machine's own behind a link stays as it is
        (self.bin / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def free(self, kilobytes: int) -> None:
        """That much room on its disk."""
        self.program("df", f"echo Filesystem; echo /dev/sda1 9000000 1 {kilobytes} 97% /")

    def real_python(self) -> None:
        """The Python that runs this test, and no other."""
        self.program("python3.11", f'exec {Path(sys.executable).resolve()} "$@"')

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's but where temporary files go; the package index is a closed port."""
        return {
            "PATH": str(self.bin), "HOME": str(self.folder), "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1",
            "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "LC_ALL": "C.UTF-8",
        }  # fmt: skip

    def setup(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            [".ci/setup", *arguments], cwd=self.here, env=self.environment() | environment, text=True,
            capture_output=True, timeout=LIMIT, check=False,
        )  # fmt: skip

    def refuses(self, *words: str, **environment: str) -> str:
        """It ends with 2 and a last line that holds all `words`; what it said."""
        done = self.setup(**environment)
        last = done.stderr.strip().splitlines()[-1]
        assert done.returncode == 2, done.stderr
        assert last.startswith("dutyline: ")
        assert [word for word in words if word not in last] == [], last
        assert "Traceback" not in done.stderr
        return done.stderr

    @property
    def installed(self) -> list[str]:
        """What of ours is in its .venv."""
        return sorted(found.name for found in self.here.glob(".venv/lib/*/site-packages/dutyline-*.dist-info"))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh one."""
    return Checkout(tmp_path)


def test_no_python_at_all(checkout: Checkout) -> None:
    checkout.refuses("needs Python 3.11 or 3.12", "there is none", "apt install")


def test_an_old_python_first_on_the_path(checkout: Checkout) -> None:
    checkout.program("python3", "echo 3.9")
    checkout.refuses("needs Python 3.11 or 3.12", "python3 is 3.9", "make PYTHON=")


def test_a_python_that_is_too_new(checkout: Checkout) -> None:
    checkout.program("python3", "echo 3.13")
    checkout.refuses("python3 is 3.13")


def test_the_python_that_was_named_must_fit(checkout: Checkout) -> None:
    checkout.real_python()
    checkout.program("python3.9", "echo 3.9")
    checkout.refuses("python3.9 is 3.9", PYTHON="python3.9")


def test_no_venv_module(checkout: Checkout) -> None:
    checkout.program("python3", 'case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac')
    checkout.refuses("python3 cannot make a virtual environment", "apt install python3-venv")


def test_no_packages_and_then_there_are(checkout: Checkout) -> None:
    checkout.real_python()
    checkout.write(1, "something==1")
    checkout.refuses("cannot be fetched", "check the network", "run make again")
    said = checkout.refuses("no such package for this machine", PIP_NO_INDEX="1")
    assert "something==1" in said
    checkout.write(1)
    done = checkout.setup()
    assert done.returncode == 0, done.stderr
    assert checkout.installed == ["dutyline-0.1.dist-info"]


def test_little_room_on_the_disk(checkout: Checkout) -> None:
    checkout.real_python()
    checkout.free(300_000)
    checkout.refuses("292 MB free", "1000 MB are needed", str(checkout.here))
    assert not (checkout.here / ".venv").exists()


def test_the_disk_is_full_on_the_way(checkout: Checkout) -> None:
    checkout.program(
        "python3",
        f'case "$1" in -c) exec {sys.executable} "$@" ;; esac; echo "[Errno 28] No space left on device"; exit 1',
    )
    checkout.refuses("the disk is full", "1000 MB")


def test_no_right_to_write() -> None:
    with TemporaryDirectory(dir="/tmp") as folder:  # a folder that another user can come to
        Path(folder).chmod(0o755)
        checkout = Checkout(Path(folder))
        checkout.program("python3.11", 'case "$2" in *ensurepip*) ;; *) echo 3.11 ;; esac')
        checkout.here.chmod(0o555)
        try:
            done = subprocess.run(
                [".ci/setup"], cwd=checkout.here, env=checkout.environment(), text=True, capture_output=True,
                timeout=LIMIT, check=False, **({"user": "nobody"} if os.geteuid() == 0 else {}),
            )  # fmt: skip
        finally:
            checkout.here.chmod(0o755)
    assert done.returncode == 2
    who = "nobody" if os.geteuid() == 0 else getpass.getuser()
    assert f"{checkout.here} cannot be written by {who}" in done.stderr


def test_the_life_of_a_checkout(checkout: Checkout) -> None:
    """Once set up it needs nothing; another pyproject.toml is installed; a moved checkout is set up anew."""
    checkout.real_python()
    done = checkout.setup("dev")
    assert done.returncode == 0, done.stderr
    checkout.program("python3.11", "exit 1")
    began = time.monotonic()
    for arguments in (["dev"], []):
        done = checkout.setup(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - began < 10

    checkout.real_python()
    kept = checkout.here / ".venv/kept"
    kept.touch()
    checkout.write(2)
    done = checkout.setup()
    assert done.returncode == 0, done.stderr
    assert checkout.installed == ["dutyline-0.2.dist-info"]
    assert kept.exists()

    checkout.here = checkout.here.rename(checkout.folder / "elsewhere")
    assert checkout.setup().returncode == 0
    first = (checkout.here / ".venv/bin/pip").read_text(encoding="utf-8").splitlines()[0]
    assert str(checkout.here) in first


@pytest.fixture
def broken_off(checkout: Checkout) -> Iterator[Checkout]:
    """A set-up that was ended by SIGKILL while pip was at work."""
    checkout.real_python()
    backend = checkout.here / "tiny.py"
    stuck = (
        f"from pathlib import Path\nimport time\nPath({str(checkout.folder / 'at-work')!r}).touch()\ntime.sleep(600)\n"
    )
    backend.write_text(stuck, encoding="utf-8")
    process = subprocess.Popen(
        [".ci/setup"], cwd=checkout.here, env=checkout.environment(), start_new_session=True, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + LIMIT
    while not (checkout.folder / "at-work").exists() and time.monotonic() < until:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert (checkout.folder / "at-work").exists()
    backend.write_text(BACKEND, encoding="utf-8")
    yield checkout


def test_broken_off_it_begins_anew(broken_off: Checkout) -> None:
    left = broken_off.here / ".venv/left-half-installed"
    left.touch()
    done = broken_off.setup()
    assert done.returncode == 0, done.stderr
    assert broken_off.installed == ["dutyline-0.1.dist-info"]
    assert not left.exists()


def test_make_ends_with_two_and_says_it_last(checkout: Checkout) -> None:
    done = subprocess.run(
        ["make", "run"], cwd=checkout.here, env=checkout.environment(), text=True, capture_output=True, timeout=LIMIT,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs Python 3.11 or 3.12" in done.stderr
