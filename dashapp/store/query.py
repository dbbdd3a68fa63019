"""One SQL file = one question a page asks. Read here: its header, its holes, and the statement for given filters.

Holes: `{where}` and `{previous_where}` (bound conditions on order_date, country, channel, segment, customer_key),
`{value}` (the basis column, from the enum), `{order}` with its column `{sort}` and `{beyond}`, the sign of what comes
later in it (from the file's own whitelist). Everything else is a `$named` parameter; these are known without being
given: $observed_from $observed_until $period_start $period_end $previous_start $previous_end (compared with)
$now_start $now_end $against_start $against_end (two periods that can be set against each other, see `set_against`)
$horizon_days $week_shift_days.
`-- cuts: period` says that a file cuts its days itself: its `{where}` leaves the period out.
A file may also ask for small tables that the caller brings (`-- tables:`); one that is not brought is empty.
A file may read a smaller table where the view allows it: `-- cube:` names the filters that table can honour,
`{in_cube}` is true where no other is chosen, `{is_plain}` where nothing but the period is, `{cube_where}` and
`{previous_cube_where}` are the conditions on it.
`{in_choice}` is true where one thing beside the period is chosen that `marts.sales_choices` counts sales by,
`{choice_where}` and `{previous_choice_where}` are the conditions on that. `parts/sales.sql` has all three.
Tables by month hold $whole_start to $whole_end of the period ($previous_whole_start, $previous_whole_end). All arms
stand in the file; the planner drops those that cannot hold.
What several questions share stands in `parts/`, a file each, and in a question as a hole of that name.
`{limits}` are those on columns of the customers list (store/limits.py), and among them
`{bought_on}` is a day of purchase of `c` within its two parameters, where one is given: in the file itself it would
read every day of purchase for nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from dashapp.discovery import documents
from dashapp.domain.filters import Filters
from dashapp.domain.ranges import Period, months_back
from dashapp.errors import FilterError, NotFound
from dashapp.store.facts import Facts
from dashapp.store.limits import LIMITS
from dashapp.store.where import GROUPS, HONOURABLE, ONE_CHOICE, Lists, counted_by_choice, no_lists, where
from dashapp.written import week_shift_days

QUERIES = Path(__file__).with_name("queries")
PARTS = Path(__file__).with_name("parts")
HEADER = re.compile(r"^-- (\w+):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
PARAMETER = re.compile(r"\$([a-z_]\w*)")
TABLE = re.compile(r"(\w+)\(([^)]*)\)")
COMMENT = re.compile(r"^--.*$\n?", re.MULTILINE)
BOUGHT_ON = """c.customer_key in (
    select customer_key
    from marts.customer_days
    where is_purchase
        and order_date >= coalesce(cast($bought_on_low as date), order_date)
        and order_date <= coalesce(cast($bought_on_high as date), order_date)
)"""
_PART = re.compile(rf"\{{({'|'.join(['limits', *documents(PARTS)])})\}}")
ANY_DAY = "coalesce(cast($bought_on_low as date), cast($bought_on_high as date)) is null"


@dataclass(frozen=True, slots=True)
class Query:
    """A question: what it asks, which filters it honours, what it answers with."""

    name: str
    question: str
    filters: frozenset[str]
    alias: str
    "Table alias of the conditions; empty for none."
    columns: tuple[tuple[str, str], ...]
    "Declared names and DuckDB types, in order."
    sorts: tuple[str, ...]
    "Columns a reader may sort by; the first is the default."
    tables: dict[str, tuple[tuple[str, str], ...]]
    "Names of the tables a caller may bring, with the columns of each."
    sql: str
    headers: dict[str, str]
    cube: frozenset[str] = frozenset()
    "The filters that the smaller table of the question can honour."

    @property
    def heeds_basis(self) -> bool:
        """Whether its money is that of the chosen basis: one is asked for, or each is answered in rows of its own."""
        return "{value}" in self.sql or "basis" in dict(self.columns)

    def statement(
        self, filters: Filters, facts: Facts, parameters: dict[str, Any], period: Period | None = None,
        lists: Lists = no_lists,
    ) -> tuple[str, dict[str, Any]]:  # fmt: skip
        """SQL and bound values. `period` replaces the one of `filters`. Raises FilterError on an unknown sort."""
        values = dict(parameters)
        order = self._order(values.pop("sort", ""), bool(values.pop("descending", True)))
        until = facts.observed_until
        days = period or filters.period(until)
        previous = filters.comparison(until)
        narrowed = self.filters - _honoured(self.headers.get("cuts", ""))
        now = where(filters, days, narrowed, self.alias, "w", until, lists)
        then = where(filters, previous, self.filters | {"period"}, self.alias, "p", until, lists)
        bought = BOUGHT_ON if values.get("bought_on_low") or values.get("bought_on_high") else ANY_DAY
        value = filters.basis.value
        holes = {"where": now.sql, "previous_where": then.sql, "value": value, "bought_on": bought, **order}
        holes |= self._smaller(filters, facts, days, previous)
        sql = re.sub(r"\{(\w+)\}", lambda hole: holes[hole.group(1)], self.sql)
        known = _known(facts, days, previous, previous or filters.before(until)) | now.values | then.values
        used = set(PARAMETER.findall(sql))
        return sql, {name: value for name, value in known.items() if name in used and name not in values} | values

    def _smaller(self, filters: Filters, facts: Facts, days: Period, previous: Period | None) -> dict[str, str]:
        """The holes of smaller tables. Their conditions are some of the question's own and bind the same values."""
        chosen = {name for name in self.filters - {"period"} if getattr(filters, name)}
        in_cube = chosen <= self.cube
        in_choice = not in_cube and counted_by_choice(filters, chosen, facts.has_category_days)
        one = self.filters & {"period", *ONE_CHOICE}
        known = {"in_cube": in_cube, "in_choice": in_choice, "is_plain": not chosen}
        holes = {name: str(holds).lower() for name, holds in known.items()}
        for start, period, prefix in (("", days, "w"), ("previous_", previous, "p")):
            cube = where(filters, period, self.cube, self.alias, prefix, facts.observed_until)
            choice = where(filters, period, one, self.alias, prefix, facts.observed_until, conditions=ONE_CHOICE)
            holes |= {f"{start}cube_where": cube.sql, f"{start}choice_where": choice.sql}
        return holes

    def _order(self, sort: str, descending: bool) -> dict[str, str]:
        if not self.sorts:
            return {}
        if sort and sort not in self.sorts:
            raise FilterError(
                "sort", f"This list cannot be sorted by {sort!r}.", f"Use one of {', '.join(self.sorts)}."
            )
        column = f"{self.alias}.{sort or self.sorts[0]}" if self.alias else sort or self.sorts[0]
        direction, beyond = ("desc", "<") if descending else ("asc", ">")
        return {"order": f"{column} {direction} nulls last", "sort": column, "beyond": beyond}


