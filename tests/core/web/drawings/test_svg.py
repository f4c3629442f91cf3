"""The tests' own reader of drawings sees what the policy forbids."""

from __future__ import annotations

import pytest

from tests.core.web.drawings.svg import having, is_permitted, parse, words


@pytest.mark.parametrize(
    ("markup", "permitted"),
    [
        ("<p class='a'>x</p>", True),
        ("<p style='color:red'>x</p>", False),
        ("<style>p{}</style>", False),
        ("<svg><script>x</script></svg>", False),
        ("<p onclick='x'>x</p>", False),
    ],
)
def test_the_policy(markup: str, permitted: bool) -> None:
    assert is_permitted(parse(markup)) is permitted


def test_elements_are_found() -> None:
    tree = parse("<p class='a b'>one<b>two</b></p><p>three</p>")
    assert len(having(tree, "b")) == 1
    assert words(tree, "p") == ["onetwo", "three"]
