"""Annotations: notes on days, drawn on every chart over time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("annotation_id", sa.Integer, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_value", sa.String(200), nullable=False),
        sa.Column("is_private", sa.Boolean, nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("author_name", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.PrimaryKeyConstraint("annotation_id", name="pk_annotations"),
        sa.ForeignKeyConstraint(["author_id"], ["users.user_id"], name="fk_annotations_author_id"),
        sa.CheckConstraint("scope in ('all', 'country', 'channel')", name=op.f("ck_annotations_scope")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_annotations_days")),
    )
