"""/api/v1/ingest and /api/v1/jobs: rows pushed by programs, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from dashapp.errors import FilterError, NotFound
from dashapp.services import pushes
from dashapp.store.jobs import Job
from dashapp.web import api, identity
from dashapp.web.operation import Body, Operation, Parameter, Schema, closed
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

_OTHERS = (
    "customers",
    "products",
    "prices",
    "costs",
    "marketing_spend",
    "engagement_events",
    "contracts",
    "customer_summaries",
)
ENTITIES = {"orders": "order_lines"} | dict(zip(_OTHERS, _OTHERS, strict=True))
"What can be pushed: name in the address -> entity."
MAX_PUSH_BYTES = 25_000_000
MAX_KEY_CHARACTERS = 64
MEDIA_TYPE = "application/x-ndjson"
KEY = "Idempotency-Key"

_TEXT: Schema = {"type": "string"}
_WHEN: Schema = {"type": ["string", "null"], "description": "UTC, ISO 8601."}
_REJECT = closed(
    {
        "line": {"type": "integer", "description": "Line of the body, from 1."},
        "reasons": {"type": "array", "items": _TEXT},
        "sentences": {"type": "array", "items": _TEXT},
    }
)
_RESULT = closed(
    {
        "snapshot_id": _TEXT,
        "published": {"type": "boolean", "description": "False: the current snapshot already had this content."},
        "accepted": {"type": "integer", "description": "Rows that were loaded."},
        "rejected": {"type": "integer", "description": "Rows that were set aside."},
        "rejects": {"type": "array", "items": _REJECT, "description": "The first 100 of them."},
    },
    ("snapshot_id", "published", "accepted", "rejected", "rejects"),
)
JOB = closed(
    {
        "id": {"type": "integer"},
        "kind": _TEXT,
        "state": _TEXT | {"enum": ["queued", "running", "done", "failed", "cancelled", "lost"]},
        "fraction": {"type": "number", "description": "0 to 1."},
        "step": _TEXT,
        "message": _TEXT,
        "hint": _TEXT,
        "created_at": _WHEN,
        "started_at": _WHEN,
        "finished_at": _WHEN,
        "result": _RESULT | {"type": ["object", "null"]},
    }
)
PUSH = Operation(
    "Rows to load; the answer is the job that loads them.",
    closed({"job": JOB}),
    (
        Parameter("entity", "What the rows are.", {"enum": list(ENTITIES)}, in_path=True),
        Parameter("timezone", "The shop's time zone, where times carry an offset: Europe/London.", _TEXT),
        Parameter(KEY, "Names this push: sent again, it is the same job.", _TEXT | {"maxLength": 64}, in_header=True),
    ),
    (404, 409, 413, 415, 422),
    Body(MEDIA_TYPE, f"One JSON object per line, fields named as in docs/api.md; at most {MAX_PUSH_BYTES:,} bytes."),
    status=202,
)
ONE = Operation(
    "A job: how far it is, and what became of it.",
    closed({"job": JOB}),
    (Parameter("job_id", "Its number.", {"type": "integer"}, in_path=True),),
    (404, 422),
)


def push(services: Services, entity: str) -> ResponseReturnValue:
    """Keep the body and queue its load. Raises NotFound, FilterError, Conflict, TooManyJobs."""
    asked = api.query(PUSH)
    if entity not in ENTITIES:
        raise NotFound("There is nothing of that name to push.", f"There are: {', '.join(ENTITIES)}.")
    key = _key()
    if request.mimetype != MEDIA_TYPE:
        raise UnsupportedMediaType(f"The body must be {MEDIA_TYPE}: one JSON object per line.")
    wanted = {"entity": ENTITIES[entity], "timezone": _zone(asked)}
    job = pushes.push(services.jobs, services.settings, request.stream, wanted, identity.principal(), key)
    return jsonify(job=_shown(job)), 202, {"Location": f"/api/v1/jobs/{job.id}"}


def one(services: Services, job_id: str) -> ResponseReturnValue:
    """The job as it stands now. Raises NotFound, also for another's job unless the reader sees all."""
    api.query(ONE)
    if not (job_id.isascii() and job_id.isdecimal() and len(job_id) < 10):
        raise NotFound("There is no such job.", "A job is named by its number.")
    return jsonify(job=_shown(services.jobs.get(int(job_id), identity.principal())))


def _key() -> str:
    key = request.headers.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= MAX_KEY_CHARACTERS):
        raise FilterError(
            KEY, f"The header {KEY} must hold 1 to {MAX_KEY_CHARACTERS} plain characters.",
            "A new one for each push, and the same one when a push is sent again.",
        )  # fmt: skip
    return key


def _zone(asked: dict[str, str]) -> str:
    zone = asked.get("timezone", "")
    if zone and zone not in available_timezones():
        raise FilterError("timezone", f"{zone[:60]!r} is no time zone.", "Write it like Europe/London.")
    return zone


def _shown(job: Job) -> dict[str, Any]:
    """The job as JOB declares it: of its result only what is declared."""
    shown = {name: _plain(getattr(job, name)) for name in JOB["properties"] if name != "result"}
    told = job.result or {}
    result = {name: told[name] for name in _RESULT["properties"] if name in told}
    return shown | {"result": result if job.result is not None else None}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


ROUTES = (
    Route(
        "/api/v1/ingest/<entity>", "api.ingest", push, "ingest:push", ("POST",), MAX_PUSH_BYTES, operation=PUSH
    ),
    Route("/api/v1/jobs/<job_id>", "api.job", one, "ingest:push", operation=ONE),
)  # fmt: skip
