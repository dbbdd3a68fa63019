"""What a file is, is read from the file: endings lie, archives explode, names are text."""

from __future__ import annotations

import struct
import time
import zipfile
from pathlib import Path

import pytest

from dashapp.errors import InputError
from dashapp.services import uploaded_file
from dashapp.services.uploaded_file import check, clean_name, format_of

WORKBOOK = ("[Content_Types].xml", "xl/workbook.xml")


def workbook(path: Path, **parts: bytes) -> Path:
    """A zip archive with the parts every workbook has, and `parts`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in WORKBOOK:
            archive.writestr(name, "<x/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def bomb(path: Path, megabytes: int = 30) -> Path:
    """A workbook of a few kilobytes that would unpack to many megabytes."""
    return workbook(path, sheet=b"<c>1</c>" * (megabytes * 125_000))


def test_a_bomb_is_refused_from_its_directory_alone(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx")
    began = time.perf_counter()
    with pytest.raises(InputError, match="would unpack to 30 MB"):
        check(path, "xlsx", "bomb.xlsx")
    assert time.perf_counter() - began < 0.1
    assert path.stat().st_size < 200_000


def test_a_bomb_is_refused_under_its_old_name_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="would unpack to 30 MB"):
        check(bomb(tmp_path / "bomb.xls"), "xls", "bomb.xls")


def test_many_parts_are_refused_before_the_directory_is_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "many.xlsx", **{f"p{n}": b"" for n in range(300)})
    monkeypatch.setattr(uploaded_file.zipfile, "ZipFile", None)
    with pytest.raises(InputError, match="302 parts"):
        check(path, "xlsx", "many.xlsx")


def test_an_end_that_understates_the_parts_is_found_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "many.xlsx", **{f"p{n}": b"" for n in range(300)})
    lying = path.read_bytes()
    at = lying.rfind(b"PK\x05\x06")
    path.write_bytes(lying[: at + 8] + struct.pack("<HH", 3, 3) + lying[at + 12 :])
    with pytest.raises(InputError, match="302 parts"):
        check(path, "xlsx", "many.xlsx")


def test_a_sound_workbook_passes_and_other_archives_do_not(tmp_path: Path) -> None:
    check(workbook(tmp_path / "a.xlsx", sheet=b"<c>1</c>"), "xlsx", "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("orders.csv", "a,b")
    with pytest.raises(InputError, match="no workbook"):
        check(tmp_path / "b.xlsx", "xlsx", "b.xlsx")
    (tmp_path / "c.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes()[:-30])
    with pytest.raises(InputError, match="not a whole workbook"):
        check(tmp_path / "c.xlsx", "xlsx", "c.xlsx")


@pytest.mark.parametrize(
    ("content", "ending", "said"),
    [
        (b"PK\x03\x04 and so on", "csv", "it is an Excel workbook"),
        (b"%PDF-1.7", "csv", "it is a PDF"),
        (b"MZ\x90\0", "txt", "it is a program"),
        (b"order,\0\0\0date", "csv", "something else"),
        (b"order,date\n1,2024-01-01", "xlsx", "is not a .xlsx file inside"),
        (b"order,date\n1,2024-01-01", "parquet", "is not a .parquet file inside"),
        (b"PAR1 cut off", "parquet", "not a whole Parquet file"),
        (b"order,date\n1,2024-01-01", "jsonl", "one JSON object per line"),
        (b"", "csv", "is empty"),
        (b"\0\0\0\0", "csv", "is empty"),
    ],
)
def test_content_that_is_not_what_the_ending_says_is_refused(
    tmp_path: Path, content: bytes, ending: str, said: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(InputError, match=said):
        check(tmp_path / "file", ending, "mine")


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        ("Bestellung;Käufer\n1;Zoë".encode(), "csv"),
        ("Bestellung;Käufer\n1;Zoë".encode("cp1252"), "txt"),
        ("order\tdate\n".encode("utf-16"), "tsv"),
        (b'\xef\xbb\xbf {"order": 1}\n', "ndjson"),
        (b"PAR1....PAR1", "parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "xls"),
        (b"order\tdate\n1\t2024-01-01", "xls"),
    ],
)
def test_what_it_says_is_taken(tmp_path: Path, content: bytes, ending: str) -> None:
    (tmp_path / "file").write_bytes(content)
    check(tmp_path / "file", ending, "mine")


@pytest.mark.parametrize("name", ["orders", "orders.exe", "orders.csv.exe", "orders.pkl", "orders.csv\0.exe", ""])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="not a kind of file"):
        format_of(name)


def test_a_name_is_shown_without_what_could_turn_it_around() -> None:
    assert clean_name("rep\u202evsc.exe.csv") == "repvsc.exe.csv"
    assert len(clean_name("x" * 5000 + ".csv")) == 120
    assert clean_name("x" * 5000 + ".csv").endswith("x.csv")
