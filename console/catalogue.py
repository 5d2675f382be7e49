"""The catalogues of words: `python -m console.catalogue` extracts, merges and compiles them.

Translators edit locale/LANGUAGE/LC_MESSAGES/dutyline.po; English is filled from its own keys.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from console.words import DOMAIN, FOLDER, LANGUAGES

ROOT = Path(__file__).parent.parent
FOLDERS = ("console", "models", "telephony")
TELEPHONY_ERRORS = """
TelephonyError PbxUnreachable PbxRefused PracticeFailed AsteriskFailed AsteriskMisconfigured AsteriskUnavailable
RecordingError DiskFull NothingRecorded DamagedRecording SealBusy SoftphoneGone NotInTime SoundError WrongTarget
SpeechError ModelMissing ModelDamaged PracticeOnly AudioUnreadable FetchFailed FetchCancelled
"""
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "P_": ((1, "c"), 2),
    # Sentences of errors are keys too: they are translated where they are shown.
    "Refused": (1,),
    "Conflict": (1,),
    "Unavailable": (1,),
    "ConfigurationError": (1,),
    "_said": (1,),
    **dict.fromkeys(TELEPHONY_ERRORS.split(), (1,)),
}
HEAD = "# The words of Dutyline."
DATE = datetime(2026, 11, 1, tzinfo=UTC)
"""No moment of making in the files: they change when the words do."""


def extracted() -> Catalog:
    """Every message in the program, with the files where it stands."""
    found = Catalog(domain=DOMAIN, creation_date=DATE)
    for folder in FOLDERS:
        for file, line, message, comments, context in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(message, None, [(f"{folder}/{file}", line)], auto_comments=comments, context=context)
    return found


def po_file(language: str) -> Path:
    """The catalogue that translators edit."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """The catalogue as it is on disk; an empty one when there is none."""
    file = po_file(language)
    if not file.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with file.open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def messages(catalogue: Catalog) -> Iterator[Message]:
    """All but the head."""
    return (message for message in catalogue if message.id)


def merge(language: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the template's messages; nothing is guessed from similar ones."""
    catalogue = read(language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = HEAD
    catalogue.project, catalogue.version = "Dutyline", "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = "Dutyline"
    catalogue.revision_date = DATE
    catalogue.fuzzy = False
    for message in messages(catalogue):
        if language == "en":
            message.string = message.id
    return catalogue


def main() -> None:
    """Bring both catalogues up to date; says what still has no words."""
    template = extracted()
    for language in LANGUAGES:
        catalogue = merge(language, template)
        file = po_file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            write_po(stream, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        file.with_suffix(".mo").write_bytes(compiled(read(language)))
        missing = [message.id for message in messages(catalogue) if not message.string or not all(message.string)]
        print(f"{language}: {len(catalogue)} messages, {len(missing)} without words")
        for text in missing:
            print(f"  {text!r}")


if __name__ == "__main__":
    main()
