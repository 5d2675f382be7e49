"""Many calls at once, by sipp: a carrier that places them and a desk phone that takes them all."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import soundfile
from pbx import Pbx

from telephony.practice import scripts

SCENARIOS = Path(__file__).parent / "sipp"


def require_sipp() -> str:
    """sipp, or the test is skipped with the reason; where CI is set, it fails instead."""
    found = shutil.which("sipp")
    if found is None:
        reason = "sipp is needed (Debian: apt-get install sip-tester)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Crowd:
    """The sipp processes of one bench, on the loopback addresses of its Asterisk."""

    def __init__(self, pbx: Pbx, folder: Path) -> None:
        self._pbx, self._folder, self._program = pbx, folder, require_sipp()
        self._running: list[subprocess.Popen[bytes]] = []
        self._number = 0

    def desk(self, seat: str, scenario: str, port: int = 7000) -> None:
        """A desk phone of `seat` that does the same with every call, as many at once as there come."""
        host = f"{self._pbx.block}.3"
        words = {"SEAT": seat, "CONTACT": f"{host}:{port}", "PASSWORD": self._pbx.instance.secrets.seats[seat]}
        # Asterisk takes the phone to be where it registered from: the same port, one after the other.
        register = self._start("register", host, port, "-s", seat, "-m", "1", "-timeout", "20", **words)
        assert register.wait(60) == 0, self._errors()
        self._running.remove(register)
        self._start(scenario, host, port, "-aa", "-mp", str(port + 1000))
        self._pbx.wait(lambda: self._reachable(seat), f"the phone of {seat} to be reachable", 40)

    def carrier(self, scenario: str, number: str, *, rate: float, most: int, calls: int, **words: object) -> None:
        """Callers behind the trunk: `rate` new calls a second, at most `most` at once, `calls` in all."""
        period = round(1000 / rate) if rate < 1 else 1000
        count = max(rate, 1)
        pace = ("-r", str(count), "-rp", str(period), "-l", str(most), "-m", str(calls))
        self._start(scenario, f"{self._pbx.block}.2", 7100, "-s", number, *pace, **words)

    def wait(self, limit: float) -> None:
        """Until the carrier, started last, has placed and ended all its calls; each must have gone as written."""
        carrier = self._running[-1]
        code = carrier.wait(limit)
        self._running.remove(carrier)
        assert code == 0, f"sipp says {code}: not every call went as the scenario has it\n{self._errors()}"

    def close(self) -> None:
        """End what still runs: first the calls, then the phones."""
        for process in reversed(self._running):
            process.send_signal(signal.SIGUSR1)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _start(self, name: str, host: str, port: int, *more: str, **words: object) -> subprocess.Popen[bytes]:
        self._number += 1
        stem = self._folder / f"{self._number}-{name}"
        text = (SCENARIOS / f"{name}.xml").read_text(encoding="utf-8")
        for word, value in {"VOICE": self._voice(), **words}.items():
            text = text.replace(f"@{word}@", str(value))
        stem.with_suffix(".xml").write_text(text, encoding="utf-8")
        line = [
            self._program,
            f"{self._pbx.block}.1:5060",
            "-sf",
            f"{stem}.xml",
            "-i",
            host,
            "-p",
            str(port),
            "-mi",
            host,
        ]
        line += ["-ci", host, "-nostdin", "-skip_rlimit", "-trace_err", "-error_file", f"{stem}.errors", *more]
        with stem.with_suffix(".out").open("wb") as out:
            process = subprocess.Popen(
                line, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._folder, start_new_session=True
            )
        self._running.append(process)
        return process

    def _reachable(self, seat: str) -> bool:
        contacts = self._pbx.instance.cli("pjsip show contacts").splitlines()
        return any(f"{seat}/sip:" in line and " Avail " in line for line in contacts)

    def _voice(self) -> Path:
        """A practice caller's words as the trunk carries them (A-law, no header)."""
        file = self._folder / "voice.alaw"
        if not file.exists():
            samples, rate = soundfile.read(scripts.load()[0].caller, dtype="int16")
            soundfile.write(file, samples, rate, format="RAW", subtype="ALAW")
        return file

    def _errors(self) -> str:
        return "\n".join(
            f"{path.name}: {path.read_text(errors='replace')[-1500:]}" for path in sorted(self._folder.glob("*.errors"))
        )
