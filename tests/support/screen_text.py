"""The screen as text: what an officer would read, line by line."""

import os
from pathlib import Path

from textual.app import App

PICTURES = Path(__file__).parent.parent / "tui" / "pictures"


def screen_text(app: App[object]) -> str:
    """The top screen with everything below it that shows, trailing blanks removed."""
    strips = app.screen._compositor.render_strips(app.size)
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return "\n".join(lines) + "\n"


def check_picture(app: App[object], name: str) -> None:
    """Compare with tests/tui/pictures/`name`.txt; with DUTYLINE_PICTURES=new the picture is taken anew."""
    file = PICTURES / f"{name}.txt"
    seen = screen_text(app)
    if os.environ.get("DUTYLINE_PICTURES") == "new":
        file.parent.mkdir(exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    assert seen == file.read_text(encoding="utf-8"), f"\n{seen}"
