"""Every example in the domain's docstrings is run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from dashapp import domain

NAMES = [info.name for info in pkgutil.walk_packages(domain.__path__, "dashapp.domain.")]


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_true(name: str):
    assert doctest.testmod(importlib.import_module(name), raise_on_error=False).failed == 0


@pytest.mark.slow
def test_there_are_examples():
    attempted = [doctest.testmod(importlib.import_module(name)).attempted for name in NAMES]
    assert sum(attempted) >= 8
