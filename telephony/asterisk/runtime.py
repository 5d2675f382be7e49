"""One room's private Asterisk as a process: started, asked, stopped, and found again after a restart of ours."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from models.settings import Settings
from telephony.asterisk import config, secrets
from telephony.asterisk.layout import Layout
from telephony.asterisk.program import AsteriskProgram
from telephony.errors import TelephonyError

log = logging.getLogger(__name__)


class AsteriskFailed(TelephonyError):
    """Asterisk does not start, stop or answer; the sentence names the reason and the log."""


class AsteriskInstance:
    """The Asterisk of `settings`, everything of it under `base` (home/asterisk unless given)."""

    def __init__(
        self,
        program: AsteriskProgram,
        settings: Settings,
        *,
        base: Path | None = None,
        prompt: Path = config.PROMPT,
        rtp: tuple[int, int] = config.RTP_PORTS,
        verbose: bool = False,
    ) -> None:
        self.program, self.settings = program, settings
        self.layout = Layout.of(settings, base)
        self._prompt, self._rtp, self._verbose = prompt, rtp, verbose
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def secrets(self) -> secrets.Secrets:
        """The passwords of this room, made on first use."""
        pbx = self.settings.pbx
        self.layout.prepare()
        return secrets.ensure(
            self.layout.secrets, [seat.number for seat in self.settings.seats], ami=pbx.ami_secret.get_secret_value()
        )

    def render(self) -> None:
        """Write the configuration afresh."""
        made = self.secrets
        config.write(
            self.program, self.settings, self.layout, made, prompt=self._prompt, rtp=self._rtp, verbose=self._verbose
        )

    def start(self, limit: float = 60) -> None:
        """Write the configuration and start, or take over the one that still runs; returns when it takes calls."""
        if self.pid is not None:
            log.info("asterisk: taking over the running process %s", self.pid)
            self.render()
            self.cli("core reload")
            return
        self._ports_free()
        self.render()
        line = [*self.program.command, "-C", str(self.layout.etc / "asterisk.conf"), "-f", "-n"]
        with self.layout.console.open("wb") as console:
            self._process = subprocess.Popen(
                line, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, start_new_session=True,
                cwd=self.layout.base, env=self.program.environ(),
            )  # fmt: skip
        self.layout.pid.write_text(f"{self._process.pid}\n", encoding="ascii")
        try:
            self._wait_booted(limit)
        except BaseException:
            self.stop(grace=2)
            raise
        log.info("asterisk: %s runs as process %s", self.program.version, self._process.pid)

    def stop(self, grace: float = 10) -> None:
        """Stop it: politely (recordings are finished), then by SIGTERM, then by SIGKILL. Nothing to do is fine."""
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(AsteriskFailed):
                self.cli("core stop now", limit=grace)
            for number in (signal.SIGTERM, signal.SIGKILL):
                if self._gone(grace):
                    break
                log.warning("asterisk: process %s is still there; sending %s", pid, number.name)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            if not self._gone(grace):
                raise AsteriskFailed("Asterisk (process {pid}) does not end even by SIGKILL", pid=pid)
        self._process = None
        self.layout.pid.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL, as a power cut would: for tests and for a last resort."""
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGKILL)
            self._gone(10)

    @property
    def pid(self) -> int | None:
        """The process id while this room's Asterisk runs, whoever started it."""
        if self._process is not None:
            return self._process.pid if self._process.poll() is None else None
        try:
            pid = int(self.layout.pid.read_text(encoding="ascii"))
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self.layout.etc / "asterisk.conf") in line else None

    def cli(self, command: str, limit: float = 30) -> str:
        """What Asterisk's command line answers to `command`. Raises AsteriskFailed."""
        line = [*self.program.command, "-C", str(self.layout.etc / "asterisk.conf"), "-n", "-rx", command]
        try:
            done = subprocess.run(
                line, capture_output=True, timeout=limit, check=False, env=self.program.environ(), cwd=self.layout.base
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AsteriskFailed("Asterisk does not answer: {reason}", reason=error) from error
        said = done.stdout.decode("utf-8", "replace")
        if done.returncode != 0 or "Unable to connect to remote asterisk" in said:
            raise AsteriskFailed(
                "Asterisk does not answer: {reason}", reason=(said or done.stderr.decode("utf-8", "replace")).strip()
            )
        return said

    def _wait_booted(self, limit: float) -> None:
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if self.pid is None:
                raise AsteriskFailed(
                    "Asterisk ended while starting: {reason} (see {console})",
                    reason=self._complaint(),
                    console=self.layout.console,
                )
            with contextlib.suppress(AsteriskFailed):
                if "fully booted" in self.cli("core waitfullybooted", limit=max(1, until - time.monotonic())):
                    return
            time.sleep(0.1)
        raise AsteriskFailed(
            "Asterisk was not ready after {limit} s (see {console})", limit=f"{limit:.0f}", console=self.layout.console
        )

    def _complaint(self) -> str:
        """The last error that Asterisk wrote before it gave up."""
        lines = self.layout.console.read_text(encoding="utf-8", errors="replace").splitlines()
        wrong = [line for line in lines if "ERROR" in line] or lines or ["it said nothing"]
        return wrong[-1].strip()[:300]

    def _ports_free(self) -> None:
        """Raises AsteriskFailed with one sentence when another program has our SIP or manager port."""
        pbx = self.settings.pbx
        for name, kind, host, port in (
            ("SIP", socket.SOCK_DGRAM, pbx.sip_host, pbx.sip_port),
            ("manager", socket.SOCK_STREAM, pbx.ami_host, pbx.ami_port),
        ):
            with socket.socket(socket.AF_INET, kind) as probe:
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError as error:
                    key = "sip_port" if name == "SIP" else "ami_port"
                    raise AsteriskFailed(
                        "the {name} port {host}:{port} cannot be used ({reason}): end the program that has it or set "
                        "another pbx.{key}",
                        name=name,
                        host=host,
                        port=port,
                        reason=error.strerror,
                        key=key,
                    ) from error

    def _gone(self, limit: float) -> bool:
        until = time.monotonic() + limit
        while self.pid is not None:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True
