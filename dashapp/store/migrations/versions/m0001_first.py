"""Accounts, sessions, one-time links, sign-in attempts, the journal and jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.String(27)

# The journal is append-only in the database itself. The insert trigger is what stops INSERT OR REPLACE, which
# deletes the old row without firing a delete trigger (security.md S-45).
SQLITE_TRIGGERS = (
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal"
    " WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
)
POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
    "CREATE FUNCTION journal_in_order() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM journal)"
    " THEN RAISE EXCEPTION 'the journal is append-only'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal"
    " FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal"
    " FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_in_order()",
)


def upgrade() -> None:
    _accounts()
    _journal()
    _jobs()


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("user_name", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("password_changed_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT),
        sa.Column("last_signed_in_at", INSTANT),
        sa.CheckConstraint("role in ('viewer', 'analyst', 'operator', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        sa.UniqueConstraint("user_name", name="uq_users_user_name"),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("ip", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(300), nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("session_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_sessions_user_id"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "links",
        sa.Column("link_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("link_hash", name="pk_links"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_links_user_id"),
    )
    op.create_index("ix_links_user_id", "links", ["user_id"])
    op.create_table(
        "attempts",
        sa.Column("attempt_key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("window_started_at", INSTANT, nullable=False),
        sa.Column("blocked_until", INSTANT),
        sa.PrimaryKeyConstraint("attempt_key", name="pk_attempts"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("ip", sa.String(64), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("owner_name", sa.String(64), nullable=False),
        sa.Column("idempotency_key", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("fraction", sa.Double, nullable=False),
        sa.Column("step", sa.String(120), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("heartbeat_at", INSTANT),
        sa.Column("cancel_requested_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled', 'lost')", name=op.f("ck_jobs_state")
        ),
        sa.PrimaryKeyConstraint("job_id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.user_id"], name="fk_jobs_owner_id"),
        sa.UniqueConstraint("owner_id", "kind", "idempotency_key", name="uq_jobs_owner_id"),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_lines",
        sa.Column("job_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_job_lines"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.job_id"], name="fk_job_lines_job_id"),
    )
