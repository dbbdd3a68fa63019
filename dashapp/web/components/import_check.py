"""What checking found: rows that would be taken or refused, what to repair, and the figures before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.canonical import KINDS
from dashapp.store.rejected import cells
from dashapp.store.uploads import Upload
from dashapp.web import format as fmt
from dashapp.web.components import import_steps as steps
from dashapp.web.components import states
from dashapp.web.components.basics import data_table, disclosure, icon
from dashapp.web.components.facts import card, facts

Plan = Mapping[str, Any]
FIGURES = {
    "orders": "Orders",
    "net_sales": "Net sales",
    "customers": "Customers",
    "scored_customers": "Customers with a prediction",
}
SEVERITIES = {"stop": "Stops the import", "warn": "Worth a look", "info": "For information"}
SAMPLE = "Rows to remove are those of the sample data."
EXAMPLES = 5


def checked(
    upload: Upload,
    plan: Plan,
    currency: str,
    mending: Sequence[Component] = (),
    now: str = "",
    *,
    is_sample: bool = False,
) -> list[Component]:
    """The result of a plan, worst first, with the way on where there is one.

    mending: what can be done here; now: currency of the data loaded now; is_sample: they are a demonstration.
    """
    return [
        _verdict(upload, plan),
        _counts(plan),
        *mending,
        *_repairs(upload, plan, currency),
        *figures(plan, currency, now, is_sample=is_sample),
        _changes(plan, is_sample),
        *_findings(plan, currency),
    ]


def _verdict(upload: Upload, plan: Plan) -> Component:
    way_back = steps.back("Change the matching", steps.address(upload, "match"))
    if plan.get("stopped"):
        told = [str(finding["title"]) for finding in plan.get("findings", ()) if _stops(finding)]
        rule = f"the rule “{told[0]}” stops it" if len(told) == 1 else f"{steps.counted(len(told), 'rule')} stop it"
        text = f"This file cannot be imported as it is: {rule}. The published data stay as they are."
        hint = "Below stands why, and what repairs it: here by other answers and columns, or in a new export."
        body: list[Any] = [states.error(text, hint)]
        actions = [way_back, steps.back("Another file", steps.PATH)]
    elif plan.get("unchanged"):
        body = [html.P([icon("info-circle"), " All of this is loaded already; an import would change nothing."])]
        actions = [steps.back("Another file", steps.PATH), way_back]
    else:
        body = [html.P([icon("check-circle"), " This file can be imported."], className="import-good")]
        actions = [steps.onward("Go on to the import", steps.address(upload, "confirm")), way_back]
    return html.Section([*body, html.Div(actions, className="actions")], className="card-plain import-card")


def totals(plan: Plan) -> tuple[int, int]:
    """Rows of this file that would be accepted and rejected."""
    new = [batch for batch in plan.get("batches", ()) if not batch["known"]]
    return sum(int(b["accepted_lines"]) for b in new), sum(int(b["rejected_lines"]) for b in new)


def _counts(plan: Plan) -> Component:
    accepted, rejected = totals(plan)
    left_out = _left_out(plan)
    share = (rejected - left_out) / (accepted + rejected) if accepted + rejected else 0.0
    rows = [
        ("Rows taken", fmt.number(accepted), "they count once they are imported"),
        (
            "Rows refused",
            fmt.number(rejected - left_out),
            f"{fmt.percent(share)} of the file; kept aside, nothing is lost",
        ),
    ]
    by_rule = ("Rows left out", fmt.number(left_out), "no purchases, by a rule of the source; nothing to repair")
    return facts("Rows", [*rows, *([by_rule] if left_out else [])])


def _left_out(plan: Plan) -> int:
    """Rejected rows of this file that are no fault: what a source leaves out by a rule it declares."""
    return sum(int(batch.get("left_out_lines") or 0) for batch in plan.get("batches", ()) if not batch["known"])


def _repairs(upload: Upload, plan: Plan, currency: str) -> list[Component]:
    """The refused rows, by what would repair them."""
    rejects = list(plan.get("rejects") or ())
    if not rejects and not totals(plan)[1]:
        return []
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for reject in rejects:
        groups.setdefault(str(reject.get("repair") or "Look at these rows."), []).append(reject)
    ordered = sorted(groups.items(), key=lambda group: -sum(int(reject["lines"]) for reject in group[1]))
    download = html.A(
        [icon("download"), html.Span("Download the refused rows")],
        href=f"/uploads/{upload.id}/rejects.csv",
        className="btn btn-outline btn-small",
    )
    parts = [_repair(repair, members, currency) for repair, members in ordered]
    return [
        card("Rows not taken", html.Div(parts, className="import-repairs"), html.Div(download, className="actions"))
    ]


def _repair(repair: str, rejects: Sequence[Mapping[str, Any]], currency: str) -> Component:
    return html.Section([html.H3(repair), *(_reject(reject, currency) for reject in rejects)])


def _reject(reject: Mapping[str, Any], currency: str) -> Component:
    amount = _number(reject.get("amount"))
    worth = f", worth {fmt.amount(float(amount), currency)}" if amount else ""
    column = f" in {reject['column']}" if reject.get("column") else ""
    words = [
        html.P([html.Strong(steps.counted(int(reject["lines"]), "row")), f"{column}{worth}: {reject['sentence']}"])
    ]
    rows = [_example(example) for example in list(reject.get("examples") or ())[:EXAMPLES]]
    if not rows:
        return html.Div(words)
    return html.Div([*words, disclosure("Examples", data_table(pd.DataFrame(rows).astype(object)))])


def _example(example: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Row of the file": example.get("line"),
        "Value": _text(example.get("value")),
        "The whole row": _text(example.get("row")),
    }


def _text(value: Any) -> str:
    value = cells(value) or value
    if isinstance(value, Mapping):
        value = "; ".join(f"{name}: {item}" for name, item in value.items())
    elif isinstance(value, (list, tuple)):
        value = "; ".join(str(item) for item in value)
    text = fmt.NOTHING if value in (None, "") else str(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _findings(plan: Plan, currency: str) -> list[Component]:
    """Rules that would not hold afterwards; those that only inform are folded away."""
    found = sorted(plan.get("findings", ()), key=lambda finding: list(SEVERITIES).index(finding["severity"]))
    grave = [_finding(finding, currency) for finding in found if finding["severity"] != "info"]
    light = [_finding(finding, currency) for finding in found if finding["severity"] == "info"]
    if not found:
        return []
    stops = sum(map(_stops, found))
    hint = (
        f"{steps.counted(stops, 'rule')} must hold before this file can be imported."
        if stops
        else "None of them stops the import. They are found again on the page Data quality, with their rows."
    )
    parts: list[Component] = [html.Ul(grave, className="import-rules")] if grave else []
    words = f"{steps.counted(len(light), 'rule')} for information"
    parts += [disclosure(words, html.Ul(light, className="import-rules"))] if light else []
    return [card("Rules that would not hold", *parts, hint=hint)]


def _stops(finding: Mapping[str, Any]) -> bool:
    return (finding["severity"], finding.get("status", "failed")) == ("stop", "failed")


def _finding(finding: Mapping[str, Any], currency: str) -> Component:
    """A rule in words: a table of such long texts cannot be read on a phone."""
    severity = str(finding["severity"])
    number = _number(finding.get("amount"))
    worth = f", worth {fmt.amount(float(number), currency)}" if number else ""
    look = "badge-bad" if severity == "stop" else "badge-warn"
    badge = [html.Span(SEVERITIES[severity], className=f"badge {look}")] if severity != "info" else []
    count = int(finding["offending_rows"])
    found = steps.counted(count, "row") if finding.get("of_rows", True) else f"found {steps.counted(count, 'time')}"
    return html.Li(
        [
            html.P([html.Strong(finding["title"]), *badge, html.Span(f"{found}{worth}", className="hint")]),
            html.P(finding.get("help") or ""),
        ]
    )


def figures(plan: Plan, currency: str, now: str, *, is_sample: bool = False) -> list[Component]:
    """The key figures now and after the import; those of another shop or in another currency compare with nothing.

    now: the currency of the data before the import, empty where there were none.
    """
    only_after = is_sample or bool(now and now != currency)
    found = list(plan.get("headlines", ()))
    rows = [_compared(figure, currency, only_after) for figure in found]
    title = "After the import" if only_after else "Before and after"
    unscored = any(figure["name"] == "scored_customers" and not _number(figure.get("after")) for figure in found)
    why = [html.P(_UNSCORED, className="hint")] if unscored else []
    return [card(title, data_table(pd.DataFrame(rows), "Key figures"), *why)] if rows else []


_UNSCORED = (
    "No customer would have a prediction: the data are too few, too short or do not repeat, or a rule stops the file. "
    "The page Trust says which, once they are imported."
)


def _compared(figure: Mapping[str, Any], currency: str, only_after: bool) -> dict[str, str]:
    row = {
        "Figure": FIGURES.get(str(figure["name"]), str(figure["name"]).replace("_", " ")),
        "Now": _figure(figure, "before", currency),
        "After": _figure(figure, "after", currency),
        "Change": _change(figure, currency),
    }
    return {name: text for name, text in row.items() if not only_after or name in ("Figure", "After")}


def _figure(figure: Mapping[str, Any], side: str, currency: str) -> str:
    value = _number(figure.get(side))
    return fmt.NOTHING if value is None else _in_unit(figure, value, currency)


def _change(figure: Mapping[str, Any], currency: str) -> str:
    before, after = _number(figure.get("before")), _number(figure.get("after"))
    if before is None or after is None:
        return fmt.NOTHING
    if after == before:
        return "none"
    sign = "+" if after > before else "\N{MINUS SIGN}"
    return written.with_sign(sign, _in_unit(figure, abs(after - before), currency))


def _in_unit(figure: Mapping[str, Any], value: Decimal, currency: str) -> str:
    return fmt.amount(float(value), currency) if figure["name"] == "net_sales" else fmt.number(int(value))


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _changes(plan: Plan, is_sample: bool) -> Component:
    lines = [html.Li(sentence) for sentence in change_sentences(plan)]
    hint = SAMPLE if is_sample else ""
    return card("What would change", html.Ul(lines, className="import-todo"), hint=hint) if lines else html.Div()


def change_sentences(plan: Plan) -> list[str]:
    """Per kind of data what an import would do to its rows."""
    return [_sentence(row) for row in plan.get("rows", ())]


def _sentence(row: Mapping[str, Any]) -> str:
    names = {"added": "to add", "replaced": "to replace", "removed": "to remove"}
    parts = [f"{fmt.number(int(row[name]))} {words}" for name, words in names.items() if int(row[name])]
    kind = KINDS[row["entity"]].label if row["entity"] in KINDS else str(row["entity"]).replace("_", " ")
    return f"{kind}: {', '.join(parts) or 'nothing changes'}."
