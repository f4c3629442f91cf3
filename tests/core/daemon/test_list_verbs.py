"""What people ask about lists; see also test_list_watch.py, where lists have something to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.daemon.list_verbs import ListVerbs
from core.errors import MailwardError
from core.sources.dns_lists import resolver
from core.sources.dns_lists.resolver import Resolver
from tests.core.daemon.living import config_in, configure, living, run
from tests.databases import write_ranges


def test_every_list_that_is_on_says_what_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: also those that could not be asked."""
    monkeypatch.setattr(resolver, "system", lambda: Resolver(["127.0.0.1"], 9, 0.1))
    config = config_in(tmp_path)
    configure(config, {"lists.abusix": "watch", "lists.abusix_key": "k", "lists.cins": "watch"})
    write_ranges(config.data, "cins", ("8.8.8.8/32",))

    async def session() -> None:
        async with living(config) as daemon:
            test = ListVerbs(daemon).table()["list_test"]
            said = {each["name"]: each for each in (await test({"address": "8.8.8.8"}))["lists"]}
            assert said["cins"]["listed"]
            assert said["cins"]["entry"] == "8.8.8.8/32"
            assert not said["abusix"]["listed"]
            assert said["abusix"]["problem"]
            assert (await test({"address": "127.0.0.1"}))["lists"] == []
            with pytest.raises(MailwardError, match="is no address"):
                await test({"address": "example.org"})

    run(session)
