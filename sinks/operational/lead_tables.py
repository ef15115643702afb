"""The tables of leads: one for each group, recipient and place, what happened to each, and the policy of sending."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, func

from sinks.operational.metadata import metadata

_UUID, _ACCOUNT, _CODE = String(36), String(200), String(40)

# A lead at its newest version. What routing said when it was made stands beside it, so that it can be explained later.
lead = Table(
    "lead",
    metadata,
    Column("lead_id", _UUID, primary_key=True),  # follows from group, recipient and place
    Column("version", BigInteger, nullable=False),
    Column("group_id", _UUID, nullable=False),
    Column("recipient", _CODE, nullable=False),
    Column("place", _CODE, nullable=False),  # the division whose body it is; empty: the recipient has none
    Column("state", _CODE, nullable=False),
    Column("because", _CODE, nullable=False),  # verdict, alert, relisted
    Column("cause", String(200), nullable=False),  # which one
    Column("reason", _CODE, nullable=True),  # why it was withdrawn or closed
    Column("case_id", _UUID, nullable=False),  # of all leads about this seller and right
    Column("routing_version", _CODE, nullable=False),
    Column("rule", _CODE, nullable=False),
    Column("clause", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),  # JSON: why, candidates
    Column("alert_id", _UUID, nullable=False),
    Column("right_id", String(600), nullable=True),
    Column("kind", _CODE, nullable=False),  # of the right
    Column("platform", Text, nullable=False),
    Column("listing_id", Text, nullable=False),
    Column("seller", Text, nullable=False),  # `platform:id`; empty: unknown
    Column("region", Text, nullable=False),  # whose it is to see: the place, else the seller's region
    Column("facts", Text, nullable=False),  # JSON: what a list and a notice say of the alert
    Column("observed_at_ms", BigInteger, nullable=False),  # the alert's
    Column("made_at_ms", BigInteger, nullable=False),
    Column("send_after_ms", BigInteger, nullable=False),
    Column("sent_at_ms", BigInteger, nullable=True),
    Column("takedown", _CODE, nullable=False),
    Column("takedown_at_ms", BigInteger, nullable=True),
    Column("takedown_by", _ACCOUNT, nullable=True),
    Index("lead_by_group", "group_id"),
    Index("lead_by_state", "state", "send_after_ms"),
    Index("lead_by_time", "made_at_ms", "lead_id"),
    Index("lead_by_case", "case_id"),
    Index("lead_by_state_time", "state", "made_at_ms", "lead_id"),
    Index("lead_by_recipient_time", "recipient", "made_at_ms", "lead_id"),
    Index("lead_by_right_time", "right_id", "made_at_ms", "lead_id", postgresql_include=["state"]),
    Index("lead_by_listing", "listing_id"),
    # Sellers write names and regions of any length, and an entry of PostgreSQL's trees has an end.
    Index("lead_by_seller", "seller", postgresql_using="hash"),
)
REGION_LENGTH = 12  # no division's code is longer
REGION_HEAD = func.substr(lead.c.region, 1, REGION_LENGTH)
"""The part of a region that is looked up."""
Index(
    "lead_by_region",
    REGION_HEAD.label("head"),
    lead.c.state,
    postgresql_ops={"head": "text_pattern_ops"},
)
REPLACED = ("lead_by_right",)
"""Indexes that others took the place of."""

# What happened to leads, each thing once and never changed.
lead_event = Table(
    "lead_event",
    metadata,
    Column("event_id", _UUID, primary_key=True),
    Column("lead_id", _UUID, nullable=False),
    Column("version", BigInteger, nullable=False),  # of the lead that it led to
    Column("act", _CODE, nullable=False),
    Column("reason", _CODE, nullable=True),
    Column("detail", Text, nullable=False),  # JSON
    Column("by_name", _ACCOUNT, nullable=True),  # none: the program did it
    Column("by_id", _ACCOUNT, nullable=True),
    Column("at_ms", BigInteger, nullable=False),
    Index("lead_event_by_lead", "lead_id", "version"),
    Index("lead_event_by_time", "at_ms"),
)

# Whether leads of a kind of right wait for a verdict; of one holder's rights, or (empty) of all.
lead_policy = Table(
    "lead_policy",
    metadata,
    Column("kind", _CODE, primary_key=True),
    Column("holder_id", String(200), primary_key=True),
    Column("sending", _CODE, nullable=False),
    Column("by_name", _ACCOUNT, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

# How far verdicts and alerts were read.
lead_cursor = Table(
    "lead_cursor",
    metadata,
    Column("source", _CODE, primary_key=True),
    Column("read_ms", BigInteger, nullable=False),
)
