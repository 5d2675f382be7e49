"""Get an Asterisk: the system's own where there is one, else a private copy of Debian's, verified and kept."""

import contextlib
import errno
import fcntl
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from telephony.asterisk import bundle
from telephony.asterisk.apt import SUITE, PrivateApt, mirrors, preflight
from telephony.asterisk.config import modules_wanted
from telephony.asterisk.program import Architecture, AsteriskProgram, AsteriskUnavailable, architecture, on_path

log = logging.getLogger(__name__)

ROOM_NEEDED = 300_000_000
LOCK_LIMIT = 1800.0
Progress = Callable[[str], None]


def default_cache() -> Path:
    """Where what was fetched is kept: outside the checkout, shared by all rooms of a user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dutyline"


def ensure(cache: Path, progress: Progress, *, private: bool = False) -> AsteriskProgram:
    """An Asterisk to run; fetched on first use (about 30 MB), afterwards without network.

    `private` passes over the system's own. Raises AsteriskUnavailable with one sentence saying what is missing.
    """
    if not private and (found := on_path()) is not None:
        return found
    machine = architecture()
    folder = cache / f"asterisk-{SUITE}-{machine.debian}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / "asterisk.lock", progress):
            if bundle.intact(folder):
                return _unpacked(folder, machine, progress)
            return _fetched(folder, machine, progress)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise AsteriskUnavailable("{cache}: the disk is full; free 300 MB and try again", cache=cache) from error
        raise AsteriskUnavailable(
            "{cache}: {reason}; set XDG_CACHE_HOME to a folder of yours", cache=cache, reason=error.strerror or error
        ) from error


def _unpacked(folder: Path, machine: Architecture, progress: Progress) -> AsteriskProgram:
    """The copy in `folder`, unpacked again from its verified packages when the unpacked form is gone or broken."""
    with contextlib.suppress(AsteriskUnavailable):
        return bundle.program(folder, machine)
    progress("unpacking the private Asterisk again from the kept packages")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".asterisk-") as work:
        root = Path(work) / "root"
        root.mkdir()
        bundle.unpack(folder / "debs", root)
        shutil.rmtree(folder / "root", ignore_errors=True)
        root.rename(folder / "root")
    return bundle.program(folder, machine)


def _fetched(folder: Path, machine: Architecture, progress: Progress) -> AsteriskProgram:
    preflight()
    free = shutil.disk_usage(folder.parent).free
    if free < ROOM_NEEDED:
        raise AsteriskUnavailable(
            "{parent}: {free} MB free, 300 MB are needed for a private Asterisk",
            parent=folder.parent,
            free=free // 1000000,
        )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".asterisk-") as work:
        whole = Path(work) / "whole"
        (whole / "debs").mkdir(parents=True)
        apt = _index(Path(work) / "apt", machine, progress)
        progress("fetching a private Asterisk (about 20 MB)")
        _collect(apt, whole, machine, progress)
        bundle.write_sums(whole)
        if folder.exists():
            log.warning("%s: the kept private Asterisk was damaged and is replaced", folder)
            shutil.rmtree(folder)
        whole.rename(folder)
    found = bundle.program(folder, machine)
    progress(f"private Asterisk {found.version} is ready")
    return found


def _index(folder: Path, machine: Architecture, progress: Progress) -> PrivateApt:
    """The first of the machine's mirrors that has a verified index of our suite."""
    sites = mirrors()
    if not sites:
        raise AsteriskUnavailable(
            "no Asterisk on PATH, and apt on this machine knows no Debian mirror to fetch one from: "
            "install Asterisk 18 or newer from your distribution"
        )
    problems = []
    for number, site in enumerate(sites):
        apt = PrivateApt(folder / str(number), site, machine.debian)
        progress(f"reading the package index of Debian {SUITE}")
        try:
            if apt.update():
                progress("warning: the mirror's index has run out of date (a frozen mirror?); its signature is good")
        except AsteriskUnavailable as error:
            problems.append(error)
            continue
        return apt
    raise problems[0]


def _collect(apt: PrivateApt, whole: Path, machine: Architecture, progress: Progress) -> None:
    """Download and unpack the short list; where the suite has moved on, everything that Asterisk depends on."""
    modules = modules_wanted()
    try:
        apt.download(list(bundle.MINIMAL), whole / "debs")
        bundle.unpack(whole / "debs", whole / "root")
        wrong = bundle.unresolved(whole / "root", machine, modules)
    except AsteriskUnavailable as error:
        wrong = [str(error)]
    if not wrong:
        return
    log.warning("private Asterisk: the short package list does not fit (%s); taking the whole closure", wrong[0])
    progress("the short package list does not fit; fetching all that Asterisk depends on (about 60 MB)")
    apt.download(apt.closure("asterisk", "asterisk-modules"), whole / "debs")
    bundle.unpack(whole / "debs", whole / "root")
    if wrong := bundle.unresolved(whole / "root", machine, modules):
        raise AsteriskUnavailable(
            "the Asterisk of Debian {suite} is not complete on this machine: {wrong}", suite=SUITE, wrong=wrong[0]
        )


@contextlib.contextmanager
def _alone(file: Path, progress: Progress) -> Iterator[None]:
    """Only one process fetches; the others wait and find it done. The lock goes with its process, however that ends."""
    with file.open("a", encoding="ascii") as stream:
        told, until = False, time.monotonic() + LOCK_LIMIT
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise AsteriskUnavailable(
                        "{file} has been held by another process for half an hour", file=file
                    ) from None
                if not told:
                    progress("another process is fetching Asterisk; waiting for it")
                    told = True
                time.sleep(0.2)
            else:
                yield
                return
