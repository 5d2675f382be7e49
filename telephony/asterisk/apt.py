"""A private apt: its own lists, cache and status beside the machine's, run by anybody, changing nothing of the host.

The mirror is the one that the machine itself is configured for; every index is verified against Debian's own keyring.
"""

import logging
import os
import re
import shutil
import subprocess
from pathlib import Path

from telephony.asterisk.program import AsteriskUnavailable

log = logging.getLogger(__name__)

SUITE = "forky"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
EXPIRED = re.compile(r"is expired|is not valid yet|no longer valid|Release file .* expired", re.IGNORECASE)
NO_SPACE = re.compile(r"No space left on device|don't have enough free space|Disk quota exceeded")
TOOLS = ("apt-get", "apt-config", "dpkg-deb")


def preflight() -> None:
    """Raises AsteriskUnavailable when the machine's own tools for this are missing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise AsteriskUnavailable(
            "no Asterisk on PATH and no {missing} to fetch a private one: install Asterisk 18 or newer",
            missing=missing[0],
        )
    if not KEYRING.is_file():
        raise AsteriskUnavailable(
            "no Asterisk on PATH, and {keyring} is missing, without which a private one cannot be verified: "
            "install the package debian-archive-keyring, or Asterisk 18 or newer",
            keyring=KEYRING,
        )


def mirrors() -> list[str]:
    """Base addresses of the Debian archive as this machine is configured, the likeliest first, none twice."""
    listed = _host("indextargets", "--format", "$(LABEL) $(SITE)", "Created-By: Packages").splitlines()
    found = [line.removeprefix("Debian ") for line in listed if line.startswith("Debian ")]
    # A machine that never ran `apt-get update` has no index targets yet, but can say what it would fetch.
    found += re.findall(r"^'(\S+?)/dists/", _host("--print-uris", "update"), re.MULTILINE)
    sites = list(dict.fromkeys(site.rstrip("/") for site in found if "security" not in site))
    return sorted(sites, key=lambda site: not site.endswith("/debian"))


def _host(*arguments: str) -> str:
    """What the machine's own apt-get answers, reading only."""
    done = subprocess.run(["apt-get", *arguments], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout


class PrivateApt:
    """apt-get with everything of its own under `folder`."""

    def __init__(self, folder: Path, mirror: str, architecture: str) -> None:
        self.folder, self.mirror, self.architecture = folder, mirror, architecture
        self.config = folder / "apt.conf"

    def prepare(self, *, strict: bool) -> None:
        """Write the configuration; not `strict` accepts an index whose validity has run out, never an unsigned one."""
        for name in ("etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "etc/trusted.gpg.d", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").write_text("", encoding="ascii")
        (self.folder / "etc/sources.list.d/debian.sources").write_text(
            f"Types: deb\nURIs: {self.mirror}\nSuites: {SUITE}\nComponents: main\nSigned-By: {KEYRING}\n",
            encoding="utf-8",
        )
        at, etc = self.folder, self.folder / "etc"
        lines = [
            f'Dir::Etc "{etc}"; Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "{etc}/sources.list.d";',
            f'Dir::Etc::parts "{etc}/apt.conf.d"; Dir::Etc::main "none"; Dir::Etc::trustedparts "{etc}/trusted.gpg.d";',
            f'Dir::Etc::preferencesparts "{etc}/preferences.d"; Dir::State "{at}/state";',
            f'Dir::State::status "{at}/status"; Dir::Cache "{at}/cache"; Dir::Log "{at}/log";',
            f'APT::Architecture "{self.architecture}"; APT::Architectures {{ "{self.architecture}"; }};',
            'APT::Install-Recommends "false"; APT::Sandbox::User ""; APT::Update::Error-Mode "any";',
            'Debug::NoLocking "1"; Acquire::Languages "none"; Acquire::GzipIndexes "true"; Acquire::Retries "3";',
            *proxies(),
        ]
        if not strict:
            lines.append('Acquire::Check-Valid-Until "false"; Acquire::Check-Date "false";')
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def update(self) -> bool:
        """Fetch the signed index; True when it had run out of date and was taken all the same."""
        self.prepare(strict=True)
        first = self._run("update")
        if first.returncode == 0:
            return False
        said = first.stderr + first.stdout
        if not EXPIRED.search(said):
            raise AsteriskUnavailable(
                "no index of Debian {suite} from {mirror}: {reason}",
                suite=SUITE,
                mirror=self.mirror,
                reason=_reason(said),
            )
        log.warning("apt: the index of Debian %s at %s has run out of date; its signature is good", SUITE, self.mirror)
        self.prepare(strict=False)
        second = self._run("update")
        if second.returncode != 0:
            said = second.stderr + second.stdout
            raise AsteriskUnavailable(
                "no index of Debian {suite} from {mirror}: {reason}",
                suite=SUITE,
                mirror=self.mirror,
                reason=_reason(said),
            )
        return True

    def download(self, packages: list[str], into: Path) -> None:
        """Download and verify `packages` into the folder `into`. Raises AsteriskUnavailable."""
        done = self._run("download", *packages, cwd=into, timeout=1800)
        if done.returncode != 0:
            said = done.stderr + done.stdout
            raise AsteriskUnavailable("the packages of Asterisk could not be fetched: {reason}", reason=_reason(said))

    def closure(self, *packages: str) -> list[str]:
        """`packages` and all that they depend on, as apt works it out for an empty machine."""
        done = self._run("--simulate", "install", *packages)
        found = re.findall(r"^Inst (\S+)", done.stdout, re.MULTILINE)
        if done.returncode != 0 or not found:
            raise AsteriskUnavailable(
                "Debian {suite} has no installable Asterisk: {reason}", suite=SUITE, reason=_reason(done.stderr)
            )
        return found

    def _run(self, *arguments: str, cwd: Path | None = None, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"APT_CONFIG": str(self.config), "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        try:
            return subprocess.run(
                ["apt-get", "-q", *arguments],
                capture_output=True, text=True, timeout=timeout, check=False, cwd=cwd, env=environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise AsteriskUnavailable(
                "{mirror} did not finish within {timeout} s; try again later",
                mirror=self.mirror,
                timeout=f"{timeout:.0f}",
            ) from error


def proxies() -> list[str]:
    """The machine's own proxy settings, which the private configuration would otherwise not see."""
    done = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, timeout=60, check=False)
    return re.findall(r'^Acquire::https?::.*[^:"] ".+";$', done.stdout, re.MULTILINE)


def _reason(said: str) -> str:
    """apt's own words for what went wrong, with the way out where we know one."""
    if NO_SPACE.search(said):
        return "the disk is full; free some space and try again"
    errors = re.findall(r"^(?:E|Err:\d+|W): *(.+)$", said, re.MULTILINE) or said.strip().splitlines()[-1:]
    return f"{errors[0][:200] if errors else 'apt-get gave no reason'}; is there a network?"
