"""Stylesheets and scripts that are put together at the start."""

from __future__ import annotations

from dashapp.web import vendor
from dashapp.web.route import PUBLIC, Route

ROUTES = (Route("/vendor/<version>/<name>", "files.vendor", vendor.serve, PUBLIC),)
