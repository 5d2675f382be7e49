"""Where one room's Asterisk keeps its things: the folders, and the limits that Asterisk sets to their names."""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.settings import Settings
from telephony.errors import TelephonyError

# These have a meaning in the dialplan or in its configuration language; a path with one would be cut or run.
UNSAFE = re.compile(r"[\x00-\x1f,;&|^$\"'`\\(){}\[\]<>@?*#]")
SOCKET_LIMIT = 100
"""Longest path of the control socket: the kernel allows 107 bytes, and `.ctl` may get a suffix."""


class AsteriskMisconfigured(TelephonyError):
    """The room cannot have an Asterisk as it is configured; the sentence says which value and why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Absolute paths of one Asterisk. `base` holds all but what the settings put elsewhere."""

    base: Path
    log: Path
    cel_name: str
    spool: Path
    run: Path

    @classmethod
    def of(cls, settings: Settings, base: Path | None = None) -> "Layout":
        """The layout for `settings`; `base` is home/asterisk unless given. Raises AsteriskMisconfigured."""
        base = (base or settings.home / "asterisk").resolve()
        cel = settings.path(settings.pbx.cel_file).resolve()
        if cel.parent.name != "cel-custom":
            raise AsteriskMisconfigured(
                "pbx.cel_file is {cel}, but Asterisk writes such a file only into a folder named cel-custom", cel=cel
            )
        found = cls(base, cel.parent.parent, cel.name, settings.path(settings.pbx.spool).resolve(), run_folder(base))
        for path in (found.base, found.log, found.spool):
            if (bad := UNSAFE.search(str(path))) is not None:
                raise AsteriskMisconfigured(
                    "{path}: Asterisk cannot use a path with the character {sign}; choose another home folder",
                    path=path,
                    sign=f"{bad.group()!r}",
                )
        return found

    @property
    def etc(self) -> Path:
        """The configuration files, readable by their owner only."""
        return self.base / "etc"

    @property
    def var(self) -> Path:
        """Asterisk's own database."""
        return self.base / "var"

    @property
    def cel(self) -> Path:
        """The call journal."""
        return self.log / "cel-custom" / self.cel_name

    @property
    def pid(self) -> Path:
        """The process id of the Asterisk that was started last."""
        return self.base / "asterisk.pid"

    @property
    def console(self) -> Path:
        """What Asterisk said before its own log was open."""
        return self.log / "console.log"

    @property
    def secrets(self) -> Path:
        """Passwords made once for this room."""
        return self.base / "secrets.json"

    def prepare(self) -> None:
        """Make every folder that Asterisk expects; the ones with passwords and voices for their owner only."""
        try:
            for folder in (self.base, self.etc, self.spool, self.run):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in ("var/agi-bin", "var/sounds", "cache", "astspool/outgoing", "astspool/tmp"):
                (self.base / name).mkdir(parents=True, exist_ok=True)
            (self.log / "cel-custom").mkdir(parents=True, exist_ok=True)
            owner = self.run.stat()
        except OSError as error:
            raise AsteriskMisconfigured(
                "{filename}: this folder cannot be made: {reason}", filename=error.filename, reason=error.strerror
            ) from error
        if owner.st_uid != os.geteuid() or stat.S_IMODE(owner.st_mode) & 0o077:
            raise AsteriskMisconfigured(
                "{run}: this folder must belong to you alone (mode 0700); remove it", run=self.run
            )


def run_folder(base: Path) -> Path:
    """The folder of the control socket: base/run, or a short one of our own when that would be too long a name."""
    run = base / "run"
    if len(os.fsencode(run / "asterisk.ctl")) <= SOCKET_LIMIT:
        return run
    name = hashlib.sha256(os.fsencode(base)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"dutyline-{os.geteuid()}-{name}"
