"""Names and numbers as the carrier sent them: bytes of an unknown charset in, one clean line of text out.

Asterisk hands on what the caller's exchange wrote: UTF-8, GBK/GB18030, SIP quoted pairs (RFC 3261, 25.1), control
characters, line breaks. Nothing here may fail: a hostile name is still a call.
"""

import base64
import binascii
import codecs
import re
import unicodedata

LONGEST = 256
_QUOTED_PAIR = re.compile(r"\\(.)")
_HIDDEN = {"anonymous", "unknown", "unavailable", "private", "restricted", "s"}
_COMMON_HANZI = re.compile(rb"(?:[\xb0-\xd7][\xa1-\xbf][\x20-\x40]*){2,}")


def recover(value: bytes | str) -> str:
    """One line for display: UTF-8, else GB18030, else with U+FFFD; controls, line breaks and bidi marks removed.

    `str` input is what was decoded with surrogateescape, judged as a whole value (GBK bytes may look like UTF-8).
    """
    return clean(_decoded(value if isinstance(value, bytes) else _bytes(value)))


def clean(text: str) -> str:
    """`text` without control, format and private characters, every run of blanks and line breaks one space."""
    kept = (" " if char.isspace() else "" if unicodedata.category(char)[0] == "C" else char for char in text)
    return " ".join("".join(kept).split())


def caller_name(value: bytes | str) -> str:
    """A caller's display name, at most 256 characters, SIP quoted pairs undone; Asterisk's `<unknown>` is nothing."""
    name = _QUOTED_PAIR.sub(r"\1", recover(value))
    return "" if name == "<unknown>" else name[:LONGEST].strip()


def caller_number(value: bytes | str) -> str:
    """A caller's number or SIP user, at most 64 characters; hidden ones (anonymous and the like) are empty."""
    number = caller_name(value)
    return "" if number.lower() in _HIDDEN else number[:64]


def name_in_from(encoded: str) -> str:
    """The display name in a From header that the dialplan passed on in base64; empty when there is none.

    The only way to a GBK name: PJSIP (Asterisk 22) puts U+FFFD for such bytes in CALLERID(name).
    """
    try:
        bare = encoded.strip().rstrip("=")  # Originate drops the padding
        header = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if header.startswith(b'"'):  # what is too long was cut, perhaps within the name
        address = header.rfind(b"<")
        return caller_name(header[1:address].rstrip().removesuffix(b'"') if address > 0 else header[1:])
    return caller_name(header.partition(b"<")[0]) if b"<" in header else ""


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _decoded(raw: bytes) -> str:
    if _COMMON_HANZI.fullmatch(raw):
        # Two or more common hanzi whose GBK bytes are UTF-8 too, without a Latin letter beside them: three in a
        # hundred two-character names; read as UTF-8 they would be Hebrew or Arabic signs.
        return raw.decode("gb2312", "replace")
    for charset in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(charset)()
        try:
            return decoder.decode(raw)  # not final: a last character cut by somebody's buffer is dropped
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
