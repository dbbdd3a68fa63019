"""Rules to bound SQL: one condition on `customer_key`. Names come from `FIELDS`, values are always bound."""

from __future__ import annotations

from typing import Any

from dashapp.domain.listing import like
from dashapp.domain.rule_fields import AT_LEAST, AT_MOST, BETWEEN, CONTAINS, FIELDS, IS, IS_NOT, LACKS, Kind
from dashapp.domain.rules import Rule, Rules, parts_of_span

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
_COLUMNS = {name: f"s.{name}" for name, field in FIELDS.items() if field.kind is not Kind.BOUGHT} | {
    # Halves are rounded up, as for the segments.
    "fm_score": "floor((s.f_score + s.m_score + 1) / 2.0)",
    "bought_on": "d.order_date",
}


def condition(rules: Rules, dot: str, prefix: str) -> tuple[str, dict[str, Any]]:
    """The SQL that holds for the customers meant, and its values, named `prefix_0`, `prefix_1` and so on.

    `dot` is the alias with its point. A customer without a value in a column is in no range of it.
    """
    values: dict[str, Any] = {}
    groups = [" and ".join(_row(rule, prefix, values) for rule in group) for group in rules.groups]
    inside = " or ".join(f"({group})" for group in groups)
    return f"{dot}customer_key in (select s.customer_key from marts.customers s where {inside})", values


def _row(rule: Rule, prefix: str, values: dict[str, Any]) -> str:
    """One row; its values are added to `values`."""
    if rule.about.kind is Kind.MOMENT:
        return _segment_on(rule, prefix, values)
    if rule.about.kind is Kind.SPAN:
        return _done_in(rule, prefix, values)
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


def _done_in(rule: Rule, prefix: str, values: dict[str, Any]) -> str:
    """Who did it within any of the spans given."""
    day, asked = _SPANS[rule.field]
    parts = []
    for text in rule.values:
        given = parts_of_span(text)
        names = {part: f"{prefix}_{len(values) + place}" for place, part in enumerate(("first", "last", "thing"))}
        values |= {names[part]: value for part, value in zip(names, given, strict=True) if value}
        within = _WITHIN.format(day=day, **names)
        parts.append(asked.format(within=within, thing=names["thing"]))
    how = "in" if rule.operator == IS else "not in"
    return f"s.customer_key {how} ({' union '.join(parts)})"
