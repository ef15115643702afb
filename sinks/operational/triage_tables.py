"""The tables of judging: states of groups, what people did, their leases, shelves and views, and the outbox."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, String, Table, Text

from sinks.operational.metadata import metadata

_UUID, _ACCOUNT, _CODE = String(36), String(200), String(40)

# One row for each group that somebody touched, at its newest version; a claim stands beside the state and changes no
# version. A claim holds while `claim_epoch` is its owner's and the owner's lease runs.
triage_group = Table(
    "triage_group",
    metadata,
    Column("group_id", _UUID, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", _CODE, nullable=False),
    Column("resume_state", _CODE, nullable=True),  # what it goes back to from the shelf or the expert
    Column("verdict", _CODE, nullable=True),
    Column("reason_code", _CODE, nullable=True),
    Column("note", Text, nullable=True),
    Column("judged_by", _ACCOUNT, nullable=True),
    Column("judged_by_id", _ACCOUNT, nullable=True),
    Column("judged_at_ms", BigInteger, nullable=True),
    Column("stage", _CODE, nullable=True),
    Column("shelved_until_ms", BigInteger, nullable=True),
    Column("reopened_because", Text, nullable=True),
    Column("claimed_by", _ACCOUNT, nullable=True),
    Column("claimed_by_id", _ACCOUNT, nullable=True),
    Column("claim_epoch", BigInteger, nullable=True),
    Column("right_id", String(600), nullable=True),  # what the group is about, as its first alert here said
    Column("seller", Text, nullable=False),
    Column("seller_region", Text, nullable=False),
    Column("tier", _CODE, nullable=False),
    Column("first_seen_ms", BigInteger, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
    Index("triage_group_by_right", "right_id", "state"),
    Index("triage_group_by_claim", "claimed_by_id"),
)

# How long an account's claims hold. A lease that ran out and is taken again has another epoch: old claims stay ended.
triage_lease = Table(
    "triage_lease",
    metadata,
    Column("account_id", _ACCOUNT, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)

# What people did, each act once and never changed: verdicts with the alert that was judged, and everything else.
triage_event = Table(
    "triage_event",
    metadata,
    Column("event_id", _UUID, primary_key=True),
    Column("group_id", _UUID, nullable=False),
    Column("version", BigInteger, nullable=False),  # of the group's state that it led to
    Column("act", _CODE, nullable=False),
    Column("verdict", _CODE, nullable=True),
    Column("reason_code", _CODE, nullable=True),
    Column("note", Text, nullable=False),
    Column("by_name", _ACCOUNT, nullable=False),
    Column("by_id", _ACCOUNT, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("undoes", _UUID, nullable=True),  # the event that it takes back
    Column("before", Text, nullable=True),  # JSON: the state that an undo brings back
    Column("alert_id", _UUID, nullable=True),
    Column("listing_digest", String(64), nullable=True),
    Column("revision", BigInteger, nullable=True),
    Column("score", Double, nullable=True),
    Column("detector", _CODE, nullable=True),
    Column("tier", _CODE, nullable=True),
    Column("right_id", String(600), nullable=True),
    Column("subject", Text, nullable=True),
    Column("platform", Text, nullable=True),
    Column("seller_region", Text, nullable=True),
    Column("screened", _CODE, nullable=True),  # why the match did not alert, where one is judged that did not
    Column("versions", Text, nullable=True),  # JSON: of detectors, rules and calibration
    Index("triage_event_by_group", "group_id", "version"),
    Index("triage_event_by_time", "at_ms"),
    Index("triage_event_by_undone", "undoes"),
)

# What is still to be moved: to ClickHouse (states and verdicts) and to the live stream (states and claims). A row is
# written in the transaction of its act, and goes when both have it.
triage_outbox = Table(
    "triage_outbox",
    metadata,
    Column("outbox_id", _UUID, primary_key=True),
    Column("kind", _CODE, nullable=False),  # state, verdict, claim
    Column("group_id", _UUID, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("stored_at_ms", BigInteger, nullable=True),
    Column("shown_at_ms", BigInteger, nullable=True),
    Index("triage_outbox_to_store", "stored_at_ms", "at_ms"),
    Index("triage_outbox_to_show", "shown_at_ms", "at_ms"),
)

# What keeps all open groups of a right or a seller from the queue until a moment.
triage_shelf = Table(
    "triage_shelf",
    metadata,
    Column("shelf_id", _UUID, primary_key=True),
    Column("kind", _CODE, nullable=False),  # right, seller
    Column("value", String(700), nullable=False),
    Column("until_ms", BigInteger, nullable=False),  # set back when somebody ends it
    Column("note", Text, nullable=False),
    Column("by_name", _ACCOUNT, nullable=False),
    Column("by_id", _ACCOUNT, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("triage_shelf_by_end", "until_ms"),
)

triage_view = Table(
    "triage_view",
    metadata,
    Column("account_id", _ACCOUNT, primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("query", Text, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
)
