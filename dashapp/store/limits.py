"""The limits a reader sets on columns of the customers list, as SQL: said once for every question that heeds them.

Each column has two parameters, or one for text, as `Listing.parameters` names them; null is no limit.
"""

from __future__ import annotations

from dashapp.domain.listing import DATES, NUMBERS, SCORES, TEXTS

_COMPUTED = {"fm_score": "floor((c.f_score + c.m_score + 1) / 2.0)"}
"Halves are rounded up, as for the segments."


def _between(column: str, kind: str) -> list[str]:
    said = _COMPUTED.get(column, f"c.{column}")
    ends = (("low", ">="), ("high", "<="))
    return [f"(cast(${column}_{end} as {kind}) is null or {said} {sign} ${column}_{end})" for end, sign in ends]


def _contains(column: str) -> str:
    return rf"(cast(${column}_like as varchar) is null or c.{column} ilike ${column}_like escape '\')"


LIMITS = "\n    and ".join(
    [
        *(part for column in (*NUMBERS, *SCORES) for part in _between(column, "double")),
        *(part for column in DATES for part in _between(column, "date")),
        "{bought_on}",
        *map(_contains, TEXTS),
    ]
)
"Of the customers `c`; what stands in a file for `{limits}`."
