"""An issue knows what the customers it touches are predicted to bring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("quality_issues", sa.Column("clv", sa.BigInteger))
