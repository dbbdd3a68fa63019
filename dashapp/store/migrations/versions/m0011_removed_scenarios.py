"""A scenario of the lab that was removed can be brought back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.String(27)


def upgrade() -> None:
    op.add_column("scenarios", sa.Column("removed_at", INSTANT))
