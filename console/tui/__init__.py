"""The screens of the duty room; nothing below console knows them."""

import os

# Read once when Textual is imported: with the Kitty protocol some terminals lose what input methods compose.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
