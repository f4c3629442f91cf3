"""What a validator says is told in the words of whoever typed the value."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta, Struct

from core.settings.complaint import Complaint, complaint


class Inner(Struct, forbid_unknown_fields=True):
    """A table in a list."""

    name: Annotated[str, Meta(min_length=2, max_length=5)]
    size: Annotated[float, Meta(gt=0)] = 1


class Whole(Struct, forbid_unknown_fields=True):
    """Something with everything in it."""

    number: Annotated[int, Meta(ge=1, le=9)] = 1
    switch: bool = False
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "AT"
    mail: Annotated[str, Meta(pattern="^$|^[^@\\s]+@[^@\\s]+$")] = ""
    other: Annotated[str, Meta(pattern="^x*$")] = ""
    text: Annotated[str, Meta(min_length=1)] = "x"
    some: list[Inner] = []
    either: int | None = None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"number": 0}, ("must be at least 1", "number")),
        ({"number": 10}, ("must be at most 9", "number")),
        ({"number": "5"}, ("must be a whole number, not text", "number")),
        ({"switch": None}, ("must be true or false, not nothing", "switch")),
        ({"either": []}, ("must be a whole number or nothing, not a list", "either")),
        ({"country": "de"}, ("must be a two-letter country code such as DE", "country")),
        ({"mail": "bob"}, ("must be a mail address", "mail")),
        ({"other": "y"}, ("has letters that are not permitted there", "other")),
        ({"text": ""}, ("must not be empty", "text")),
        ({"some": [{}]}, ("the key 'name' is missing", "some, entry 1")),
        ({"some": [{"name": "ab", "a": 1}]}, ("there is no key 'a'", "some, entry 1")),
        ({"some": ["x"]}, ("must be a group of keys with values, not text", "some, entry 1")),
        ({"some": [{"name": "a"}]}, ("must have 2 characters or more", "some, entry 1, name")),
        (
            {"some": [{"name": "ab"}, {"name": "abcdef"}]},
            ("must be at most 5 characters long", "some, entry 2, name"),
        ),
        ({"some": [{"name": "ab", "size": 0.0}]}, ("must be more than 0", "some, entry 1, size")),
        ([], ("must be a group of keys with values, not a list", "")),
    ],
)
def test_in_plain_words(value: Any, said: tuple[str, str]) -> None:
    """No back quotes, no types of a library."""
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(value, Whole)
    assert complaint(error.value) == Complaint(*said)


@pytest.mark.parametrize(
    ("payload", "said"),
    [(b"", "it ends in the middle"), (b"{]", "it is no JSON from byte 1")],
)
def test_files_that_cannot_be_read(payload: bytes, said: str) -> None:
    """An import of something else."""
    with pytest.raises(msgspec.DecodeError) as error:
        msgspec.json.decode(payload, type=Whole)
    assert str(complaint(error.value)) == said


def test_what_is_not_known_is_passed_on() -> None:
    """Another version of the library says it differently: still better than nothing."""
    assert str(complaint(msgspec.DecodeError("Odd - at `$.paths.state`"))) == "Odd (paths.state)"
