"""The tables of accounts: who may use the web server, their sessions and API keys, and tries to get in.

No secret is kept that would let a reader of the database in: passwords as Argon2id, tokens and keys as SHA-256 of 256
random bits.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from sinks.operational.metadata import metadata

account = Table(
    "account",
    metadata,
    Column("account_id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),  # as people write it
    Column("name_key", String(200), nullable=False, unique=True),  # the same whatever its case
    Column("roles", Text, nullable=False),  # JSON: a list of texts
    Column("holders", Text, nullable=True),  # JSON: only rights of these holders; null: all
    Column("regions", Text, nullable=True),  # JSON: only alerts of these regions; null: all
    Column("language", String(10), nullable=True),
    Column("disabled", Boolean, nullable=False),
    Column("password_hash", String(300), nullable=True),  # null: signs in with no password, only with keys
    Column("must_change", Boolean, nullable=False),  # the password was set by somebody else
    Column("password_until_ms", BigInteger, nullable=True),  # such a password works until then
    Column("created_ms", BigInteger, nullable=False),
    Column("signed_in_ms", BigInteger, nullable=True),
)

account_session = Table(
    "account_session",
    metadata,
    Column("token_digest", String(64), primary_key=True),  # SHA-256 of the cookie's token
    Column("account_id", String(32), nullable=False),
    Column("address", String(64), nullable=False),  # where it was begun
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),  # exact to a minute
    Column("expires_ms", BigInteger, nullable=False),  # whatever it does meanwhile
    Column("ended_ms", BigInteger, nullable=True),
    Index("account_session_by_account", "account_id"),
    Index("account_session_by_expiry", "expires_ms"),
)

account_key = Table(
    "account_key",
    metadata,
    Column("key_id", String(12), primary_key=True),  # stands in the key, so that a leaked one can be named
    Column("secret_digest", String(64), nullable=False),
    Column("account_id", String(32), nullable=False),
    Column("label", String(100), nullable=False),  # what it is for
    Column("scopes", Text, nullable=False),  # JSON: a list of permissions
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=True),
    Column("used_ms", BigInteger, nullable=True),  # exact to a minute
    Column("revoked_ms", BigInteger, nullable=True),
    Index("account_key_by_account", "account_id"),
)

# Tries that failed, by the name that was tried (whether there is such an account or not) and by address.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("subject", String(80), primary_key=True),  # "name:<SHA-256>" or "address:<address>"
    Column("failures", Integer, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("locked_until_ms", BigInteger, nullable=True),
    Index("sign_in_failure_by_time", "last_ms"),
)
