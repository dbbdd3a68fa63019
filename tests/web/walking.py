"""A reader without a browser: renders a page and runs the callbacks that a browser would run when it arrives.

What happens in the browser alone (clientside callbacks) and what waits for a click stays out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from dashapp.web.gate import CALLBACKS
from tests.web.conftest import SAME_ORIGIN, House, render_page

FIRST_ROWS = {"startRow": 0, "endRow": 100, "filterModel": {}, "sortModel": []}
"What a grid asks for as soon as it is there."
Props = dict[str, dict[str, Any]]


@dataclass
class Visit:
    """What came back: the page, then one answer per callback, in the order they ran."""

    statuses: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def visit(house: House, path: str, role: str = "admin", search: str = "") -> Visit:
    """Open a page as `role` and wait until nothing more would happen by itself."""
    client, seen = house.client(role), Visit()
    seen.statuses["page"], page = _asked(render_page(client, path, search), seen)
    props = _properties(page)
    props["_pages_location"] = {"pathname": path, "search": search}
    waiting = [entry for entry in _dependencies(client) if _runs_at_once(entry, props)]
    while waiting:
        written = {_names(one) for entry in waiting for one in _outputs(entry)}
        ready = [entry for entry in waiting if not written & {_names(one) for one in entry["inputs"]}] or waiting
        for entry in ready:
            waiting.remove(entry)
            _run(client, entry, props, seen)
    return seen


def _run(client: FlaskClient, entry: dict[str, Any], props: Props, seen: Visit) -> None:
    def valued(item: dict[str, str]) -> dict[str, Any]:
        fallback = FIRST_ROWS if item["property"] == "getRowsRequest" else None
        value = props.get(item["id"], {}).get(item["property"], fallback)
        return {"id": item["id"], "property": item["property"], "value": value}

    outputs = _outputs(entry)
    body = {
        "output": entry["output"],
        "outputs": outputs if entry["output"].startswith("..") else outputs[0],
        "inputs": [valued(item) for item in entry["inputs"]],
        "state": [valued(item) for item in entry["state"]],
        "changedPropIds": [],
    }
    status, answer = _asked(client.post(CALLBACKS, json=body, headers=SAME_ORIGIN), seen)
    seen.statuses[entry["output"]] = status
    for target, changed in (answer or {}).get("response", {}).items():
        props.setdefault(target, {}).update(changed)


def _asked(answer: Any, seen: Visit) -> tuple[int, Any]:
    seen.texts.append(answer.text)
    return answer.status_code, answer.json if answer.status_code == 200 else None


def _dependencies(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/_dash-dependencies", headers=SAME_ORIGIN).json
    return found


def _runs_at_once(entry: dict[str, Any], props: Props) -> bool:
    here = all(item["id"] in props for item in entry["inputs"] if item["id"] != "_pages_location")
    on_page = any(one["id"] in props for one in _outputs(entry)) and "_pages_content" not in entry["output"]
    return here and on_page and not (entry["prevent_initial_call"] or entry["clientside_function"] or _is_job(entry))


def _is_job(entry: dict[str, Any]) -> bool:
    return bool(entry.get("background") or entry.get("long"))


def _outputs(entry: dict[str, Any]) -> list[dict[str, str]]:
    parts = entry["output"].strip(".").split("...")
    return [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]


def _names(item: dict[str, str]) -> tuple[str, str]:
    return item["id"], item["property"].split("@")[0]


def _properties(answer: Any) -> Props:
    """Component id -> its properties, of a page as Dash sends it."""
    return {str(props["id"]): props for props in _components(answer) if isinstance(props.get("id"), str)}


def _components(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("props"), dict):
            yield node["props"]
        for value in node.values():
            yield from _components(value)
    elif isinstance(node, list):
        for value in node:
            yield from _components(value)


def not_numbers(text: str) -> list[str]:
    """Words of an answer that no reader should see."""
    return [word for word in (">NaN<", '"NaN"', "Infinity", '"nan"', '"NaT"', '"None"') if word in text]
