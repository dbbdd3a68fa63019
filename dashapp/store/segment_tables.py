"""The tables of segments people keep: the present state, every version, and the fixed lists of customers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from dashapp.store.schema import Instant, metadata

segments = Table(
    "segments",
    metadata,
    Column("segment_id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("definition", Text, nullable=False, doc="Text of the rules, or the name of a fixed list"),
    Column("sentence", Text, nullable=False, doc="What was chosen, in words"),
    Column("snapshot_id", String(64), nullable=False, doc="What was shown when it was saved"),
    Column("customers", Integer, nullable=False, doc="In it on that snapshot"),
    Column("owner_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("owner_name", String(64), nullable=False),
    Column("version", Integer, nullable=False, doc="Grows with every change"),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(120), nullable=False),
    Column("removed_at", Instant, doc="Can be brought back"),
    CheckConstraint("kind in ('dynamic', 'static')", name="kind"),
    CheckConstraint("visibility in ('private', 'team')", name="visibility"),
)

segment_versions = Table(
    "segment_versions",
    metadata,
    Column("segment_id", Integer, ForeignKey("segments.segment_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),
    Column("name", String(80), nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("definition", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("snapshot_id", String(64), nullable=False),
    Column("customers", Integer, nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
)

customer_lists = Table(
    "customer_lists",
    metadata,
    Column("list_key", String(64), primary_key=True, doc="Random; a list never changes, a new one gets a new key"),
    Column("customer_ids", Text, nullable=False, doc="JSON list"),
    Column("created_at", Instant, nullable=False),
)
