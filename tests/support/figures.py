"""Measured figures and their bounds, collected by the benches and printed as one table at the end of the run."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `bound` 0: nothing is asked of it, it stands beside others."""

    name: str
    value: float
    unit: str
    bound: float
    note: str


@dataclass(slots=True)
class Figures:
    """Everything one run measured, in the order of measuring."""

    rows: list[Figure] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, *, bound: float = 0.0, note: str = "") -> None:
        """A figure; with `bound` the table shows how much of it is used."""
        self.rows.append(Figure(name, value, unit, bound, note))

    def lines(self) -> list[str]:
        """The table."""
        width = max((len(row.name) for row in self.rows), default=0)
        head = f"{'figure':<{width}}  {'measured':>12}  {'bound':>10}  {'of bound':>8}  note"
        return [head, "-" * len(head), *(_line(row, width) for row in self.rows)]


def _line(row: Figure, width: int) -> str:
    bound = f"{_short(row.bound)} {row.unit}" if row.bound else ""
    part = f"{row.value / row.bound:.2f}" if row.bound else ""
    return f"{row.name:<{width}}  {_short(row.value) + ' ' + row.unit:>12}  {bound:>10}  {part:>8}  {row.note}".rstrip()


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` (0 to 1) of all are not above."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def cpu_seconds(pid: int) -> float:
    """Processor time of one process with all its threads, its children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def machine_busy() -> tuple[float, float]:
    """Seconds that all processors together were busy and idle since the machine's start."""
    found = [int(value) for value in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    idle = found[3] + found[4]
    return (sum(found) - idle) / TICK, idle / TICK
