"""Encodings: proved by the bytes, or asked with words that differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.profile.encoding import detect
from tests.etl.profile.filing import keys, profiled, question, text

SHOP = {"name": "x", "currency": "EUR"}


def file(customer: str) -> str:
    return text([(f"o{n}", "2024-02-13", customer, "p", "1", "2.5") for n in range(3)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_the_bytes_prove_is_not_asked(tmp_path: Path, encoding: str):
    found = profiled(tmp_path, file("Zoë €").encode(encoding), shop=SHOP)
    assert (found.encoding, found.encodings, keys(found)) == (encoding, (encoding,), [])
    assert found.columns[2]["samples"] == ["Zoë €"]


def test_encodings_of_one_byte_are_asked_with_the_words_that_differ(tmp_path: Path):
    found = profiled(tmp_path, file("Zoë 5€").encode("cp1252"), shop=SHOP)
    asked = question(found, "encoding")
    shown = {option.value: option.example for option in asked.options}
    assert (next(iter(shown)), shown["cp1252"], shown["latin-1"]) == ("cp1252", "Zoë, 5€", "Zoë, 5□")
    assert "encoding" not in found.mapping["entities"]["order_lines"]


def test_encodings_that_read_the_file_alike_are_one_answer(tmp_path: Path):
    found = profiled(tmp_path, file("Zoë").encode("latin-1"), shop=SHOP)
    asked = question(found, "encoding")
    assert [option.value for option in asked.options] == ["cp1252"]
    assert "Zoë" in asked.sentence


def test_a_byte_that_cp1252_does_not_have_leaves_latin_1(tmp_path: Path):
    found = profiled(tmp_path, file("Zo\x81").encode("latin-1"), shop=SHOP)
    offered = [option.value for option in question(found, "encoding").options]
    assert "cp1252" not in offered
    assert "latin-1" in offered


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1250", "Łódź żółty kůň"),
        ("cp1251", "Чашка синяя"),
        ("mac_roman", "Käse Größe Crème"),
        ("cp932", "注文 東京 カップ"),
        ("gb18030", "订单 北京 杯子"),
        ("big5", "訂單 台北 杯子"),
    ],
)
def test_words_of_the_file_put_its_encoding_first_and_it_is_asked_all_the_same(
    tmp_path: Path, encoding: str, words: str
):
    path = tmp_path / "a.csv"
    path.write_bytes(("name\n" + "\n".join(words.split())).encode(encoding))
    found = detect(path)
    assert found.question is not None
    assert (found.name, found.question.options[0].example) == (encoding, ", ".join(words.split()))
