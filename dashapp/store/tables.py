"""The tables of the state database: everything people write. The migrations build exactly this; a test compares."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from dashapp.store import annotation_tables as annotation_tables  # so that `metadata` holds them too
from dashapp.store import scenario_tables as scenario_tables  # so that `metadata` holds them too
from dashapp.store import segment_tables as segment_tables  # so that `metadata` holds them too
from dashapp.store import view_tables as view_tables  # so that `metadata` holds them too
from dashapp.store.schema import Cents, Instant
from dashapp.store.schema import metadata as metadata

users = Table(
    "users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("user_name", String(64), nullable=False, unique=True, doc="Case-folded"),
    Column("display_name", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), doc="argon2id; empty until a one-time link was used"),
    Column("password_changed_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("last_signed_in_at", Instant),
    CheckConstraint("role in ('viewer', 'analyst', 'operator', 'admin')", name="role"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_hash", String(64), primary_key=True, doc="SHA-256 of the token; the token itself is nowhere"),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("ip", String(64), nullable=False),
    Column("user_agent", String(300), nullable=False),
    Column("revoked_at", Instant),
)

links = Table(
    "links",
    metadata,
    Column("link_hash", String(64), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True, doc="SHA-256 of the token; the token is nowhere"),
    Column("name", String(64), nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("scopes", Text, nullable=False, doc="Permissions, separated by blanks"),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

attempts = Table(
    "attempts",
    metadata,
    Column("attempt_key", String(64), primary_key=True, doc="Hash of user and address, or of the address alone"),
    Column("failures", Integer, nullable=False),
    Column("window_started_at", Instant, nullable=False),
    Column("blocked_until", Instant),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("happened_at", Instant, nullable=False),
    Column("event", String(64), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("target", String(200), nullable=False),
    Column("detail", Text, nullable=False, doc="JSON object"),
    Column("ip", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("entry_hash", String(64), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("arguments", Text, nullable=False, doc="JSON object"),
    Column("owner_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("owner_name", String(64), nullable=False),
    Column("idempotency_key", String(64), doc="The same key of the same owner and kind is the same job"),
    Column("state", String(16), nullable=False),
    Column("fraction", Double, nullable=False),
    Column("step", String(120), nullable=False),
    Column("message", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("result", Text, doc="JSON object"),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("heartbeat_at", Instant),
    Column("cancel_requested_at", Instant),
    Column("finished_at", Instant),
    CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'cancelled', 'lost')", name="state"),
    UniqueConstraint("owner_id", "kind", "idempotency_key"),
    Index("ix_jobs_state", "state"),
)

job_lines = Table(
    "job_lines",
    metadata,
    Column("job_id", Integer, ForeignKey("jobs.job_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("written_at", Instant, nullable=False),
    Column("text", Text, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("upload_id", String(32), primary_key=True, doc="Random; names the folder the file lies in"),
    Column("owner_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("file_name", String(255), nullable=False, doc="What the reader calls it; never a name on the disk"),
    Column("format", String(16), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("draft", Text, nullable=False, doc="JSON object: how far its import has come"),
    CheckConstraint("state in ('ready', 'removed')", name="state"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("schedule_id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(64), nullable=False, doc="Kind of durable job"),
    Column("arguments", Text, nullable=False, doc="JSON object"),
    Column("owner_id", Integer, ForeignKey("users.user_id"), nullable=False, doc="On whose behalf the jobs run"),
    Column("owner_name", String(64), nullable=False),
    Column("cron", String(120), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_slot_at", Instant, nullable=False, doc="Times up to here are settled"),
    Column("last_job_id", Integer),
    Column("note", Text, nullable=False, doc="Why the last time brought no job; empty when it did"),
    Column("paused_at", Instant),
)

quality_rules = Table(
    "quality_rules",
    metadata,
    Column("check_id", String(80), primary_key=True),
    Column("title", Text, nullable=False),
    Column("dimension", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("table_name", String(120), nullable=False),
    Column("help", Text, nullable=False),
    Column("owner", String(120), nullable=False),
    Column("sla_hours", Integer, nullable=False),
    Column("action", String(16), nullable=False),
    Column("statement", Text, nullable=False, doc="The SQL as it was applied last"),
)

quality_runs = Table(
    "quality_runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("snapshot_id", String(64), doc="Empty when a rule stopped the run"),
    Column("ran_at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("source", String(120), nullable=False),
    Column("stopped", Boolean, nullable=False),
)

quality_results = Table(
    "quality_results",
    metadata,
    Column("run_id", Integer, ForeignKey("quality_runs.run_id"), primary_key=True),
    Column("check_id", String(80), ForeignKey("quality_rules.check_id"), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("offending_rows", BigInteger, nullable=False),
    Column("checked_rows", BigInteger, nullable=False),
    Column("amount", Cents),
    Column("customers", BigInteger),
    CheckConstraint("status in ('passed', 'warning', 'failed')", name="status"),
)

quality_issues = Table(
    "quality_issues",
    metadata,
    Column("issue_id", Integer, primary_key=True),
    Column("check_id", String(80), ForeignKey("quality_rules.check_id"), nullable=False),
    Column("scope", String(120), nullable=False),
    Column("state", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("owner", String(120), nullable=False),
    Column("sla_hours", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("reason", String(32)),
    Column("ignored_until", Date),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("occurrences", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("offending_rows", BigInteger, nullable=False),
    Column("checked_rows", BigInteger, nullable=False),
    Column("amount", Cents),
    Column("customers", BigInteger),
    Column("clv", Cents, doc="Predicted value of those customers when it was seen last"),
    Column("resolved_at", Instant),
    Column("verified_at", Instant),
    Column("sample", Text, nullable=False, doc="JSON list of offending rows of a run that was stopped"),
    Column("version", Integer, nullable=False, doc="Grows with every change"),
    CheckConstraint("state in ('new', 'acknowledged', 'in_progress', 'resolved', 'ignored')", name="state"),
    UniqueConstraint("check_id", "scope"),
)

quality_events = Table(
    "quality_events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("issue_id", Integer, ForeignKey("quality_issues.issue_id"), nullable=False, index=True),
    Column("happened_at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(16), nullable=False),
    Column("state_before", String(16)),
    Column("state_after", String(16), nullable=False),
    Column("comment", Text, nullable=False),
    Column("detail", Text, nullable=False, doc="JSON object"),
)
