"""The tables of notices: where they go, what is to be told, each try, and how far their sources were read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from sinks.operational.metadata import metadata

_UUID, _NAME, _CODE = String(36), String(200), String(40)

# Where somebody wants to hear of things. `address` and `secrets` are never shown again; they go when it is removed.
notice_destination = Table(
    "notice_destination",
    metadata,
    Column("destination_id", _UUID, primary_key=True),
    Column("owner_kind", _CODE, nullable=False),  # account, holder
    Column("owner_id", _NAME, nullable=False),
    Column("regions", Text, nullable=True),  # JSON: only alerts of sellers there; null: everywhere
    Column("name", _NAME, nullable=False),
    Column("kind", _CODE, nullable=False),  # webhook, email, dingtalk, wecom, feishu
    Column("address", Text, nullable=False),
    Column("secrets", Text, nullable=False),  # JSON: the present one, then the one before
    Column("rotated_at_ms", BigInteger, nullable=True),
    Column("limit_key", String(64), nullable=False),  # of the address: destinations with the same share its limits
    Column("wanted", Text, nullable=False),  # JSON: see sinks/notices/events.py
    Column("digest_hour", Integer, nullable=True),  # null: at once
    Column("quiet_start", Integer, nullable=True),  # minutes of the local day
    Column("quiet_end", Integer, nullable=True),
    Column("time_zone", String(64), nullable=False),
    Column("language", _CODE, nullable=False),
    Column("per_minute", Integer, nullable=True),
    Column("is_enabled", Boolean, nullable=False),
    Column("disabled_because", _NAME, nullable=True),
    Column("paused_until_ms", BigInteger, nullable=False),  # it asked for it
    Column("token", String(64), nullable=False, unique=True),  # whoever has it may unsubscribe
    Column("version", BigInteger, nullable=False),
    Column("made_by", _NAME, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("removed_at_ms", BigInteger, nullable=True),
    Index("notice_destination_by_owner", "owner_kind", "owner_id"),
    Index("notice_destination_by_limit", "limit_key"),
)

# One message to one destination. What happened is told there once: (destination_id, event_key) says so.
notice = Table(
    "notice",
    metadata,
    Column("notice_id", _UUID, primary_key=True),  # `msg_` and it is the webhook-id, over all tries
    Column("destination_id", _UUID, nullable=False),
    Column("event_key", _NAME, nullable=False),
    Column("event", _CODE, nullable=False),
    Column("group_id", _UUID, nullable=True),
    Column("alert_id", _UUID, nullable=True),
    Column("right_id", String(600), nullable=True),
    Column("seller_region", Text, nullable=False),
    Column("document", Text, nullable=False),  # JSON: what is told
    Column("state", _CODE, nullable=False),  # waiting, sent, dead, withdrawn
    Column("reason", Text, nullable=False),  # of its state, for people
    Column("digest_id", _UUID, nullable=True),  # the notice that tells it together with others
    Column("tries", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("first_try_ms", BigInteger, nullable=True),
    Column("next_at_ms", BigInteger, nullable=False),
    Column("settled_at_ms", BigInteger, nullable=True),
    UniqueConstraint("destination_id", "event_key"),
    Index("notice_due", "state", "digest_id", "destination_id", "next_at_ms"),
    Index("notice_by_time", "at_ms", "notice_id"),
    Index("notice_by_digest", "digest_id"),
    Index("notice_by_alert", "alert_id", "at_ms"),
    Index("notice_by_state_time", "state", "at_ms", "notice_id"),
    Index("notice_by_destination_time", "destination_id", "at_ms", "notice_id"),
    Index("notice_by_group", "group_id", "at_ms"),
)

# Every try, noted before anything is sent: a killed sender has not forgotten what it may have told.
notice_try = Table(
    "notice_try",
    metadata,
    Column("notice_id", _UUID, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("limit_key", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger, nullable=False),  # until it has ended: when it will have at the latest
    Column("fate", _CODE, nullable=False),  # under_way, or as sinks/notices/outgoing.py names it
    Column("reason", Text, nullable=False),
    Index("notice_try_by_limit", "limit_key", "ended_at_ms"),
)

# How far each source of events was read.
notice_cursor = Table(
    "notice_cursor",
    metadata,
    Column("source", _CODE, primary_key=True),
    Column("read_ms", BigInteger, nullable=False),
)
