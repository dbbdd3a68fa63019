"""Which models there are: whatever lies in `models/`. Adding a model is adding a file."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashapp.discovery import modules
from dashapp.domain import models
from dashapp.domain.model import Fitted, Model, PurchaseFit, SpendFit
from dashapp.domain.model_kinds import OpportunityFit, RetentionFit
from dashapp.errors import InputError

DEFAULT_PURCHASES = "mbg_nbd"
DEFAULT_SPEND = "gamma_gamma"


ENTRY = re.compile(r'^    (name|target|title) = "(.+)"$', re.MULTILINE)
"""How a model file writes down what it is."""


@lru_cache(maxsize=8)
def titles(target: str = "") -> dict[str, str]:
    """Titles of the models by name, of one target or of all, from the text of the files: importing would load scipy.

    >>> titles("purchases")["mbg_nbd"], "gamma_gamma" in titles("purchases"), titles()["gamma_gamma"]
    ('MBG/NBD', False, 'Gamma-Gamma')
    """
    files = sorted(path for folder in models.__path__ for path in Path(folder).glob("[!_]*.py"))
    entries = [dict(ENTRY.findall(path.read_text(encoding="utf-8"))) for path in files]
    return {entry["name"]: entry["title"] for entry in entries if target in ("", entry["target"])}


def purchase_models() -> dict[str, Model[PurchaseFit]]:
    """Models of when customers buy and leave, by name.

    >>> "mbg_nbd" in purchase_models(), "gamma_gamma" in purchase_models()
    (True, False)
    """
    return _for("purchases")


def origin_models() -> dict[str, Model[PurchaseFit]]:
    """Purchase models that also read channel and country of the first purchase, by name; they score no shop yet."""
    return _for("purchases by origin")


def spend_models() -> dict[str, Model[SpendFit]]:
    """Models of what customers spend per purchase, by name."""
    return _for("spend")


def opportunity_models() -> dict[str, Model[OpportunityFit]]:
    """Models of who takes which of a number of opportunities, by name."""
    return _for("opportunities")


def retention_models() -> dict[str, Model[RetentionFit]]:
    """Models of how long subscribers stay, by name."""
    return _for("retention")


def purchase_model(name: str) -> Model[PurchaseFit]:
    """Raises InputError for a name that is not on the shelf."""
    shelf = purchase_models()
    if name not in shelf:
        raise InputError(f"There is no model {name!r}.", f"Models are {', '.join(shelf)}.")
    return shelf[name]


def restore(text: str) -> Fitted:
    """The Fitted that `to_json` wrote, whichever model it is of. Raises InputError for any other text."""
    name = json.loads(text).get("model")
    for model in _shelf():
        if model.name == name:
            return model.restore(text)  # type: ignore[no-any-return]
    raise InputError(f"There is no model {name!r}.", "The parameters were stored by another version.")


def _for(target: str) -> dict[str, Any]:
    return {model.name: model for model in _shelf() if model.target == target}


def _shelf() -> list[Any]:
    return [module.MODEL for module in modules(models)]
