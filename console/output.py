"""Data on stdout: JSON for programs, aligned lines for people."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len

from console.words import word


def emit(value: Any) -> None:
    """One JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain, indent=2))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(rows: Iterable[Sequence[Any]], zone: ZoneInfo) -> None:
    """Aligned columns; Chinese counts two cells. Codes are said in words, times in the room's zone."""
    shown = [[_shown(cell, zone) for cell in row] for row in rows]
    if not shown:
        return
    widths = [max(cell_len(row[column]) for row in shown) for column in range(len(shown[0]))]
    for row in shown:
        click.echo(
            "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _shown(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%m-%d %H:%M:%S")
    if isinstance(value, StrEnum):
        return word(value)
    if isinstance(value, bool):
        return "✓" if value else "-"
    # A caller chose some of these texts: no control character reaches the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in str(value))
