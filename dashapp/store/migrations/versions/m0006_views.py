"""Saved views, the marks readers put on them, and the view a page opens with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "views",
        sa.Column("view_id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("path", sa.String(120), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("owner_name", sa.String(64), nullable=False),
        sa.Column("is_team", sa.Boolean, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.PrimaryKeyConstraint("view_id", name="pk_views"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.user_id"], name="fk_views_owner_id"),
        sa.UniqueConstraint("code", name="uq_views_code"),
    )
    op.create_index("ix_views_owner_id", "views", ["owner_id"])
    op.create_table(
        "view_marks",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("view_id", sa.Integer, nullable=False),
        sa.Column("starred_at", INSTANT),
        sa.Column("opened_at", INSTANT),
        sa.PrimaryKeyConstraint("user_id", "view_id", name="pk_view_marks"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_view_marks_user_id"),
        sa.ForeignKeyConstraint(["view_id"], ["views.view_id"], name="fk_view_marks_view_id"),
    )
    op.create_table(
        "view_defaults",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("path", sa.String(120), nullable=False),
        sa.Column("view_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "path", name="pk_view_defaults"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_view_defaults_user_id"),
        sa.ForeignKeyConstraint(["view_id"], ["views.view_id"], name="fk_view_defaults_view_id"),
    )
