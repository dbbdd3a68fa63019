"""How the state database came to be, one file per change in `versions/`; run by `dashapp.store.state.open`."""

from __future__ import annotations
