"""The table of notes on days."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Integer, String, Table, Text

from dashapp.store.schema import Instant, metadata

notes = Table(
    "annotations",
    metadata,
    Column("annotation_id", Integer, primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("text", Text, nullable=False, doc="As typed; escaped wherever it is shown"),
    Column("scope", String(16), nullable=False),
    Column("scope_value", String(200), nullable=False, doc="Empty for the whole shop"),
    Column("is_private", Boolean, nullable=False, doc="Seen by its author only"),
    Column("author_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("author_name", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant, doc="Taken away, by its removal or by a newer wording; undoing empties it"),
    CheckConstraint("scope in ('all', 'country', 'channel')", name="scope"),
    CheckConstraint("first_day <= last_day", name="days"),
)
