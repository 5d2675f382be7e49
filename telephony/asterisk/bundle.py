"""The private copy of Asterisk: Debian packages unpacked into a folder, with their own loader and C library."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from telephony.asterisk.program import Architecture, AsteriskProgram, AsteriskUnavailable, version_of

# What the modules that we load really link to, found with `ld-linux --list`: 19 MB where the whole closure is 60.
_PACKAGES = """
asterisk asterisk-modules libc6 libgcc-s1 libstdc++6 libcrypt1 libssl3t64 zlib1g libzstd1 libxml2-16
libxslt1.1 libsqlite3-0 libjansson4 liburiparser1 libuuid1 libcap2 libsystemd0 libedit2 libtinfo6 libbsd0
libmd0 ncurses-base libsrtp2-1 libgsm1 libspandsp2t64 libtiff6 libjpeg62-turbo libjbig0 libwebp7
libsharpyuv0 libdeflate0 liblerc4 liblzma5 libunbound8 libevent-2.1-7t64 libnss3 libnspr4
"""
MINIMAL = tuple(_PACKAGES.split())
SUMS = "SHA256SUMS"
UNUSED = ("doc", "man", "locale", "lintian", "bug", "asterisk/conf")
LINE = re.compile(r"^([0-9a-f]{64})  ([^/\n]+\.deb)$")


def program(folder: Path, machine: Architecture) -> AsteriskProgram:
    """The copy under `folder` as something to run. Raises AsteriskUnavailable when it does not."""
    root = folder / "root"
    libraries = root / "usr/lib" / machine.triplet
    binary = root / "usr/sbin/asterisk"
    loader = libraries / machine.loader
    command = (str(loader), "--library-path", str(libraries), "--argv0", "asterisk", str(binary))
    environment = {"TERMINFO": str(root / "usr/lib/terminfo")}
    version = version_of(command, environment)
    return AsteriskProgram(
        command, version, libraries / "asterisk/modules", root / "usr/share/asterisk", binary.parent, environment
    )


def unpack(debs: Path, root: Path) -> None:
    """Unpack every package of `debs` into `root`, without documentation that nothing reads."""
    for deb in sorted(debs.glob("*.deb")):
        done = subprocess.run(["dpkg-deb", "-x", deb, root], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            raise AsteriskUnavailable(
                "{name} cannot be unpacked: {reason}", name=deb.name, reason=done.stderr.strip()[:200]
            )
    for name in UNUSED:
        shutil.rmtree(root / "usr/share" / name, ignore_errors=True)


def unresolved(root: Path, machine: Architecture, modules: list[str]) -> list[str]:
    """Which of Asterisk and `modules` are missing or need a library that is not in the copy, one sentence each."""
    libraries = root / "usr/lib" / machine.triplet
    loader = libraries / machine.loader
    wrong = []
    for file in (root / "usr/sbin/asterisk", *(libraries / "asterisk/modules" / name for name in modules)):
        if not file.is_file() or not loader.is_file():
            wrong.append(f"{file.name} is missing")
            continue
        done = subprocess.run(
            [loader, "--library-path", libraries, "--list", file],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = done.stdout + done.stderr
        outside = re.findall(
            r"^\s*(\S+) => (?:not found|/(?!\S*" + re.escape(str(root).lstrip("/")) + r")\S+)", said, re.MULTILINE
        )
        outside = [name for name in outside if machine.loader not in name]
        if outside or "not found" in said:
            wrong.append(f"{file.name} needs {', '.join(outside) or said.strip()[:120]}")
    return wrong


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS for folder/debs, last of all: a folder with it is whole."""
    lines = [f"{_digest(deb)}  {deb.name}\n" for deb in sorted((folder / "debs").glob("*.deb"))]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def intact(folder: Path) -> bool:
    """Whether every package that SHA256SUMS of `folder` names is there, unchanged."""
    try:
        listed = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    pairs = [found.groups() for found in map(LINE.match, listed) if found]
    if not pairs or len(pairs) != len(listed):
        return False
    return all((folder / "debs" / name).is_file() and _digest(folder / "debs" / name) == sum_ for sum_, name in pairs)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
