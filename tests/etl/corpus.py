"""Order files as shops really send them: each with what must become of it, line by line.

A case is either refused as a whole, or every physical line of it is header, blank, accepted or set aside. All expected
values are written by hand. Columns: order, date, customer, qty, price; the two good lines hold 3.00 and 4.00.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HEADER = "order,date,customer,qty,price"
ONE = "1,2024-05-06 10:00:00,c1,2,1.50"
TWO = "2,2024-05-07 11:00:00,c2,1,4.00"


@dataclass(frozen=True)
class Refused:
    """One sentence and a hint that hold these words; nothing changes."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Reject:
    line: int
    reasons: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What the lake holds afterwards."""

    customers: tuple[str | None, ...]
    """Of the accepted rows, by line, exactly as they stand in the file."""
    money: str
    """Of every row whose quantity and price can be read, accepted or not."""
    rejects: tuple[Reject, ...] = ()
    lines: int | None = None
    """Physical lines where they cannot be counted in the bytes (workbooks, Parquet)."""


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes
    outcome: Refused | Loaded
    file: str = "orders.csv"
    mapping: dict[str, Any] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        return str(self.mapping.get("encoding", "utf-8"))


def order_file(*lines: str, header: str = HEADER, end: str = "\n") -> bytes:
    return end.join([header, ONE, TWO, *lines, ""]).encode()


def is_loaded(*customers: str | None, money: str = "7.00", rejects: tuple[Reject, ...] = ()) -> Loaded:
    """The two good lines and what follows them."""
    return Loaded(("c1", "c2", *customers), money, rejects)


def is_rejected(reasons: str, *columns: str, money: str = "7.00") -> Loaded:
    """The two good lines, and line 4 set aside."""
    return is_loaded(money=money, rejects=(Reject(4, reasons, columns),))


def is_kept(customer: str, money: str = "12.00") -> Loaded:
    """The two good lines, and line 4 with this customer."""
    return is_loaded(customer, money=money)


def is_refused(*words: str) -> Refused:
    return Refused(words)


def _ids() -> Iterator[Case]:
    line = "3,2024-05-08,{},1,5.00".format
    for name, text in {
        "an id in scientific notation": "1.7850E+04",
        "an id in scientific notation without a point": "1E+05",
        "an id in scientific notation in small letters": "1.785e4",
    }.items():
        yield Case(name, order_file(line(text)), is_rejected("scientific_id", "customer", money="12.00"))
    for name, text in {
        "an id with leading zeros": "00123",
        "an id that a spreadsheet made a fraction": "17850.0",
        "an id of thirty digits": "123456789012345678901234567890",
        "an id that could be a number with an exponent": "10E5",
        "an id that says NA": "NA",
        "an id that says NULL": "NULL",
        "an id that says None": "None",
        "an id that says nan": "nan",
        "an id with a right-to-left mark": "\u202ec3\u202c",
        "an id with zero-width characters": "c\u200b3\ufeff",
        "an id of combining characters": "Zoe\u0308",
        "an id in another script": "عميل٣",
        "an id outside the basic plane": "c😀",
        "an id with control characters": "c\x013\x1b[0m",
        "an id with a line separator of Unicode": "c\u2028\u00853",
        "an id that is a formula": "=1+2",
        "an id that is SQL": "'; DROP TABLE typed; --",
        "an id that is a template": "{line}",
    }.items():
        yield Case(name, order_file(line(text)), is_kept(text))
    yield Case("an id in quotation marks", order_file(line('"c,""3"""')), is_kept('c,"3"'))
    yield Case("no customer at all", order_file(line("")), Loaded(("c1", "c2", None), "12.00"))
    # The order number takes the same way as the customer.
    text = order_file("1.5E+17,2024-05-08,c3,1,5.00")
    yield Case("an order number in scientific notation", text, is_rejected("scientific_id", "order", money="12.00"))


