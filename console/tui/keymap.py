"""The room's own keys: keys.toml in its home, `"desk.log" = "ctrl+l"`; the names are in the help (F1)."""

import tomllib
from pathlib import Path

from models.errors import ConfigurationError

FILE = "keys.toml"


def load(home: Path) -> dict[str, str]:
    """Binding names and their keys; empty without a file. Raises ConfigurationError naming what is wrong."""
    file = home / FILE
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError("{file}: cannot be read: {reason}", file=file, reason=error) from error
    flat: dict[str, str] = {}
    for area, keys in found.items():
        for name, key in keys.items() if isinstance(keys, dict) else [("", keys)]:
            if not isinstance(key, str) or not key.strip():
                raise ConfigurationError(
                    '{file}: {key}: write the key as text, for instance "ctrl+l"', file=file, key=name or area
                )
            flat[f"{area}.{name}" if name else area] = key
    return flat
