"""The table of the lab's scenarios."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from dashapp.store.schema import Instant, metadata

scenarios = Table(
    "scenarios",
    metadata,
    Column("scenario_id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("address", Text, nullable=False, doc="Query string of the lab: the whole scenario"),
    Column("owner_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("owner_name", String(64), nullable=False),
    Column("for_team", Boolean, nullable=False, doc="Everybody may open it; else its owner alone"),
    Column("saved_at", Instant, nullable=False),
    Column("removed_at", Instant, doc="Can be brought back until its owner saves another of the name"),
    UniqueConstraint("owner_id", "name"),
)
