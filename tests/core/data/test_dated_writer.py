"""Databases that carry the date of their data."""

from __future__ import annotations

from pathlib import Path

import maxminddb
from netaddr import IPSet

from core.data.dated_writer import DatedWriter


def test_the_same_input_gives_the_same_bytes_with_the_given_date(tmp_path: Path) -> None:
    contents = []
    for number in range(2):
        writer = DatedWriter("Test", 1_700_000_000)
        writer.insert_network(IPSet(["203.0.113.0/24"]), {"country_code": "RU"})
        path = tmp_path / str(number)
        writer.to_db_file(str(path))
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    with maxminddb.open_database(str(tmp_path / "0")) as reader:
        assert reader.metadata().build_epoch == 1_700_000_000
        assert reader.metadata().ip_version == 6
        assert reader.get("203.0.113.7") == {"country_code": "RU"}
