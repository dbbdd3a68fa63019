"""What a page starts with, and what it is spared."""

from __future__ import annotations

import re

import pytest
from plotly.offline import get_plotlyjs_version

from dashapp.errors import SettingsError
from dashapp.web import scripts, vendor
from tests.web.conftest import House

VERSION = get_plotlyjs_version()


def test_a_page_starts_with_one_script_of_ours_and_without_grid_and_polyfill(house: House) -> None:
    index = house.client("admin").get("/overview").text
    named = re.findall(r"<script src=\"([^\"]+)\"", index)
    assert [name for name in named if "/assets/" in name] == [scripts.asset("00-theme.js")]
    assert len([name for name in named if name.endswith("/tenure.js")]) == 1
    assert not [name for name in named if re.search("ag_grid|polyfill|dash_table", name)]


def test_the_grid_is_served_for_ever_when_it_is_asked_for(house: House) -> None:
    client = house.client("admin")
    address = re.findall(r"data-grid=\"([^\"]+)\"", client.get("/customers").text)[0]
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_every_asset_is_in_one_of_the_files_once() -> None:
    for suffix in (".js", ".css"):
        joined = scripts.joined(suffix)
        for path in scripts.ASSETS.glob(f"*{suffix}"):
            assert joined.count(path.read_bytes()) == (path.name not in scripts.APART), path.name


def test_a_smaller_plotly_comes_first_and_only_in_the_version_of_the_server(tmp_path) -> None:
    good = tmp_path / "good.js"
    good.write_text(f"/**\n* plotly.js (cartesian - minified) v{VERSION}\n*/")
    names = [address.rpartition("/")[2] for address in vendor.addresses(".js", str(good))]
    assert names == ["plotly.js", "tenure.js"]
    assert vendor.fingerprint(str(good)) != vendor.fingerprint()
    for text in ("* plotly.js (cartesian - minified) v1.0.0", "alert(1)"):
        bad = tmp_path / f"{len(text)}.js"
        bad.write_text(text)
        with pytest.raises(SettingsError, match="plotly_bundle"):
            scripts.own_plotly(str(bad))
    with pytest.raises(SettingsError, match="cannot be read"):
        scripts.own_plotly(str(tmp_path / "none.js"))
