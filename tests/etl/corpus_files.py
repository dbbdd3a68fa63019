"""Order files that are odd as a whole: their header, their encoding, or that they are no text at all."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tests.etl.corpus import HEADER, ONE, TWO, Case, Loaded, is_kept, is_loaded, is_refused, order_file


def _headers() -> Iterator[Case]:
    yield Case("no header", order_file(header=ONE), is_refused("no column", "'order'"))
    names = tuple(HEADER.split(","))
    yield Case(
        "no header where the mapping has the names", f"{ONE}\n{TWO}\n".encode(), is_loaded(), mapping={"header": names}
    )
    marked = b"\xef\xbb\xbf" + f"{ONE}\n{TWO}\n".encode()
    yield Case("a byte order mark and no header", marked, is_loaded(), mapping={"header": names})
    yield Case(
        "a column twice",
        order_file("3,2024-05-08,c3,1,5.00,2", header=HEADER + ",qty"),
        is_refused("more than one column"),
    )
    quoted = '"order" , "date","customer","qty","price"'.replace(" ", "")
    yield Case("quotation marks in the header", order_file(header=quoted), is_loaded())
    yield Case("blanks around the names", order_file(header=" order , date,customer\t,qty,  price"), is_loaded())
    yield Case(
        "a line break in the header",
        order_file(header='order,"date",customer,qty,price,"a\nb"')
        .replace(b"50\n", b"50,\n")
        .replace(b"00\n", b"00,\n"),
        is_loaded(),
    )
    yield Case("capitals in the header", order_file(header=HEADER.upper()), is_refused("no column", "ORDER"))
    yield Case("a word to Excel above the header", b"sep=,\n" + order_file(), is_refused("no column", "sep="))
    numbered = b"".join(b"%d," % n + line for n, line in enumerate(order_file().splitlines(keepends=True)))
    yield Case("an index without a name", numbered.removeprefix(b"0"), is_loaded())
    yield Case("a header of white space", b" \t \n" + order_file(), is_refused("names no column"))
    yield Case("a header of delimiters", b",,,,\n" + order_file(), is_refused("names no column"))
    yield Case("a title above the header", b"Orders of May\n" + order_file(), is_refused("no column", "Orders of May"))
    yield Case(
        "a header with an open quotation mark",
        order_file(header='order,"date,customer,qty,price'),
        is_refused("header"),
    )
    yield Case(
        "a header of three megabytes", order_file(header=HEADER + "," + "x" * 3_000_000), is_refused("header", "line 1")
    )


def _encodings() -> Iterator[Case]:
    text = order_file("3,2024-05-08,Zoë €,1,5.00").decode()
    latin = order_file("3,2024-05-08,Zoë,1,5.00").decode().encode("latin-1")
    yield Case("UTF-8 with a byte order mark", b"\xef\xbb\xbf" + text.encode(), is_kept("Zoë €"))
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        kept = is_kept("Zoë €")
        yield Case(f"{encoding} that was said", text.encode(encoding), kept, mapping={"encoding": encoding})
    yield Case("latin-1 that was said", latin, is_kept("Zoë"), mapping={"encoding": "latin-1"})
    yield Case("latin-1 that nobody named", latin, is_refused("not UTF-8", "line 4", "0xeb"))
    yield Case("cp1252 that nobody named", text.encode("cp1252"), is_refused("not UTF-8", "line 4"))
    yield Case("UTF-16 that nobody named", text.encode("utf-16"), is_refused("UTF-16"))
    yield Case("UTF-16 without a byte order mark", text.encode("utf-16-le"), is_refused("NUL"))
    yield Case("UTF-8 read as cp1252", text.encode(), is_refused("UTF-8, not cp1252"), mapping={"encoding": "cp1252"})
    odd = text.encode("utf-16")[:-1]
    yield Case("UTF-32", text.encode("utf-32"), is_refused("UTF-16"))
    yield Case("UTF-16 cut in a character", odd, is_refused("not utf-16"), mapping={"encoding": "utf-16"})
    yield Case(
        "UTF-8 cut in a character",
        order_file("3,2024-05-08,c3,1,5.00") + "ë".encode()[:1],
        is_refused("not UTF-8", "line 5"),
    )
    yield Case(
        "overlong UTF-8", order_file("3,2024-05-08,\0,1,5.00").replace(b"\0", b"\xc0\x80"), is_refused("not UTF-8")
    )
    yield Case(
        "a surrogate in UTF-8",
        order_file("3,2024-05-08,\0,1,5.00").replace(b"\0", b"\xed\xa0\x80"),
        is_refused("not UTF-8"),
    )
    yield Case("a NUL byte", order_file("3,2024-05-08,c\x003,1,5.00"), is_refused("NUL", "line 4"))
    nul = {"encoding": "cp1252"}
    yield Case(
        "a NUL byte in cp1252",
        order_file("3,2024-05-08,c\x003\xeb,1,5.00").decode().encode("cp1252"),
        is_refused("NUL"),
        mapping=nul,
    )


def _formats() -> Iterator[Case]:
    yield Case("no bytes at all", b"", is_refused("empty"))
    yield Case("a byte order mark alone", b"\xef\xbb\xbf", is_refused("blank lines"))
    yield Case("blank lines alone", b"\n\r\n\n", is_refused("empty"))
    yield Case("a header alone", HEADER.encode() + b"\n", is_refused("header but no lines"))
    yield Case("a web page", b"<!DOCTYPE html><html><body>Sign in</body></html>", is_refused("web page"))
    yield Case("a web page after a byte order mark", b"\xef\xbb\xbf\n <HTML>", is_refused("web page"))
    yield Case("a PDF", b"%PDF-1.7\n1 0 obj\n", is_refused("PDF"))
    yield Case("a database file", b"SQLite format 3\0" + bytes(100), is_refused("SQLite"))
    yield Case("a zip archive with the file in it", _zipped(), is_refused("zip archive"))
    yield Case("one JSON array", b'[{"order": "1"}]', is_refused("JSON array"))
    gz = gzip.compress(order_file(), mtime=0)
    yield Case("a gzip archive called CSV", gz, Loaded(("c1", "c2"), "7.00", lines=3))
    yield Case("a gzip archive that is cut", gz[:-20], is_refused("damaged gzip"))
    yield Case("a workbook called CSV", workbook(), Loaded(("c1", "c2"), "7.00", lines=3))
    yield Case("a Parquet file called CSV", parquet(), Loaded(("c1", "c2"), "7.00", lines=2))
    yield Case("CSV called a workbook", order_file(), is_refused("not an Excel workbook"), "orders.xlsx")
    yield Case("CSV called Parquet", order_file(ONE), is_refused("not a readable Parquet"), "orders.parquet")
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)
    yield Case("a workbook behind a password", old, is_refused("not a readable workbook"), "orders.xlsx")
    yield Case(
        "a workbook cut in half", workbook()[: len(workbook()) // 2], is_refused("not an Excel workbook"), "orders.xlsx"
    )
    for name, damage in (("without its sheet", None), ("whose sheet is cut", b"<worksheet><sheetData><row><c r='A1'")):
        yield Case(f"a workbook {name}", _with_sheet(damage), is_refused("not a readable workbook"), "orders.xlsx")
    yield Case("a workbook whose header is white space", workbook((" ",)), is_refused("names no column"), "orders.xlsx")
    yield Case("a Parquet file cut in half", parquet()[: len(parquet()) // 2], is_refused("Parquet"), "orders.parquet")
    yield Case("a Parquet file with damaged pages", _damaged(parquet()), is_refused("Parquet"), "orders.parquet")
    lines = Loaded(("c1", "c2"), "7.00", lines=3)
    yield Case("a workbook", workbook(), lines, "orders.xlsx")
    yield Case("a Parquet file", parquet(), Loaded(("c1", "c2"), "7.00", lines=2), "orders.parquet")


def _zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("orders.csv", order_file())
    return target.getvalue()


def workbook(header: tuple[str, ...] = tuple(HEADER.split(","))) -> bytes:
    """The two good lines as .xlsx."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2024, 1, 1, tzinfo=UTC)})
        sheet = book.add_worksheet("Orders")
        for number, row in enumerate((header, ONE.split(","), TWO.split(","))):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def _with_sheet(content: bytes | None) -> bytes:
    """The workbook with its sheet replaced, or left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as whole, zipfile.ZipFile(target, "w") as other:
        for name in whole.namelist():
            if name != "xl/worksheets/sheet1.xml":
                other.writestr(name, whole.read(name))
            elif content is not None:
                other.writestr(name, content)
    return target.getvalue()


def parquet() -> bytes:
    """The two good lines as Parquet."""
    rows = [dict(zip(HEADER.split(","), line.split(","), strict=True)) for line in (ONE, TWO)]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), target, compression="zstd")
    return target.getvalue()


def _damaged(content: bytes) -> bytes:
    """The first page overwritten: the footer, which is read first, says that all is well."""
    return content[:4] + b"\xff" * 60 + content[64:]


CASES = tuple(case for part in (_headers, _encodings, _formats) for case in part())
"""Every such file."""
