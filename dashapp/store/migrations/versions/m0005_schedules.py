"""Schedules: durable jobs that are asked for by the clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"

INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("schedule_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("owner_name", sa.String(64), nullable=False),
        sa.Column("cron", sa.String(120), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_slot_at", INSTANT, nullable=False),
        sa.Column("last_job_id", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.PrimaryKeyConstraint("schedule_id", name="pk_schedules"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.user_id"], name="fk_schedules_owner_id"),
        sa.UniqueConstraint("name", name="uq_schedules_name"),
    )
