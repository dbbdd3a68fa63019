"""Short links to saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, redirect
from flask.typing import ResponseReturnValue

from dashapp.services.views import SAVE, unknown
from dashapp.web import asof, identity
from dashapp.web.components.basics import safe_href
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.frame import Frame


def go(services: Services, code: str) -> ResponseReturnValue:
    """To the page a view is of. Raises NotFound: the same for no view, somebody else's, and a page one may not open."""
    reader = identity.principal()
    frame: Frame = current_app.extensions["tenure"]
    view = services.views.find(code, reader)
    if frame.open_to(view.path, reader) is None:
        raise unknown()
    services.views.opened(reader, code)
    past = f"&{asof.KEY}={seq}" if (seq := asof.asked()) is not None else ""
    return redirect(safe_href(view.href) + past)


ROUTES = (Route("/v/<code>", "views.go", go, SAVE),)
