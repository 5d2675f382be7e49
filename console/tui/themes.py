"""The room's own themes: calm by night, clear by day; Textual's are there as well."""

from textual.color import Color
from textual.theme import Theme

NIGHT = Theme(
    name="duty-night",
    primary="#5f8fb8",
    secondary="#7d8ca3",
    accent="#8fc1e3",
    warning="#e0a84f",
    error="#e5636b",
    success="#7fb77e",
    foreground="#d5dae0",
    background="#11151a",
    surface="#161b22",
    panel="#1e252e",
    dark=True,
    variables={"border": "#36414f", "border-blurred": "#2a333f"},
)
DAY = Theme(
    name="duty-day",
    primary="#2b628f",
    secondary="#5b6878",
    accent="#1d5f93",
    warning="#9a5b00",
    error="#b3202a",
    success="#2f6f34",
    foreground="#1d242c",
    background="#f6f4ef",
    surface="#efece5",
    panel="#e4e0d7",
    dark=False,
    variables={"border": "#b9b2a4", "border-blurred": "#cfc9bc"},
)
THEMES = (NIGHT, DAY)


def mixed(variables: dict[str, str]) -> dict[str, str]:
    """`variables` with `dim`, `cursor-row`, `lit` and `waiting`: opaque mixtures of the theme's own colours."""
    ground, ink, tint, call = (
        Color.parse(variables[name]) for name in ("background", "foreground", "primary", "warning")
    )
    made = {"dim": (ink, 0.62), "cursor-row": (tint, 0.34), "lit": (tint, 0.5), "waiting": (call, 0.3)}
    return {name: ground.blend(colour, share, alpha=1).hex for name, (colour, share) in made.items()} | variables
