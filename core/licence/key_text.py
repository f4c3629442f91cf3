"""A key as text that survives mail, forms and people who type it.

Bytes become Douglas Crockford's base32 (crockford.com/base32.html): no letter of it is mistaken
for another, case does not matter, and O, I and L are read as 0 and 1. A checksum tells a slip of
the pen from a forgery. What the bytes mean is `core.licence.key`'s business.
"""

from __future__ import annotations

import unicodedata
import zlib
from typing import Final

from core.errors import LicenceError

PREFIX: Final = "MW1"
"""How every key begins; the digit is the number of this notation."""

LONGEST: Final = 8192
"""Characters that are looked at; a key has some 250."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE: Final = {letter: value for value, letter in enumerate(_ALPHABET)} | {
    "O": 0,
    "I": 1,
    "L": 1,
    "U": _ALPHABET.index("V"),
}
_GROUP: Final = 5
_GROUPS_IN_LINE: Final = 8
_CHECKSUM: Final = 4


def write(data: bytes) -> str:
    """The text of a key: groups of five letters, eight to a line."""
    whole = data + zlib.crc32(data).to_bytes(_CHECKSUM, "big")
    bits = len(whole) * 8
    letters = -(-bits // 5)
    number = int.from_bytes(whole, "big") << (letters * 5 - bits)
    text = "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(letters)))
    groups = [PREFIX, *(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))]
    lines = [groups[at : at + _GROUPS_IN_LINE] for at in range(0, len(groups), _GROUPS_IN_LINE)]
    return "-\n".join("-".join(line) for line in lines)


def read(text: str) -> bytes:
    """The bytes of a key.

    Everything but letters and digits is passed over: blanks, line breaks, dashes of any length,
    the marks of quoted mail.

    Raises:
        LicenceError: it is no key, or a letter is wrong or missing.
    """
    if len(text) > LONGEST:
        raise LicenceError("this is too long to be a licence key")
    letters = "".join(
        letter for letter in unicodedata.normalize("NFKC", text).upper() if letter.isalnum()
    )
    if letters[:3].translate(_LOOK_ALIKES) != PREFIX:
        raise LicenceError(f"a licence key begins with {PREFIX}-; this does not")
    number = 0
    for letter in letters[len(PREFIX) :]:
        value = _VALUE.get(letter)
        if value is None:
            raise LicenceError(f"there is no letter {letter} in licence keys; copy the key again")
        number = number << 5 | value
    return _checked(number, (len(letters) - len(PREFIX)) * 5)


_LOOK_ALIKES: Final = str.maketrans("IL", "11")


def _checked(number: int, bits: int) -> bytes:
    size, spare = divmod(bits, 8)
    whole = (number >> spare).to_bytes(size, "big")
    data, checksum = whole[:-_CHECKSUM], whole[-_CHECKSUM:]
    unused = number & ((1 << spare) - 1)
    if spare >= 5 or unused or zlib.crc32(data) != int.from_bytes(checksum, "big") or not data:
        raise LicenceError(
            "a letter of this licence key is wrong or missing; copy the whole key again"
        )
    return data
