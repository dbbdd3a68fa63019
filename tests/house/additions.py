"""One new file of each kind, and a program that uses them all: the material of test_one_file."""

from __future__ import annotations

from textwrap import dedent

FILES = {
    "etl/sources/toy.py": '''
        """Forty customers who buy every other week or leave early."""
        from __future__ import annotations
        from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source

        def deliver(request: Request) -> Delivery:
            path = request.work / "toy.csv"
            lines = ["order,who,when,amount"]
            for who in range(40):
                for day in range(1, 3 + who % 25, 1 + who % 3):
                    lines.append(f"{who}-{day},{who},2024-03-{day:02d},{10 + who}")
            path.write_text("\\n".join(lines) + "\\n")
            columns = {"order_id": ("order",), "customer_id": ("who",), "ordered_at": ("when",)}
            columns["unit_price"] = ("amount",)
            reading = Reading(fixed=(("quantity", "1"), ("product_id", "toy")))
            return Delivery((DeliveredFile("order_lines", path, columns, reading),), Shop("Toy", "EUR"))

        SOURCE = Source(name="toy", help="A toy shop", demo=True, needs_path=False, deliver=deliver)
    ''',
    "etl/sql/marts/weekdays.sql": """
        -- grain: weekday
        -- sort: weekday
        -- weekday SMALLINT: 1 is Monday
        -- lines BIGINT: order lines on that weekday
        select cast(isodow(order_date) as smallint) as weekday, cast(count(*) as bigint) as lines
        from marts.order_lines
        group by cast(isodow(order_date) as smallint)
    """,
    "etl/checks/no_giants.sql": """
        -- title: No line is worth more than 45
        -- dimension: conformity
        -- severity: warn
        -- table: staging.order_lines
        -- help: Only the toy shop has this rule.
        select batch_id, line_number, amount from staging.order_lines where amount > 45
    """,
    "dashapp/store/queries/busy_weekdays.sql": """
        -- question: How many lines per weekday?
        -- filters: none
        -- columns: weekday SMALLINT, lines BIGINT
        select weekday, lines from marts.weekdays order by weekday
    """,
    "dashapp/store/metrics/busiest_weekday.sql": """
        -- label: Lines on the busiest weekday
        -- unit: count
        -- better: neutral
        -- definition: Order lines on the weekday with the most.
        -- formula: max(lines) over weekdays
        -- filters: none
        select cast(max(lines) as double) as value, null as low, null as high, cast(sum(lines) as bigint) as n
        from marts.weekdays
    """,
    "dashapp/charts/weekdays.py": '''
        """Lines per weekday."""
        from __future__ import annotations
        import pandas as pd
        from dashapp.charts.chart import Chart, ChartSpec, View

        def build(frame: pd.DataFrame, view: View) -> Chart:
            bars = {"type": "bar", "x": frame["weekday"].tolist(), "y": frame["lines"].tolist()}
            return Chart({"data": [bars], "layout": {}}, f"{frame['lines'].sum()} lines.", frame)

        CHART = ChartSpec("weekdays", "Weekdays", "count", "Order lines per weekday.", "busy_weekdays", build)
    ''',
    "dashapp/domain/models/twin.py": '''
        """BG/NBD under another name."""
        from __future__ import annotations
        from dashapp.domain.models.bg_nbd import BgNbd

        class Twin(BgNbd):
            name = "twin"
            target = "purchases"
            title = "Twin"

        MODEL = Twin()
    ''',
    "dashapp/domain/baselines/nothing.py": '''
        """Nobody buys."""
        from __future__ import annotations
        import numpy as np
        from dashapp.domain.baseline import Baseline, History, Prediction

        def predict(history: History) -> Prediction:
            return Prediction(active=np.zeros(len(history.rfm)))

        BASELINE = Baseline("nothing", "Nothing", "Nobody buys.", predict)
    ''',
    "dashapp/web/pages/toys.py": '''
        """/toys: proof that a page is one file."""
        from __future__ import annotations
        from typing import Any
        from dash import Input, Output, html
        from dashapp.services.charting import draw
        from dashapp.domain.filters import Filters
        from dashapp.web import asof
        from dashapp.web.components.ids import ids
        from dashapp.web.page import Page

        (SAYS,) = ids("toys", "says")

        def layout(**address: Any) -> html.Div:
            return html.Div("Toys live here", id=SAYS)

        def wire(door: Any, services: Any) -> None:
            @door.callback(Output(SAYS, "children"), Input(SAYS, "id"))
            def _(_: str) -> str:
                return draw("weekdays", asof.shown(services), Filters()).summary

        PAGE = Page("/toys", "Toys", "overview:read", layout, wire)
    ''',
    "dashapp/web/routes/ping.py": '''
        """/ping/pong: proof that a route is one file."""
        from __future__ import annotations
        from dashapp.web.route import PUBLIC, Route

        ROUTES = (Route("/ping/pong", "ping.pong", lambda services: "pong", PUBLIC),)
    ''',
    "dashapp/web/routes/api_toys.py": '''
        """/api/v1/toys: proof that an address of the API is one file."""
        from __future__ import annotations
        from dashapp.web.operation import Operation, closed
        from dashapp.web.route import Route

        TOYS = Operation("How many toys there are.", closed({"toys": {"type": "integer"}}))
        ROUTES = (Route("/api/v1/toys", "api.toys", lambda services: {"toys": 3}, "overview:read", operation=TOYS),)
    ''',
    "dashapp/services/job_kinds/nap.py": '''
        """Sleep for nothing."""
        from __future__ import annotations
        from dashapp.services.job_kind import JobKind

        KIND = JobKind("nap", "refresh:run", "Nap", lambda arguments, settings: ["true"])
    ''',
    "dashapp/commands/hello.py": '''
        """`hello`: greet."""
        from __future__ import annotations
        import typer

        APP = typer.Typer()

        @APP.command()
        def hello() -> None:
            """Greet."""
            typer.echo("hello yourself")
    ''',
}

