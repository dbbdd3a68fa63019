"""A whole application on the sample snapshot, with one reader per role, and the way a browser talks to it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

from dashapp import logs
from dashapp.services.access import Role
from dashapp.services.services import Services, build
from dashapp.settings import Settings
from dashapp.store import accounts
from dashapp.store.state import now, writing
from dashapp.web import factory, identity

PASSWORD = "Tide-orchard-seven-lanterns"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
ROLES = [role.value for role in Role]


@dataclass(frozen=True)
class House:
    """One application, its services and a session token per role."""

    app: dash.Dash
    services: Services
    tokens: dict[str, str]

    def client(self, role: str = "") -> FlaskClient:
        """A browser: signed in as `role`, or anonymous."""
        client = self.app.server.test_client()
        if role:
            client.set_cookie(identity.cookie_name(self.services.settings), self.tokens[role])
        return client


def settle(settings: Settings) -> tuple[Services, dict[str, str]]:
    """Services with an account per role and a session for each."""
    services = build(settings)
    for role in Role:
        with writing(services.engine) as connection:
            accounts.add(connection, role.value, role.value.title(), role.value, now())
    tokens = {
        role.value: services.login.redeem_link(services.login.create_link(role.value), PASSWORD, "127.0.0.1", "tests")
        for role in Role
    }
    return services, tokens


def open_house(folder: Path, warehouse: Settings | None, exports_per_hour: int = 10_000) -> House:
    """An application in `folder` on the snapshots of `warehouse`, or on none."""
    # Tests share the house and its analyst, so they share an hour too.
    settings = Settings(data_dir=folder, exports_per_hour=exports_per_hour, card_exports_per_hour=10_000)
    if warehouse:
        # A copy: DuckDB refuses one file under two configurations in one process, and other tests hold the original.
        shutil.copytree(warehouse.data_dir / "warehouse", folder / "warehouse")
    services, tokens = settle(settings)
    return House(factory.create_app(services), services, tokens)


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    logs.configure("json", "ERROR")


@pytest.fixture(scope="session")
def house(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The application on the sample snapshot; tests only read through it."""
    return open_house(tmp_path_factory.mktemp("house"), sample_warehouse)


@pytest.fixture(scope="session")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The application before any data."""
    return open_house(tmp_path_factory.mktemp("empty_house"), None)


def body_of(app: dash.Dash, key: str, **values: Any) -> dict[str, Any]:
    """A well-formed callback request as the renderer sends it; `values` are by `id.property` with __ for - and ."""
    entry = app.callback_map[key]
    outputs = [_place(part) for part in key.strip(".").split("...")]
    return {
        "output": key,
        "outputs": outputs if key.startswith("..") else outputs[0],
        "inputs": [item | {"value": None} for item in entry["inputs"]],
        "state": [item | {"value": None} for item in entry["state"]],
        "changedPropIds": [f"{entry['inputs'][0]['id']}.{entry['inputs'][0]['property']}"],
    }


def _place(part: str) -> dict[str, str]:
    component, prop = part.rsplit(".", 1)
    return {"id": component, "property": prop}


def render_page(client: FlaskClient, pathname: str, search: str = "", **overrides: Any) -> Any:
    """Ask Dash's page router for a page, as the browser does after a navigation."""
    places = [
        {"id": "_pages_location", "property": name, "value": value}
        for name, value in (("pathname", pathname), ("search", search))
    ]
    body = {
        "output": ROUTER,
        "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
        "inputs": places,
        "state": [{"id": "_pages_location", "property": "pathname", "value": pathname}],
        "changedPropIds": ["_pages_location.pathname"],
    } | overrides
    return client.post("/_dash-update-component", json=body, headers=SAME_ORIGIN)


ROUTER = next(key for key in factory.DASH_CALLBACKS if "_pages_content" in key)
