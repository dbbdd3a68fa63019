"""Tenure: customer lifetime value that can be trusted, from a file of orders to a page."""

from __future__ import annotations

__version__ = "0.1.0"
