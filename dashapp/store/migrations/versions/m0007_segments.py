"""Segments people keep: the present state, every version, and the fixed lists of customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("segment_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("snapshot_id", sa.String(64), nullable=False),
        sa.Column("customers", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("owner_name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.String(120), nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.PrimaryKeyConstraint("segment_id", name="pk_segments"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.user_id"], name="fk_segments_owner_id"),
        sa.CheckConstraint("kind in ('dynamic', 'static')", name="ck_segments_kind"),
        sa.CheckConstraint("visibility in ('private', 'team')", name="ck_segments_visibility"),
    )
    op.create_index("ix_segments_owner_id", "segments", ["owner_id"])
    op.create_table(
        "segment_versions",
        sa.Column("segment_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("snapshot_id", sa.String(64), nullable=False),
        sa.Column("customers", sa.Integer, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("segment_id", "version", name="pk_segment_versions"),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.segment_id"], name="fk_segment_versions_segment_id"),
    )
    op.create_table(
        "customer_lists",
        sa.Column("list_key", sa.String(64), nullable=False),
        sa.Column("customer_ids", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("list_key", name="pk_customer_lists"),
    )
