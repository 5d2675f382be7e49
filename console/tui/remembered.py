"""What this console remembers between starts: the chosen theme, in console.json beside the room's record."""

import json
import logging
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "console.json"


def theme(home: Path) -> str:
    """The theme that was chosen last; empty when none was, or when the file cannot be read (the log says so)."""
    try:
        found = json.loads((home / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        log.warning("%s: %s", home / FILE, error)
        return ""
    return str(found.get("theme", "")) if isinstance(found, dict) else ""


def keep_theme(home: Path, name: str) -> None:
    """Remember it. Raises OSError."""
    part = home / f"{FILE}.part"
    part.write_text(json.dumps({"theme": name}) + "\n", encoding="utf-8")
    part.replace(home / FILE)
