"""Alembic's entry: runs the migrations on the connection and in the transaction that `state.open` hands over."""

from __future__ import annotations

from alembic import context

from dashapp.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
