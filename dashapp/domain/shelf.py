"""Which models there are: whatever lies in `models/`. Adding a model is adding a file."""

from __future__ import annotations

import ast
import json
import pkgutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashapp.discovery import modules
from dashapp.domain import models
from dashapp.domain.model import Fitted, Model, PurchaseFit, SpendFit
from dashapp.errors import InputError

DEFAULT_PURCHASES = "mbg_nbd"
DEFAULT_SPEND = "gamma_gamma"


def names() -> list[str]:
    """Every model's name, from the names of the files: nothing heavy is imported, so a web process may ask.

    >>> names()[0]
    'bg_nbd'
    """
    return sorted(info.name for info in pkgutil.iter_modules(models.__path__))


@lru_cache(maxsize=1)
def declared() -> dict[str, dict[str, str]]:
    """`title` and `target` of every model by name, read from the files without running them, as `names` is.

    >>> declared()["mbg_nbd"]
    {'target': 'purchases', 'title': 'MBG/NBD'}
    """
    folder = Path(next(iter(models.__path__)))
    return {name: _attributes((folder / f"{name}.py").read_text(encoding="utf-8")) for name in names()}


def _attributes(source: str) -> dict[str, str]:
    """The words a model file gives its class."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign))
    pairs = ((getattr(node.targets[0], "id", ""), node.value) for node in found)
    return {
        name: str(value.value)
        for name, value in pairs
        if name in ("title", "target") and isinstance(value, ast.Constant)
    }


def purchase_models() -> dict[str, Model[PurchaseFit]]:
    """Models of when customers buy and leave, by name.

    >>> "mbg_nbd" in purchase_models(), "gamma_gamma" in purchase_models()
    (True, False)
    """
    return {model.name: model for model in _shelf() if model.target == "purchases"}


def spend_models() -> dict[str, Model[SpendFit]]:
    """Models of what customers spend per purchase, by name."""
    return {model.name: model for model in _shelf() if model.target == "spend"}


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


def _shelf() -> list[Any]:
    return [module.MODEL for module in modules(models)]