def _known(facts: Facts, days: Period, previous: Period | None, against: Period | None) -> dict[str, Any]:
    now, against = set_against(days, against, facts)
    whole, whole_before = (_whole_months(each, facts.observed_until) for each in (days, previous))
    return {
        "observed_from": facts.observed_from,
        "observed_until": facts.observed_until,
        "horizon_days": facts.horizon_days,
        "week_shift_days": week_shift_days(),
        "period_start": days.start,
        "period_end": days.end,
        "previous_start": previous.start if previous else None,
        "previous_end": previous.end if previous else None,
        "whole_start": whole[0],
        "whole_end": whole[1],
        "previous_whole_start": whole_before[0],
        "previous_whole_end": whole_before[1],
        "now_start": now.start,
        "now_end": now.end,
        "against_start": against.start if against else None,
        "against_end": against.end if against else None,
    }


def set_against(days: Period, earlier: Period | None, facts: Facts) -> tuple[Period, Period | None]:
    """The period and the one it is compared with, or where nothing is compared the one right before it (`earlier`); of
    all time the last 12 complete months and the 12 before."""
    if days.start >= facts.observed_from or days.end < facts.observed_until:
        return days, earlier
    after = (facts.observed_until + timedelta(1)).replace(day=1)
    year, before = months_back(after, 12), months_back(after, 24)
    return Period(year, after - timedelta(1)), Period(before, year - timedelta(1))


def _whole_months(period: Period | None, observed_until: date) -> tuple[date | None, date | None]:
    """First and last day of the months of which nothing observed is cut off; the first is the later one where there are
    none.

    >>> [str(day) for day in _whole_months(Period(date(2024, 1, 15), date(2024, 4, 9)), date(2024, 4, 30))]
    ['2024-02-01', '2024-03-31']
    >>> [str(day) for day in _whole_months(Period(date(2024, 1, 1), date(2024, 4, 9)), date(2024, 4, 9))]
    ['2024-01-01', '2024-04-09']
    """
    if period is None:
        return None, None
    first = (period.start - timedelta(1)).replace(day=1) + timedelta(31)
    beyond = period.end + timedelta(1)
    return first.replace(day=1), period.end if period.end >= observed_until else beyond.replace(day=1) - timedelta(1)


def read(path: Path) -> Query:
    """The question in a file. Raises ValueError where its header is not usable: a bug, found by the tests."""
    text = path.read_text(encoding="utf-8")
    headers: dict[str, str] = dict(HEADER.findall(text))
    honoured = _honoured(headers.get("filters", ""))
    if unknown := honoured - set(HONOURABLE):
        raise ValueError(f"{path.name} honours unknown filters {sorted(unknown)}")
    return Query(
        name=path.stem,
        question=headers.get("question", headers.get("definition", "")),
        filters=honoured,
        alias=headers.get("where", ""),
        columns=tuple(_columns(headers.get("columns", ""))),
        sorts=tuple(headers.get("sort", "").split()),
        tables={name: tuple(_columns(columns)) for name, columns in TABLE.findall(headers.get("tables", ""))},
        sql=_PART.sub(lambda hole: _part(hole[1]), COMMENT.sub("", text)),
        headers=headers,
        cube=_honoured(headers.get("cube", "")),
    )


@cache
def _part(name: str) -> str:
    """SQL that several questions share; its own holes are filled with theirs."""
    return LIMITS if name == "limits" else COMMENT.sub("", (PARTS / f"{name}.sql").read_text(encoding="utf-8")).rstrip()


def _honoured(declared: str) -> frozenset[str]:
    """The filters a header names, groups spelt out.

    >>> sorted(_honoured("period channel"))
    ['channel', 'period']
    """
    return frozenset(name for word in declared.split() if word != "none" for name in GROUPS.get(word, (word,)))


def _columns(declared: str) -> list[tuple[str, str]]:
    parts = re.split(r",\s*(?![^(]*\))", declared) if declared else []
    return [(name, kind) for name, _, kind in (part.strip().partition(" ") for part in parts)]


def names(folder: Path = QUERIES) -> tuple[str, ...]:
    """Every question there is."""
    return tuple(documents(folder))


@lru_cache
def _files(folder: Path) -> dict[str, Path]:
    return documents(folder)


@lru_cache(maxsize=512)
def find(name: str, folder: Path = QUERIES) -> Query:
    """The question called `name`. Raises NotFound."""
    files = _files(folder)
    if name not in files:
        raise NotFound(f"There is no {name!r} among the {folder.name}.", "Check the name.")
    return read(files[name])