USE = """
    import json
    from dashapp import settings
    from dashapp.__main__ import build as commands
    from dashapp.domain import baseline
    from dashapp.domain.filters import Filters
    from dashapp.domain.shelf import purchase_model
    from dashapp.services.charting import draw
    from dashapp.services.job_kind import kind
    from dashapp.services.services import build
    from dashapp.store import accounts
    from dashapp.store.state import now, writing
    from dashapp.web import factory, identity
    from typer.testing import CliRunner

    services = build(settings.load())
    snapshot = services.snapshots.current()
    with writing(services.engine) as connection:
        accounts.add(connection, "ann", "Ann", "viewer", now())
    link = services.login.create_link("ann")
    token = services.login.redeem_link(link, "Tide-orchard-seven-lanterns", "127.0.0.1", "test")
    client = factory.create_app(services).server.test_client()
    anonymous = client.get("/toys").status_code
    ping = client.get("/ping/pong").text
    client.set_cookie(identity.cookie_name(services.settings), token)
    told = client.get("/api/v1/openapi.json").get_json()
    said = client.post("/_dash-update-component", headers={"Sec-Fetch-Site": "same-origin"}, json={
        "output": "toys-says.children", "outputs": {"id": "toys-says", "property": "children"},
        "inputs": [{"id": "toys-says", "property": "id", "value": "toys-says"}],
        "state": [{"id": "_pages_location", "property": "search", "value": ""}], "changedPropIds": ["toys-says.id"]})
    base = snapshot.base(Filters())
    print(json.dumps({
        "query": int(snapshot.frame("busy_weekdays")["lines"].sum()),
        "metric": snapshot.metric("busiest_weekday").n,
        "check": "no_giants" in set(snapshot.frame("data_checks")["check_id"]),
        "chart": draw("weekdays", snapshot, Filters()).summary,
        "model": purchase_model("twin").fit(base).model,
        "baseline": baseline.shelf()["nothing"].title,
        "page": [anonymous, client.get("/toys").status_code, said.get_json()["response"]["toys-says"]["children"]],
        "route": ping,
        "api": [client.get("/api/v1/toys").get_json(), "/api/v1/toys" in told["paths"]],
        "job": kind("nap").title,
        "command": CliRunner().invoke(commands(), ["hello"]).output.strip(),
    }))
"""


def content(text: str) -> str:
    return dedent(text).lstrip("\n")
