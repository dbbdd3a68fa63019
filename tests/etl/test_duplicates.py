"""Candidates for one person under two numbers: every planted one is found, chance and shared mailboxes are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tests.etl.checking import transformed
from tests.etl.conftest import order_lines

NAMES = [
    f"{first} {last}"
    for first in ("Ada", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Karla", "Leo")
    for last in ("Albers", "Bauer", "Claes", "Dubois", "Eriksen", "Fischer", "Gruber", "Hansen", "Jansen", "Keller")
]
PAIRS = "select customer_id, other_id, rule, evidence from marts.duplicate_candidates order by 1, 2, 3"
COLUMNS = ["customer_id", "customer_name", "email", "country", "signed_up_on"]


def crowd(count: int, seed: int) -> pd.DataFrame:
    """Customers who are all different people: names of a small list, three years of days, two countries."""
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 1095, count), unit="D")
    return pd.DataFrame(
        {
            "customer_id": [f"C-{number:05d}" for number in range(count)],
            "customer_name": rng.choice(NAMES, count),
            "email": [f"mail{number}@example.com" for number in range(count)],
            "country": rng.choice(["Germany", "France"], count, p=[0.7, 0.3]),
            "signed_up_on": days.strftime("%Y-%m-%d"),
        }
    )


def people(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def asked(folder: Path, customers: pd.DataFrame, sql: str = PAIRS) -> list[tuple]:
    sale = order_lines(("o1", "2024-01-01 09:00", "buyer", "cup", 2, 10))
    with transformed(folder, {"order_lines": sale, "customers": customers}) as connection:
        return connection.execute(sql).fetchall()


PLANTED = people(
    ("a1", "Ada Albers", "Ada.Albers@gmail.com ", "Germany", "2021-02-01"),
    ("a2", "A. Albers", "adaalbers+shop@googlemail.com", "France", "2022-02-01"),
    ("b1", "Zoë Quill-Abernathy", "zoe@work.example", "France", "2021-05-05"),
    ("b2", "QUILL ABERNATHY,  Zoe", "zq@home.example", "France", "2021-05-05"),
    ("c1", "Ben Bauer", "ben77@one.example", "Germany", "2021-03-01"),
    ("c2", "Bauer Ben", "BEN77@two.example", "Germany", "2023-03-01"),
    # Not the same: another country, no gmail, no address, no name.
    ("d1", "Ida Lang", "ida.lang@one.example", "Germany", "2021-03-02"),
    ("d2", "Ida Lang", "ida.lang@two.example", "France", "2023-03-02"),
    ("e1", "Leo Lang", "leo.lang@one.example", "Germany", "2021-03-03"),
    ("e2", "Mia Lang", "leolang@one.example", "Germany", "2023-03-03"),
    ("f1", "-", "n/a", "Germany", "2021-03-04"),
    ("f2", "-", "n/a", "Germany", "2021-03-04"),
)


def test_every_planted_pair_is_found_with_its_evidence_and_none_among_two_thousand_strangers(tmp_path: Path):
    assert asked(tmp_path, pd.concat([crowd(2000, seed=1), PLANTED])) == [
        ("a1", "a2", "same_email", "adaalbers@gmail.com"),
        ("b1", "b2", "same_name_and_day", "abernathy quill zoe, France, 2021-05-05"),
        ("c1", "c2", "same_name_and_mailbox", "bauer ben, Germany, ben77@"),
    ]


def test_common_names_that_met_by_chance_are_told_and_are_no_candidates(tmp_path: Path):
    strangers = crowd(2000, seed=1)
    met = strangers.groupby(["customer_name", "country", "signed_up_on"]).size()
    assert (met > 1).any()
    told = asked(tmp_path, strangers, "select doubt, count(*) from marts.shared_contacts group by doubt")
    assert told == [("chance", int((met > 1).sum()))]


def test_a_mailbox_of_more_than_twenty_is_told_and_makes_no_pair(tmp_path: Path):
    shared = "select evidence, customers, doubt from marts.shared_contacts"
    office = people(*[(f"c{n}", None, "Office@firm.example", None, None) for n in range(20)])
    (tmp_path / "20").mkdir()
    assert len(asked(tmp_path / "20", office)) == 190
    (tmp_path / "21").mkdir()
    more = pd.concat([office, people(("c20", None, "office@firm.example", None, None))])
    assert asked(tmp_path / "21", more) == []
    assert asked(tmp_path / "21", more, shared) == [("office@firm.example", 21, "many")]
