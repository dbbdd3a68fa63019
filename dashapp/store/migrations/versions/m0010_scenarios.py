"""Scenarios of the lab: assumptions under a name, for their author or for the team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"

INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "scenarios",
        sa.Column("scenario_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("owner_name", sa.String(64), nullable=False),
        sa.Column("for_team", sa.Boolean, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scenario_id", name="pk_scenarios"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.user_id"], name="fk_scenarios_owner_id"),
        sa.UniqueConstraint("owner_id", "name", name="uq_scenarios_owner_id"),
    )
