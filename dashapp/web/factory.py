"""One application: server, gate, pages, callbacks, headers. Finalised at once, so several can live in one process."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable

import dash
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashapp import discovery, written
from dashapp.charts.kit import theme
from dashapp.services.services import Services
from dashapp.web import compression, errors, headers, identity, scripts, shell, vendor
from dashapp.web.background import JobManager
from dashapp.web.components import export_menu, filterbar, palette, views_menu
from dashapp.web.door import BROWSER, SIGNED_IN, Door
from dashapp.web.frame import PATHNAME, Frame, discover
from dashapp.web.gate import CALLBACKS, PAGES, Gate, answer_badly_formed
from dashapp.web.page import Page
from dashapp.web.route import MAX_BYTES, Route

DASH_CALLBACKS = {
    ".._pages_content.children..._pages_store.data..": SIGNED_IN,  # renders a page, which checks its permission itself
    "_pages_dummy.children": BROWSER,  # sets the title
}
"What Dash Pages registers on its own."
INDEX = """<!DOCTYPE html>
<html lang="en" data-locale="__LOCALE__" data-grid="__GRID__">
<head>
{%metas%}
<title>{%title%}</title>
<script src="__THEME__"></script>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<script type="application/json" id="chart-templates">__TEMPLATES__</script>
<noscript><p class="notice">Tenure draws its pages with JavaScript, which is switched off here.</p></noscript>
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def create_app(services: Services, *, pages: Iterable[Page] = (), routes: Iterable[Route] = ()) -> dash.Dash:
    """The application. `pages` and `routes` come on top of the discovered ones."""
    written.use(services.settings.locale, services.settings.week_start)
    server = _server(services)
    frame = Frame(services, discover(pages))
    scripts.lean()
    app = _dash(server, services.settings.plotly_bundle)
    door = Door(app, JobManager(services.results, services.computations, identity.principal), services.ahead)
    gate = Gate(services, door, frame)
    errors.install(server, services)
    gate.install(server)
    server.extensions["tenure-routes"] = (*_discovered_routes(), *routes)
    for route in server.extensions["tenure-routes"]:
        _add(server, gate, services, route)
    frame.install(app)
    _wire(door, frame, services)
    _finalise(app)
    app.layout = functools.partial(shell.layout, frame)
    for key, permission in DASH_CALLBACKS.items():
        door.declare(key, permission)
    gate.seal(server)
    server.extensions["tenure-gate"] = gate
    for endpoint in PAGES:
        server.view_functions[endpoint] = frame.answering_missing(server.view_functions[endpoint])
    server.view_functions[CALLBACKS] = answer_badly_formed(app.server.view_functions[CALLBACKS])
    compression.install(server)
    headers.install(server, app.csp_hashes(), tls=services.settings.tls)
    return app


def _server(services: Services) -> Flask:
    server = Flask("dashapp.web", static_folder=None)
    server.debug = False  # whatever FLASK_DEBUG says: the debugger is a remote shell
    server.config |= {
        "SECRET_KEY": services.secret.key("cookies").hex(),
        "SECRET_KEY_FALLBACKS": [key.hex() for key in services.secret.keys("cookies")[1:]],
        "MAX_CONTENT_LENGTH": MAX_BYTES,
        "SESSION_COOKIE_SECURE": services.settings.tls,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    identity.install(server, services)
    if count := services.settings.proxies_count:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    server.jinja_env.globals["asset"] = scripts.asset
    return server


def _dash(server: Flask, plotly_bundle: str) -> dash.Dash:
    app = dash.Dash(
        "dashapp.web",
        server=server,  # type: ignore[arg-type]
        use_pages=True,
        pages_folder="",
        assets_folder=str(scripts.ASSETS),
        assets_ignore=r"\.(js|css)$",
        external_stylesheets=vendor.addresses(".css", plotly_bundle),
        external_scripts=vendor.addresses(".js", plotly_bundle),
        suppress_callback_exceptions=True,
        include_pages_meta=False,
        routing_callback_inputs=PATHNAME,
        on_error=errors.in_callback,
        title="Tenure",
        update_title="",
        enable_mcp=False,
        compress=False,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "color-scheme", "content": "light dark"},
        ],
    )
    templates = json.dumps({name: theme.template(name) for name in theme.THEMES}).replace("<", "\\u003c")
    index = INDEX.replace("__LOCALE__", written.style().locale.replace("_", "-"))
    index = index.replace("__THEME__", scripts.asset("00-theme.js")).replace("__GRID__", scripts.grid())
    app.index_string = index.replace("__TEMPLATES__", templates)
    return app


def _add(server: Flask, gate: Gate, services: Services, route: Route) -> None:
    view = functools.partial(route.view, services)
    server.add_url_rule(route.rule, endpoint=route.endpoint, view_func=view, methods=list(route.methods))
    gate.endpoints[route.endpoint] = route.permission
    gate.limits[route.endpoint] = route.limit(services.settings)
    if route.is_api or route.operation:
        gate.apis.add(route.endpoint)


def _discovered_routes() -> list[Route]:
    from dashapp.web import routes

    return [route for module in discovery.modules(routes) for route in module.ROUTES]


def _wire(door: Door, frame: Frame, services: Services) -> None:
    shell.wire(door, frame)
    filterbar.wire(door)
    export_menu.wire(door, services, frame.pages)
    views_menu.wire(door, services, frame.open_to)
    palette.wire(door, frame, services)
    for page in frame.pages:
        page.wire(door.on(page.permission), services)


def _finalise(app: dash.Dash) -> None:
    """Let Dash register its router and collect its scripts now, not at the first request.

    Our own hooks would refuse this made-up request, so only Dash's are called.
    """
    app.layout = dash.html.Div()  # Dash calls a layout function here, and ours wants a reader
    with app.server.test_request_context("/"):
        for hook in app.server.before_request_funcs.get(None, []):
            if not hook.__module__.startswith("dashapp."):
                hook()
