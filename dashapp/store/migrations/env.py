"""Alembic's entry: runs the migrations on the connection and in the transaction that `state.open` hands over."""

from __future__ import annotations

from alembic import context

import dashapp.store.annotations  # noqa: F401 - its table belongs to the metadata
from dashapp.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
