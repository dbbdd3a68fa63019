"""What the drawer and the definitions are told: who may see what, of which view, and words instead of a failure."""

from __future__ import annotations

from typing import Any

import pytest

from dashapp.charts import catalogue
from dashapp.store import metrics
from tests.web.conftest import ROLES, SAME_ORIGIN, House

WHO, WHAT = "/numbers/metric/active_customers/who", "/numbers/metric/active_customers/what"


def told(house: House, role: str, address: str, status: int = 200) -> dict[str, Any]:
    answer = house.client(role).get(address)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json
    return body


def test_the_drawer_says_the_value_the_customers_and_the_same_rows_elsewhere(house: House) -> None:
    said = told(house, "analyst", f"{WHO}?range=all&category=Home")
    assert said["figures"][0] == ["Customers", said["value"]]
    assert said["words"][-1] == "Chosen: category Home."
    assert (len(said["table"]["rows"]), said["badge"]["text"]) == (50, "Predictions: valid")
    assert said["export"] == said["href"].replace("/customers?", "/export/customers.zip?")
    file = house.client("analyst").get(said["export"].replace(".zip", ".csv")).text
    assert f"{len(file.splitlines()) - 1:,}" == said["value"]
    assert file.splitlines()[1].startswith(said["table"]["rows"][0][0])


def test_the_customers_of_a_number_are_kept_as_a_segment_by_those_who_may(house: House) -> None:
    address = "/numbers/metric/active_customers/segment?range=lm"
    for role, status in (("viewer", 403), ("analyst", 200)):
        answer = house.client(role).post(address, data={"name": "Buyers of last month"}, headers=SAME_ORIGIN)
        assert answer.status_code == status
        assert told(house, role, WHO)["may_save"] is (status == 200)
    assert f"{told(house, 'analyst', f'{WHO}?range=lm')['value']} customers" in answer.json["text"]
    again = house.client("analyst").post(address, data={"name": ""}, headers=SAME_ORIGIN)
    assert (again.status_code, bool(again.json["detail"])) == (422, True)
    analyst = house.services.login.principal(house.tokens["analyst"])
    kept = [segment for segment in house.services.segments.all(analyst) if segment.name == "Buyers of last month"]
    house.services.segments.remove(analyst, kept[0].id)


def test_contact_is_shown_to_whom_it_may_be_and_written_down(house: House) -> None:
    looks = "customer:contacts_listed"
    before = len(house.services.journal.recent(200, event=looks))
    assert "E-mail" not in told(house, "viewer", WHO)["table"]["columns"]
    assert "E-mail" in told(house, "analyst", WHO)["table"]["columns"]
    assert len(house.services.journal.recent(200, event=looks)) == before + 1


@pytest.mark.parametrize(("role", "sees"), [("viewer", False), ("analyst", True)])
def test_a_definition_holds_formula_view_and_data_and_its_sql_for_analysts(house: House, role: str, sees: bool) -> None:
    said = told(house, role, f"{WHAT}?range=lm&segment=Loyal")
    lines = dict(said["lines"])
    assert {"Unit", "Grain", "Heeds", "Ignores", "As of", "Snapshot", "Registered as"} <= set(lines)
    assert "segment Loyal" in lines["Filters in force"]
    assert ("sql" in said) is sees
    assert not sees or ("marts.customer_days" in said["sql"] and "Loyal" in said["values"].values())


@pytest.mark.parametrize(
    "number",
    [
        *(f"metric/{name}" for name in metrics.names()),
        *(f"chart/{name}" for name in catalogue.charts()),
        "query/product_figures",
    ],
)
def test_every_number_of_the_registry_has_a_definition(house: House, number: str) -> None:
    said = told(house, "analyst", f"/numbers/{number}/what")
    assert "{" not in said["sql"]
    assert all(text for _, text in said["lines"])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/numbers/metric/nothing/who", 404),
        ("/numbers/metric/contract_churn_rate/who", 404),
        ("/numbers/pie/net_sales/what", 404),
        (f"{WHO}?range=never", 422),
        ("/numbers/chart/segments/who?mark=limits%3Dclv", 422),
        ("/numbers/chart/segments/who?mark=" + "a" * 5000, 422),
        (f"{WHO}?as_of=99", 410),
    ],
)
def test_a_number_that_cannot_be_told_says_why(house: House, address: str, status: int) -> None:
    assert told(house, "viewer", address, status)["detail"]


@pytest.mark.parametrize("role", ROLES)
def test_before_any_data_the_drawer_says_so(empty_house: House, role: str) -> None:
    assert "No data" in told(empty_house, role, WHO, 503)["detail"]


def test_strangers_learn_nothing(house: House) -> None:
    assert house.client().get(WHO).status_code == 401
