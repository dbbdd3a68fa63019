"""The view of cohorts in the address: every value of a whitelist, and back again."""

from __future__ import annotations

from itertools import product

import pytest

from dashapp.domain.cohort_view import WORDS, CohortView
from dashapp.errors import FilterError


def test_every_view_comes_back_from_its_address() -> None:
    for values in product(*(known for _, known in WORDS.values())):
        view = CohortView(*values)
        assert CohortView.from_query(view.to_query()) == view
    assert CohortView().to_query() == {}


@pytest.mark.parametrize("name", list(WORDS))
@pytest.mark.parametrize("value", ["customer_id; drop", ["month"], 7])
def test_what_is_not_on_the_list_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(FilterError) as refusal:
        CohortView.from_query({name: value})
    assert refusal.value.field == name
