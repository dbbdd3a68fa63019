"""Rules to bound SQL: one condition on `customer_key`. Names come from `FIELDS`, values are always bound."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashapp.domain.listing import like
from dashapp.domain.ranges import days_of
from dashapp.domain.rule_fields import (
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    CONTAINS,
    FIELDS,
    GREW,
    IS,
    IS_NOT,
    LACKS,
    SAME,
    SHRANK,
    Kind,
)
from dashapp.domain.rules import Rule, Rules, parts_of_change, parts_of_span
from dashapp.domain.vocabulary import Basis

_BOUGHT = {"category": "category", "product": "product_id"}
_LIKE = r"coalesce({column}, '') ilike {value} escape '\'"
_TEMPLATES = {
    IS: "{column} in ({values})",
    IS_NOT: "({column} is null or {column} not in ({values}))",
    CONTAINS: _LIKE,
    LACKS: f"not ({_LIKE})",
    AT_LEAST: "{column} >= {value}",
    AT_MOST: "{column} <= {value}",
    BETWEEN: "{column} between {value} and {last}",
}
_STARTERS = (
    "s.customer_key {how} (select b.customer_key from marts.customer_products b join marts.customers f"
    " on f.customer_key = b.customer_key and f.first_order_date = b.first_order_date where b.product_id in ({values}))"
)
_BUYERS = "s.customer_key {how} (select b.customer_key from marts.customer_products b where b.{column} in ({values}))"
_BOUGHT_ON = (
    "s.customer_key in (select d.customer_key from marts.customer_days d where d.is_purchase"
    " and d.customer_key is not null and {inner})"
)
_SEGMENT_ON = (
    "coalesce((select case when h.days_since_last_order > k.lapsed_beyond then 'Lapsed' else h.segment end"
    " from marts.segment_history h join marts.segment_days k on k.as_of = h.as_of"
    " where h.customer_key = s.customer_key and h.as_of = (select max(d.as_of) from marts.segment_days d"
    " where d.as_of <= cast(${day} as date))), 'Not yet a customer') = ${segment}"
)
_WITHIN = "d.customer_key is not null and d.{day} between cast(${first} as date) and cast(${last} as date)"
_LINES = (
    "select d.customer_key from marts.order_lines d join marts.products p on p.product_key = d.product_key"
    " where d.kind = '{kind}' and {column} = ${thing} and {within}"
)
_SPANS = {
    "bought_in": ("order_date", "select d.customer_key from marts.customer_days d where d.is_purchase and {within}"),
    "refunded_in": ("refund_date", "select d.customer_key from marts.refunds d where {within}"),
    "product_in": ("order_date", _LINES.replace("{kind}", "sale").replace("{column}", "p.product_id")),
    "category_in": (
        "order_date",
        _LINES.replace("{kind}", "sale").replace("{column}", "coalesce(p.category, 'Unknown')"),
    ),
    "returned_in": ("order_date", _LINES.replace("{kind}", "return").replace("{column}", "p.product_id")),
}
"The column with the day, and who did it."
_ANYTHING = "s.customer_key in (select d.customer_key from marts.customer_days d where d.is_purchase and {made})"
_MADE = {"made_in": "d.country", "made_by": "d.channel"}
_CHANGED = """select d.customer_key
    from (
        select *, order_date between ${first} and ${last} as is_now, order_date between ${earlier} and ${until} as was
        from marts.customer_days
    ) d
    where d.customer_key is not null and (d.is_now or d.was) and {made}
    group by d.customer_key
    having sum(d.orders) filter (d.is_now) > 0 and sum(d.orders) filter (d.was) > 0
        and coalesce(sum(d.{basis}) filter (d.is_now), 0) {sign} coalesce(sum(d.{basis}) filter (d.was), 0)"""
_SIGNS = {GREW: ">", SHRANK: "<", SAME: "="}
_COLUMNS = {name: f"s.{name}" for name, field in FIELDS.items() if field.kind is not Kind.BOUGHT} | {
    # Halves are rounded up, as for the segments.
    "fm_score": "floor((s.f_score + s.m_score + 1) / 2.0)",
    "bought_on": "d.order_date",
}


def condition(rules: Rules, dot: str, prefix: str, until: date) -> tuple[str, dict[str, Any]]:
    """The SQL that holds for the customers meant, and its values, named `prefix_0`, `prefix_1` and so on.

    `dot` is the alias with its point; `until` the last day the data know, where relative spans end. A customer without
    a value in a column is in no range of it.
    """
    values: dict[str, Any] = {}
    groups = [" and ".join(_rows(group, prefix, values, until)) for group in rules.groups]
    inside = " or ".join(f"({group})" for group in groups)
    return f"{dot}customer_key in (select s.customer_key from marts.customers s where {inside})", values


def _rows(group: tuple[Rule, ...], prefix: str, values: dict[str, Any], until: date) -> list[str]:
    """The rows of one group; what says where sales were made narrows those over spans, or stands for itself."""
    places = [rule for rule in group if rule.about.kind is Kind.MADE]
    made = " and ".join(_listed(rule, _MADE[rule.field], prefix, values) for rule in places) or "true"
    others = [_row(rule, prefix, values, until, made) for rule in group if rule not in places]
    heeded = any(rule.about.kind in (Kind.SPAN, Kind.CHANGE) for rule in group)
    return (
        others if heeded or not places else [*others, _ANYTHING.format(made=f"d.customer_key is not null and {made}")]
    )


def _listed(rule: Rule, column: str, prefix: str, values: dict[str, Any]) -> str:
    names = [f"{prefix}_{len(values) + place}" for place in range(len(rule.values))]
    values |= dict(zip(names, rule.bound, strict=True))
    return f"{column} in ({', '.join(f'${name}' for name in names)})"


def _row(rule: Rule, prefix: str, values: dict[str, Any], until: date, made: str) -> str:
    """One row; its values are added to `values`."""
    if rule.about.kind is Kind.CHANGE:
        return _changed(rule, prefix, values, made)
    if rule.about.kind is Kind.MOMENT:
        return _segment_on(rule, prefix, values)
    if rule.about.kind is Kind.SPAN:
        return _done_in(rule, prefix, values, until, made)
    matching = rule.operator in (CONTAINS, LACKS)
    bound = [like(str(value)) if matching else value for value in rule.bound]
    names = [f"{prefix}_{len(values) + place}" for place in range(len(bound))]
    values |= dict(zip(names, bound, strict=True))
    listed = ", ".join(f"${name}" for name in names)
    if rule.about.kind is Kind.BOUGHT:
        how = "in" if rule.operator == IS else "not in"
        asked = _STARTERS if rule.field == "started_with" else _BUYERS
        return asked.format(how=how, column=_BOUGHT.get(rule.field), values=listed)
    holes = {"column": _COLUMNS[rule.field], "values": listed, "value": f"${names[0]}", "last": f"${names[-1]}"}
    row = _TEMPLATES[rule.operator].format(**holes)
    return _BOUGHT_ON.format(inner=row) if rule.field == "bought_on" else row


def _segment_on(rule: Rule, prefix: str, values: dict[str, Any]) -> str:
    """Where a customer was on a day, for any of the days and segments given."""
    parts = []
    for text in rule.values:
        day, _, segment = text.partition(" ")
        names = {"day": f"{prefix}_{len(values)}", "segment": f"{prefix}_{len(values) + 1}"}
        values |= {names["day"]: day, names["segment"]: segment}
        parts.append(_SEGMENT_ON.format(**names))
    return f"{'' if rule.operator == IS else 'not '}({' or '.join(parts)})"


def _done_in(rule: Rule, prefix: str, values: dict[str, Any], until: date, made: str) -> str:
    """Who did it within any of the spans given; a refund is no sale and was made nowhere."""
    day, asked = _SPANS[rule.field]
    parts = []
    for text in rule.values:
        when, thing = parts_of_span(text)
        days = days_of(when, until)
        names = {part: f"{prefix}_{len(values) + place}" for place, part in enumerate(("first", "last", "thing"))}
        values |= {
            names[part]: value for part, value in zip(names, (days.start, days.end, thing), strict=True) if value
        }
        within = _WITHIN.format(day=day, **names) + ("" if rule.field == "refunded_in" else f" and {made}")
        parts.append(asked.format(within=within, thing=names["thing"]))
    how = "in" if rule.operator == IS else "not in"
    return f"s.customer_key {how} ({' union '.join(parts)})"


def _changed(rule: Rule, prefix: str, values: dict[str, Any], made: str) -> str:
    """Who ordered in both periods and brought more, less or the same in the later one."""
    parts = []
    for text in rule.values:
        now, before, change = parts_of_change(text)
        basis, _, how = change.partition(" ")
        days = (now.start, now.end, before.start, before.end)
        names = [f"{prefix}_{len(values) + place}" for place in range(len(days))]
        values |= dict(zip(names, days, strict=True))
        told = dict(zip(("first", "last", "earlier", "until"), names, strict=True))
        parts.append(_CHANGED.format(**told, basis=Basis(basis).value, sign=_SIGNS[how], made=made))
    how = "in" if rule.operator == IS else "not in"
    return f"s.customer_key {how} ({' union '.join(parts)})"