def _numbers() -> Iterator[Case]:
    price = "3,2024-05-08,c3,1,{}".format
    for name, text in {
        "a price that is not a number": "NaN",
        "an infinite price": "inf",
        "a negative infinite price": "-Infinity",
        "a price beyond every number": "1e400",
        "a price that does not fit the column": "12345678901.00",
        "a price with a currency sign": "$5.00",
        "a price with a currency code": "5.00 EUR",
        "a price in accounting brackets": "(5.00)",
        "a price with a thousands mark nobody named": '"1,234.50"',
        "a price with a decimal comma nobody named": '"4,50"',
        "a price in hexadecimal": "0x10",
        "a price in words": "five",
        "a price in Arabic digits": "٥.٠٠",
        "a price that is a formula": "=1+4",
        "a price with an underscore": "1_000",
    }.items():
        yield Case(name, order_file(price(text)), is_rejected("bad_price", "price"))
    yield Case("no price", order_file(price("")), is_rejected("missing_price", "price"))
    yield Case("a negative price", order_file(price("-5.00")), is_kept("c3", "2.00"))
    yield Case("a negative quantity", order_file("C3,2024-05-08,c3,-2,5.00"), is_kept("c3", "-3.00"))
    yield Case("a quantity in words", order_file("3,2024-05-08,c3,two,5.00"), is_rejected("bad_quantity", "qty"))
    yield Case(
        "a quantity and a price that nobody can count with",
        order_file("3,2024-05-08,c3,x,NaN"),
        is_rejected("bad_quantity,bad_price", "qty", "price"),
    )
    # (10^9 - 0.001) x (10^10 - 0.0001), by hand.
    most = "3,2024-05-08,c3,999999999.999,9999999999.9999"
    yield Case(
        "the largest amount there is",
        order_file(most),
        is_rejected("too_much_money", "qty", "price", money="9999999999989900007.0000001"),
    )
    semicolons = (
        "order;date;customer;qty;price\n1;2024-05-06;c1;2;1,50\n2;2024-05-07;c2;1;4,00\n3;2024-05-08;c3;1;1.234,50\n"
    )
    marks = {"decimal_comma": True, "thousands": "."}
    yield Case("semicolons and decimal commas", semicolons.encode(), is_kept("c3", "1241.50"), mapping=marks)
    nobody = is_refused("None of the 3 lines", "bad_price")
    yield Case("semicolons and decimal commas that nobody named", semicolons.encode(), nobody)


def _dates() -> Iterator[Case]:
    line = "3,{},c3,1,5.00".format
    for name, text, reason in (
        ("a date that does not exist", "2010-02-30", "bad_date"),
        ("29 February of a common year", "2023-02-29", "bad_date"),
        ("a month that does not exist", "2024-13-01", "bad_date"),
        ("an hour that does not exist", "2024-05-08 25:00:00", "bad_date"),
        ("a date in the future", "2031-01-01", "future_date"),
        ("a date far in the future", "9999-12-31", "bad_date"),
        ("a date before Christ", "0044-03-15 (BC)", "bad_date"),
        ("a date as Excel counts days", "45420", "bad_date"),
        ("the date of an empty cell in Excel", "1899-12-30", "bad_date"),
        ("a date as seconds since 1970", "1715160000", "bad_date"),
        ("a date with an offset in a shop without a time zone", "2024-05-08T10:00:00+02:00", "bad_date"),
        ("a date with a zone name", "2024-05-08 10:00:00 Europe/Berlin", "bad_date"),
        ("a date in words", "yesterday", "bad_date"),
        ("no date", "", "missing_date"),
    ):
        yield Case(name, order_file(line(text)), is_rejected(reason, "date", money="12.00"))
    yield Case("29 February of a leap year", order_file(line("2024-02-29")), is_kept("c3"))
    yield Case(
        "a date with an offset in a shop with a time zone",
        order_file(line("2024-05-08T10:00:00+02:00")),
        is_kept("c3"),
        mapping={"timezone": "Europe/Berlin"},
    )
    days = f"{HEADER}\n1,01/02/2010,c1,2,1.50\n2,03/04/2010,c2,1,4.00\n".encode()
    yield Case("dates that fit two formats", days, is_refused("ambiguous", "%d/%m/%Y", "%m/%d/%Y", "date_format"))
    yield Case("dates whose format was said", days, is_loaded(), mapping={"date_format": "%d/%m/%Y"})


