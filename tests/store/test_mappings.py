"""Mappings by name: what is written is read again, privately, and no name leaves the folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dashapp.errors import InputError, MappingError, NotFound
from dashapp.settings import Settings
from dashapp.store import mappings

MAPPING = {
    "shop": {"name": "Käse & Söhne", "currency": "EUR"},
    "date_format": "%d.%m.%Y",
    "entities": {"order_lines": {"files": "*", "columns": {"order_id": "Nr."}, "values": {"country": {"NO": ""}}}},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def test_a_mapping_is_read_as_it_was_written_and_replaced_whole(settings: Settings):
    mappings.write(settings, "b-shop", {"first": 1})
    mappings.write(settings, "b-shop", MAPPING)
    mappings.write(settings, "a_shop", MAPPING)
    assert mappings.names(settings) == ["a_shop", "b-shop"]
    assert mappings.read(settings, "b-shop") == MAPPING
    mappings.remove(settings, "b-shop")
    assert mappings.names(settings) == ["a_shop"]


def test_nobody_else_reads_them(settings: Settings):
    path = mappings.write(settings, "shop", MAPPING)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [item.name for item in path.parent.iterdir()] == ["shop.yaml"]


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "/etc/x", "A", "a.b", "a\n", "a\0", "x" * 41, "ä", ".draft-x"]
)
def test_a_name_never_leads_out_of_the_folder(settings: Settings, name: str):
    for act in (mappings.read, mappings.remove, lambda given, one: mappings.write(given, one, MAPPING)):
        with pytest.raises(InputError, match="cannot be the name of a mapping"):
            act(settings, name)
    assert mappings.find(settings.folder("mappings"), name) is None


def test_what_is_not_there_or_damaged_is_said(settings: Settings):
    for act in (mappings.read, mappings.remove):
        with pytest.raises(NotFound, match="no mapping called 'shop'"):
            act(settings, "shop")
    for text in ("a: [", "- 1", "", "!!python/object/apply:os.system [true]"):
        (settings.folder("mappings") / "shop.yaml").write_text(text)
        with pytest.raises(MappingError, match="The mapping 'shop'"):
            mappings.read(settings, "shop")


def test_only_plain_content_of_a_sensible_size_is_kept(settings: Settings):
    for wrong in ({"a": object()}, {"a": "x" * mappings.MAX_BYTES}):
        with pytest.raises(InputError):
            mappings.write(settings, "shop", wrong)
    assert mappings.names(settings) == []


def test_a_name_that_the_command_line_takes_for_an_option_is_refused(settings: Settings):
    with pytest.raises(InputError, match="cannot be the name of a mapping") as refused:
        mappings.write(settings, "-till", MAPPING)
    assert "no hyphen first" in refused.value.hint
    (settings.folder("mappings") / "-old.yaml").write_text("a: 1")
    assert mappings.names(settings) == []
