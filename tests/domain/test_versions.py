"""Versions are those of the packages that compute."""

from __future__ import annotations

import json

import numpy
import sklearn

from dashapp.domain.versions import versions


def test_versions_are_those_that_are_imported():
    found = json.loads(versions())
    assert (found["numpy"], found["scikit-learn"]) == (numpy.__version__, sklearn.__version__)
    assert set(found) == {"python", "numpy", "pandas", "scipy", "scikit-learn"}
