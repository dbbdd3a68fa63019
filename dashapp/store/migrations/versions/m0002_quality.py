"""Data quality: rules as applied last, runs and their results, issues, and what happened to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.String(27)

# What happened to an issue is never changed. INSERT OR REPLACE deletes without firing a delete trigger, so a number
# that is taken is refused as well (security.md S-45).
SQLITE_TRIGGERS = (
    "CREATE TRIGGER quality_events_no_update BEFORE UPDATE ON quality_events"
    " BEGIN SELECT RAISE(ABORT, 'the history of issues is append-only'); END",
    "CREATE TRIGGER quality_events_no_delete BEFORE DELETE ON quality_events"
    " BEGIN SELECT RAISE(ABORT, 'the history of issues is append-only'); END",
    "CREATE TRIGGER quality_events_no_replace BEFORE INSERT ON quality_events"
    " WHEN EXISTS (SELECT 1 FROM quality_events WHERE event_id = NEW.event_id)"
    " BEGIN SELECT RAISE(ABORT, 'the history of issues is append-only'); END",
)
POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION quality_events_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the history of issues is append-only'; END $$",
    "CREATE TRIGGER quality_events_no_change BEFORE UPDATE OR DELETE ON quality_events"
    " FOR EACH ROW EXECUTE FUNCTION quality_events_refuse()",
    "CREATE TRIGGER quality_events_no_truncate BEFORE TRUNCATE ON quality_events"
    " FOR EACH STATEMENT EXECUTE FUNCTION quality_events_refuse()",
)


def upgrade() -> None:
    _rules_and_runs()
    _issues()
    _events()


def _rules_and_runs() -> None:
    op.create_table(
        "quality_rules",
        sa.Column("check_id", sa.String(80), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("table_name", sa.String(120), nullable=False),
        sa.Column("help", sa.Text, nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("sla_hours", sa.Integer, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("check_id", name="pk_quality_rules"),
    )
    op.create_table(
        "quality_runs",
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("snapshot_id", sa.String(64)),
        sa.Column("ran_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_quality_runs"),
    )
    op.create_table(
        "quality_results",
        sa.Column("run_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("check_id", sa.String(80), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("offending_rows", sa.BigInteger, nullable=False),
        sa.Column("checked_rows", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("customers", sa.BigInteger),
        sa.CheckConstraint("status in ('passed', 'warning', 'failed')", name=op.f("ck_quality_results_status")),
        sa.PrimaryKeyConstraint("run_id", "check_id", name="pk_quality_results"),
        sa.ForeignKeyConstraint(["run_id"], ["quality_runs.run_id"], name="fk_quality_results_run_id"),
        sa.ForeignKeyConstraint(["check_id"], ["quality_rules.check_id"], name="fk_quality_results_check_id"),
    )


def _issues() -> None:
    op.create_table(
        "quality_issues",
        sa.Column("issue_id", sa.Integer, nullable=False),
        sa.Column("check_id", sa.String(80), nullable=False),
        sa.Column("scope", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("sla_hours", sa.Integer, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("ignored_until", sa.Date),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("occurrences", sa.Integer, nullable=False),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("offending_rows", sa.BigInteger, nullable=False),
        sa.Column("checked_rows", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("customers", sa.BigInteger),
        sa.Column("resolved_at", INSTANT),
        sa.Column("verified_at", INSTANT),
        sa.Column("sample", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "state in ('new', 'acknowledged', 'in_progress', 'resolved', 'ignored')",
            name=op.f("ck_quality_issues_state"),
        ),
        sa.PrimaryKeyConstraint("issue_id", name="pk_quality_issues"),
        sa.ForeignKeyConstraint(["check_id"], ["quality_rules.check_id"], name="fk_quality_issues_check_id"),
        sa.UniqueConstraint("check_id", "scope", name="uq_quality_issues_check_id"),
    )


def _events() -> None:
    op.create_table(
        "quality_events",
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("issue_id", sa.Integer, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("state_before", sa.String(16)),
        sa.Column("state_after", sa.String(16), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_quality_events"),
        sa.ForeignKeyConstraint(["issue_id"], ["quality_issues.issue_id"], name="fk_quality_events_issue_id"),
    )
    op.create_index("ix_quality_events_issue_id", "quality_events", ["issue_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)
