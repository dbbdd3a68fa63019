"""The tables of saved views: what is kept, what each reader thinks of it, and with which one a page opens for them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from dashapp.store.schema import Instant, metadata

views = Table(
    "views",
    metadata,
    Column("view_id", Integer, primary_key=True),
    Column("code", String(16), nullable=False, unique=True, doc="Names it in short links; grants nothing"),
    Column("name", String(80), nullable=False),
    Column("path", String(120), nullable=False, doc="Of the page"),
    Column("query", Text, nullable=False, doc="The page's part of the address, without ?"),
    Column("owner_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("owner_name", String(64), nullable=False),
    Column("is_team", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("removed_at", Instant, doc="Can be brought back"),
)

view_marks = Table(
    "view_marks",
    metadata,
    Column("user_id", Integer, ForeignKey("users.user_id"), primary_key=True),
    Column("view_id", Integer, ForeignKey("views.view_id"), primary_key=True),
    Column("starred_at", Instant),
    Column("opened_at", Instant, doc="By its link"),
)

view_defaults = Table(
    "view_defaults",
    metadata,
    Column("user_id", Integer, ForeignKey("users.user_id"), primary_key=True),
    Column("path", String(120), primary_key=True),
    Column("view_id", Integer, ForeignKey("views.view_id"), nullable=False),
)
