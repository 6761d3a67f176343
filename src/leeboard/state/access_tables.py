"""The tables of who may look and change, and of what was changed."""

from sqlalchemy import Column, Index, String, Table

from leeboard.state.columns import Document, Instant, Number
from leeboard.state.tables import metadata

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("visitor", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("token_id", Number),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
    Index(None, "token_id"),
)
"""Logins to the dashboard; a cookie's value is known by its digest alone."""

login_codes = Table(
    "login_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("visitor", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("expires_at", Instant, nullable=False),
)
"""Codes of login links, good once and for a minute."""

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("visitor", String(128), nullable=False),
    Column("via", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(256), nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("details", Document, nullable=False),
    Index(None, "at", "id"),
    Index(None, "subject", "at"),
    Index(None, "visitor", "at"),
    Index(None, "action", "at"),
    sqlite_autoincrement=True,
)
"""Who changed what, when."""