def _lines() -> Iterator[Case]:
    three = "3,2024-05-08,c3,1,5.00"
    yield Case("a short line", order_file("3,2024-05-08"), is_rejected("wrong_field_count"))
    yield Case("a long line", order_file(three + ",surplus"), is_rejected("wrong_field_count"))
    yield Case("a delimiter at the end of one line", order_file(three + ","), is_rejected("wrong_field_count"))
    trailing = b"".join(line + b",\n" for line in order_file(three).splitlines())
    yield Case("a delimiter at the end of every line", trailing, is_kept("c3"))
    yield Case("a line of blanks", order_file("   "), is_rejected("wrong_field_count"))
    yield Case("a line of delimiters", order_file(",,,,"), is_rejected(
        "missing_order_id,missing_date,missing_quantity,missing_price", "order", "date", "qty", "price"
    ))  # fmt: skip
    yield Case(
        "a sum below the lines", order_file("Total,,,3,7.00"), is_rejected("missing_date", "date", money="28.00")
    )
    again = is_rejected("bad_date,bad_quantity,bad_price", "date", "qty", "price")
    yield Case("a second header among the lines", order_file(HEADER), again)
    yield Case("blank lines", order_file("", three, "", ""), is_loaded("c3", money="12.00"))
    yield Case(
        "a quotation mark that is never closed", order_file('3,2024-05-08,"c3,1,5.00', three), is_refused("line 4")
    )
    swallowing = order_file('3,2024-05-08,"c3,1,5.00', three, '4,2024-05-08,"c4",1,5.00')
    yield Case("a quotation mark closed three lines later", swallowing, is_refused("line 4", "not closed"))
    yield Case(
        "text after a closing quotation mark", order_file('"3"x,2024-05-08,c3,1,5.00'), is_rejected("bad_quoting")
    )
    yield Case("an inch sign in a plain field", order_file('3,2024-05-08,5" c3,1,5.00'), is_kept('5" c3'))
    yield Case("line breaks in a field", order_file('3,2024-05-08,"c\n\r\n3",1,5.00'), is_kept("c\n\r\n3"))
    yield Case(
        "a field of three megabytes",
        order_file(f"3,2024-05-08,{'x' * 3_000_000},1,5.00"),
        is_rejected("field_too_long"),
    )
    many = ",".join(f"x{n}" for n in range(5_000))
    wide = b"\n".join(line + b"," + many.encode() for line in order_file(three).splitlines())
    yield Case(
        "a thousand columns",
        b"\n".join(b",".join(line.split(b",")[:1000]) for line in wide.splitlines()),
        is_kept("c3"),
    )
    yield Case("five thousand columns more", wide, is_refused("5,005 columns", "1,000"))
    yield Case("a last line without an end", order_file(three)[:-1], is_kept("c3"))
    for name, end in (("CRLF", "\r\n"), ("CR alone", "\r")):
        yield Case(f"lines that end with {name}", order_file(three, end=end), is_kept("c3"))
    mixed = f"{HEADER}\r\n{ONE}\r{TWO}\n{three}".encode()
    yield Case("lines that end in three ways", mixed, is_kept("c3"))
    yield Case("tabs between the fields", order_file(three).replace(b",", b"\t"), is_kept("c3"))
    yield Case("bars between the fields", order_file(three).replace(b",", b"|"), is_kept("c3"))
    yield Case("a tab around the values", order_file(three.replace(",", "\t,\t")), is_kept("c3"))
    late = [f"{n},2024-05-08,{n},1,1.00" for n in range(25_000)]
    yield Case(
        "a letter in the ids after 25,000 numbers",
        order_file(*late, "C1,2024-05-08,C17850,1,1.00"),
        is_loaded(*(str(n) for n in range(25_000)), "C17850", money="25008.00"),
    )


CASES = tuple(case for part in (_ids, _numbers, _dates, _lines) for case in part())
"""Files whose values and lines are odd."""
