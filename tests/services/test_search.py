"""A search finds by id, name and address, best first; near misses when nothing matches; never what is hidden."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Matching, Rows, matching
from dashapp.services.search import search
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots

VIEWER = Principal(1, "vic", Role.VIEWER, "")
ANALYST = Principal(2, "ann", Role.ANALYST, "")


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture(scope="module")
def everyone(snapshot: Snapshot) -> pd.DataFrame:
    return matching(snapshot, Filters(), Listing(), ANALYST, Rows(1000)).rows


def found(snapshot: Snapshot, text: str, reader: Principal = ANALYST, **more: Any) -> Matching:
    return matching(snapshot, Filters(), Listing(search=text, **more), reader, Rows(1000))


def misspelt(text: str) -> str:
    """A wrong letter in the middle."""
    middle = len(text) // 2
    return f"{text[:middle]}x{text[middle + 1 :]}"


def test_words_of_a_name_find_everyone_who_bears_them_all(snapshot: Snapshot, everyone: pd.DataFrame) -> None:
    first, last = everyone.loc[0, "customer_name"].split()[:2]
    names = everyone["customer_name"].str.lower()
    expected = everyone[names.str.contains(first.lower()) & names.str.contains(last.lower()[:3])]
    answer = found(snapshot, f"{last[:3].upper()} {first}")
    assert set(expected["customer_key"]) <= set(answer.rows["customer_key"])
    assert not answer.approximate
    assert answer.count == len(answer.rows)


def test_what_is_the_same_comes_before_what_begins_with_it_and_what_contains_it(
    snapshot: Snapshot, everyone: pd.DataFrame
) -> None:
    text = str(everyone.loc[0, "customer_name"])[:1].lower()
    places = found(snapshot, text).rows["place"].to_list()
    assert places == sorted(places)
    assert set(places) >= {1, 2}
    exact = everyone.loc[0, "customer_id"]
    assert found(snapshot, exact.lower()).rows["place"].to_list()[0] == 0


def test_within_a_place_the_asked_order_holds(snapshot: Snapshot) -> None:
    rows = found(snapshot, "c-", sort="net_sales", descending=False).rows
    for _, group in rows.groupby("place"):
        assert group["net_sales"].is_monotonic_increasing


@pytest.mark.parametrize("column", ["customer_id", "customer_name", "email"])
def test_a_misspelling_still_finds_and_says_that_it_guessed(
    snapshot: Snapshot, everyone: pd.DataFrame, column: str
) -> None:
    somebody = everyone[everyone[column].str.len() > 6].iloc[0]
    wrong = misspelt(somebody[column].split()[-1])
    answer = found(snapshot, wrong)
    assert answer.approximate, wrong
    assert somebody["customer_key"] in set(answer.rows["customer_key"])
    assert answer.rows["place"].is_monotonic_increasing


def test_a_guess_is_not_made_where_somebody_matches(snapshot: Snapshot, everyone: pd.DataFrame) -> None:
    assert not found(snapshot, everyone.loc[0, "customer_id"]).approximate


def test_accents_and_capitals_do_not_matter(snapshot: Snapshot, everyone: pd.DataFrame) -> None:
    name = everyone.loc[0, "customer_name"]
    plain = found(snapshot, name).rows["customer_key"].to_list()
    accented = name.upper().replace("A", "Á").replace("E", "Ë").replace("O", "Ö")
    assert found(snapshot, accented).rows["customer_key"].to_list() == plain


def test_an_address_is_found_by_its_beginning(snapshot: Snapshot, everyone: pd.DataFrame) -> None:
    mail = everyone.loc[0, "email"]
    assert everyone.loc[0, "customer_key"] in set(found(snapshot, mail[:-4]).rows["customer_key"])


def test_to_whoever_may_not_see_them_a_search_for_an_address_or_name_answers_like_one_for_nobody(
    snapshot: Snapshot, everyone: pd.DataFrame
) -> None:
    for real in (everyone.loc[0, "email"], misspelt(everyone.loc[0, "email"]), everyone.loc[0, "customer_name"]):
        assert found(snapshot, real).count > 0
        hidden, nobody = found(snapshot, real, VIEWER), found(snapshot, "qq@qq.invalid", VIEWER)
        assert hidden.rows.equals(nobody.rows)
        assert hidden.totals.equals(nobody.totals)
        assert (hidden.count, hidden.approximate) == (nobody.count, nobody.approximate) == (0, False)


def test_a_viewer_finds_by_id_misspelt_or_not(snapshot: Snapshot, everyone: pd.DataFrame) -> None:
    somebody = everyone.iloc[0]
    assert found(snapshot, somebody["customer_id"], VIEWER).rows["customer_key"].to_list() == [somebody["customer_key"]]
    assert found(snapshot, f"x{somebody['customer_id']}", VIEWER).approximate


def test_a_readers_wildcards_are_letters(snapshot: Snapshot) -> None:
    assert found(snapshot, "%").count == found(snapshot, "_%_").count == 0


def test_a_name_of_five_words_is_refused_rather_than_cut(snapshot: Snapshot) -> None:
    assert search(snapshot, (), may_contact=True).found is None
    with pytest.raises(Exception, match="up to 4 words"):
        Listing(search="a b c d e")
