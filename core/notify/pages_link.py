"""Addresses of the pages, as mails link to them."""

from __future__ import annotations

from urllib.parse import quote


def page(base: str, path: str) -> str:
    """The address of a page, "" when nobody knows where the pages are.

    Args:
        base: ``notify.pages`` or ``owner.pages``. One that ends in ``=`` takes the page from its
            query, as a panel's bridge does.
        path: of the page, ``/blocked``.
    """
    if not base:
        return ""
    if base.endswith("="):
        return base + quote(path, safe="")
    return base.rstrip("/") + path
