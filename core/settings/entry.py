"""Entries of the lists among the settings: exemptions and traveller passes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

CountryCode = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Comment = Annotated[str, Meta(max_length=500)]
Moment = Annotated[float, Meta(ge=0)]
"""Seconds since 1970 (UTC)."""


class ExemptAddress(Struct, frozen=True, forbid_unknown_fields=True):
    """One exempt address, network or autonomous system.

    Attributes:
        entry: an address, a CIDR network, or ``AS`` and a number.
        comment: why it is there; shown in every explanation that it decides.
        expires: seconds since 1970 (UTC) after which it no longer counts, 0 for never.
    """

    entry: Annotated[str, Meta(min_length=2, max_length=64)]
    comment: Comment = ""
    expires: Moment = 0


class ExemptAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """One exempt account (``user@example.test``) or whole domain (``example.test``)."""

    entry: Annotated[str, Meta(min_length=1, max_length=320)]
    comment: Comment = ""
    expires: Moment = 0


class CountryPass(Struct, frozen=True, forbid_unknown_fields=True):
    """A traveller pass: logins from one country pass the country check until a date.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        comment: who travels, and why; shown in every explanation that it decides.
        expires: seconds since 1970 (UTC) from which on it no longer counts. There is none without
            an end: a country that is always fine belongs into country.list.
    """

    country: CountryCode
    expires: Annotated[float, Meta(gt=0)]
    comment: Comment = ""
