"""Files kept for their owner: private, whole or not at all, gone in time, and not there for anybody else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp.errors import Gone, NotFound
from dashapp.services import export_files
from dashapp.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def _later(hours: float) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


def test_a_kept_file_is_its_owners_alone(settings: Settings) -> None:
    kept = export_files.keep(settings, 7, "overview.pdf", b"content")
    assert kept.path.read_bytes() == b"content"
    assert (kept.path.stat().st_mode & 0o777, kept.path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert export_files.find(settings, 7, kept.id, _later(0)) == kept
    with pytest.raises(NotFound):
        export_files.find(settings, 8, kept.id, _later(0))
    assert export_files.listed(settings, 8, _later(0)) == []


@pytest.mark.parametrize("file_id", ["", "*", "..", "../7/x", "0" * 31, "?" * 32, "A" * 32])
def test_what_is_no_id_finds_nothing(settings: Settings, file_id: str) -> None:
    export_files.keep(settings, 7, "overview.pdf", b"content")
    with pytest.raises(NotFound):
        export_files.find(settings, 7, file_id, _later(0))


def test_a_file_expires_and_is_removed(settings: Settings) -> None:
    kept = export_files.keep(settings, 7, "overview.pdf", b"content")
    with pytest.raises(Gone):
        export_files.find(settings, 7, kept.id, _later(24.1))
    assert export_files.listed(settings, 7, _later(24.1)) == []
    assert export_files.sweep(settings, _later(23.9)) == 0
    assert export_files.sweep(settings, _later(24.1)) == 1
    assert not kept.path.exists()


def test_what_was_not_finished_leaves_nothing(settings: Settings) -> None:
    def fail() -> None:
        with export_files.making(settings, 7, export_files.new_id(), "customers.xlsx") as path:
            path.write_bytes(b"half")
            assert export_files.listed(settings, 7, _later(0)) == []
            raise SystemExit(143)

    with pytest.raises(SystemExit):
        fail()
    assert list((settings.data_dir / "exports").rglob("*.*")) == []


def test_what_a_killed_process_left_behind_is_removed_in_time(settings: Settings) -> None:
    folder = settings.folder("exports") / "7"
    folder.mkdir()
    left = folder / f"{export_files.new_id()}{export_files.UNFINISHED}"
    left.write_bytes(b"half")
    assert export_files.listed(settings, 7, _later(0)) == []
    os.utime(left, (0, 0))
    assert export_files.sweep(settings, _later(0)) == 1


def test_neither_id_nor_name_can_leave_the_folder(settings: Settings) -> None:
    for file_id, name in (("../x", "a"), (export_files.new_id(), "../a")):
        with pytest.raises(ValueError, match="comes from outside"), export_files.making(settings, 7, file_id, name):
            pass
