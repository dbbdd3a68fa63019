"""Addresses that are not pages. Every module here holds ROUTES; adding one is adding a file."""

from __future__ import annotations
