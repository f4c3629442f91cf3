"""`test-webhook` goes the way of a real event."""

from __future__ import annotations

from tests.core.cli.desk import Desk
from tests.core.notify.hooked import SECRET, receiving


def test_says_what_happened(desk: Desk) -> None:
    """B14: to whom, whether it was signed, and the answer; never the path, which holds tokens."""
    with receiving() as receiver:
        desk("set", "webhook.url", receiver.url())
        page = desk("test-webhook")
        assert "signed   no" in page.stdout
        assert "webhook.secret is empty" in page.stderr
        desk("set", "webhook.secret", SECRET)
        page = desk("test-webhook")
    assert "to       127.0.0.1\n" in page.stdout
    assert "signed   yes" in page.stdout
    assert "answered 204" in page.stdout
    assert "s3cret" not in page.output


def test_a_failure_is_trouble(desk: Desk) -> None:
    """Exit code 5, with the answer."""
    with receiving((500, {}, b"out of order")) as receiver:
        desk("set", "webhook.url", receiver.url())
        assert "500: out of order" in desk("test-webhook", code=5).stderr


def test_an_empty_address_is_named(desk: Desk) -> None:
    assert "webhook.url" in desk("test-webhook", code=4).stderr
