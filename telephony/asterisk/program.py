"""An Asterisk that can be run: the system's own, or the private copy with its own loader and libraries."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from telephony.errors import TelephonyError

OLDEST = 18
REQUIRED = ("chan_pjsip.so", "app_mixmonitor.so", "app_originate.so", "res_agi.so", "cel_custom.so")


class AsteriskUnavailable(TelephonyError):
    """No Asterisk can be had or run here; the sentence says what is missing and the way out."""


@dataclass(frozen=True, slots=True)
class AsteriskProgram:
    """How to run one Asterisk: `command` is the start of its argument list, `environment` is added to ours."""

    command: tuple[str, ...]
    version: str
    modules: Path
    data: Path
    binaries: Path
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """The whole environment for a process of this program."""
        return os.environ | self.environment | {"LC_ALL": "C.UTF-8"}

    def has(self, module: str) -> bool:
        """Whether this Asterisk was built with `module` (like `res_fax.so`)."""
        return (self.modules / module).is_file()


@dataclass(frozen=True, slots=True)
class Architecture:
    """What Debian and the dynamic loader call this machine."""

    debian: str
    triplet: str
    loader: str


ARCHITECTURES = {
    "x86_64": Architecture("amd64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": Architecture("arm64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}


def architecture() -> Architecture:
    """This machine's architecture. Raises AsteriskUnavailable where no private copy can run."""
    machine = platform.machine()
    if platform.system() != "Linux" or machine not in ARCHITECTURES:
        raise AsteriskUnavailable(
            "a private Asterisk runs on Linux on amd64 or arm64 only, and this is {system} on {machine}: "
            "install Asterisk {oldest} or newer from your distribution",
            system=platform.system(),
            machine=machine,
            oldest=OLDEST,
        )
    return ARCHITECTURES[machine]


def version_of(command: Iterable[str], environment: dict[str, str] | None = None) -> str:
    """What `asterisk -V` says, without the word Asterisk. Raises AsteriskUnavailable when it does not run."""
    line = [*command, "-V"]
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=60, check=False, env=os.environ | (environment or {})
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AsteriskUnavailable("{program} cannot be run: {reason}", program=line[0], reason=error) from error
    if done.returncode != 0 or not done.stdout.startswith("Asterisk "):
        raise AsteriskUnavailable(
            "{program} -V failed: {reason}", program=line[0], reason=(done.stderr or done.stdout).strip()[:200]
        )
    return done.stdout.removeprefix("Asterisk ").strip()


def major(version: str) -> int:
    """The leading number of a version like `22.10.1~dfsg`, `certified/18.9-cert1` or `GIT-20-abc`; 0 if none."""
    found = re.search(r"(\d+)", version)
    return int(found.group(1)) if found else 0


def on_path() -> AsteriskProgram | None:
    """The Asterisk of this system when it is new enough and has what we need, else None."""
    binary = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if binary is None:
        return None
    try:
        version = version_of((binary,))
    except AsteriskUnavailable:
        return None
    prefix = Path(binary).resolve().parent.parent
    machine = ARCHITECTURES.get(platform.machine())
    places = [prefix / "lib" / machine.triplet] if machine else []
    modules = _first([place / "asterisk/modules" for place in (*places, prefix / "lib64", prefix / "lib")])
    data = _first([prefix / "share/asterisk", Path("/var/lib/asterisk"), Path("/usr/share/asterisk")])
    if major(version) < OLDEST or modules is None or data is None:
        return None
    program = AsteriskProgram((binary,), version, modules, data, Path(binary).parent)
    return program if all(program.has(module) for module in REQUIRED) else None


def _first(folders: list[Path]) -> Path | None:
    return next((folder for folder in folders if folder.is_dir()), None)
