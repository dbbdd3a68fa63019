"""Stylesheets out of installed wheels."""

from __future__ import annotations

from dashapp.web import vendor
from dashapp.web.route import PUBLIC, Route

ROUTES = (Route("/vendor/<version>/<name>", "files.vendor", vendor.serve, PUBLIC),)
