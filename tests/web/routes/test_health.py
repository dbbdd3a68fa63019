"""What a supervisor hears: served, served from an earlier snapshot, or not at all."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import create_engine

from dashapp.errors import SnapshotDamaged
from dashapp.web.routes.health import ready


def _damaged() -> None:
    raise SnapshotDamaged("No published snapshot can be read.")


@pytest.mark.parametrize(
    ("current", "problem", "said", "status"),
    [
        (lambda: None, "", {"status": "ok", "state": "ok", "snapshot": "ok"}, 200),
        (lambda: None, "Snapshot 2 cannot be read.", {"status": "degraded", "state": "ok", "snapshot": "earlier"}, 200),
        (_damaged, "", {"status": "unavailable", "state": "ok", "snapshot": "SnapshotDamaged"}, 503),
    ],
)
def test_readiness_tells_an_earlier_snapshot_from_the_published_one(current, problem: str, said: dict, status: int):
    services = SimpleNamespace(
        engine=create_engine("sqlite://"), snapshots=SimpleNamespace(current=current, problem=problem)
    )
    with Flask(__name__).app_context():
        response, code = ready(services)
    assert (response.get_json(), code) == (said, status)
