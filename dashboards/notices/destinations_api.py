"""`/api/v1/destinations`: where somebody wants to hear of things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.alert_filters import parse_identity
from dashboards.keys import CLOCK, POOL
from dashboards.notices.drafts import SETTABLE, changed_draft, new_draft
from dashboards.notices.keys import NOTICES
from dashboards.notices.owning import owner_for, owners_of
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from sinks.errors import StoreRefused
from sinks.notices.webhook import new_secret
from sinks.operational.notice_destinations import StaleDestination
from sinks.operational.notice_records import WEBHOOK, Destination

Answer = TypeVar("Answer")


async def destinations(request: web.Request) -> web.Response:
    """Those of whoever asks; an administrator's are all."""
    store, owners, now = request.app[NOTICES].outbox.destinations, owners_of(principal_of(request)), _now(request)
    found = await request.app[POOL].blocking(lambda: store.all(owners, now))
    return json_response({"destinations": [one.to_json() for one in found]})


async def create(request: web.Request) -> web.Response:
    """A new one. The secret that signs a webhook is told here and never again."""
    who, now = principal_of(request), _now(request)
    document = await json_object(request, ("kind", "holder", *SETTABLE))
    holder = document.get("holder")
    if holder is not None and not (isinstance(holder, str) and holder.isprintable() and 0 < len(holder) <= 200):
        raise bad_field("holder", "must be the id of a holder")
    draft = new_draft(document, owner_for(who, holder), who.regions)
    await _check(request, draft.kind, draft.address)
    store = request.app[NOTICES].outbox.destinations
    made = await request.app[POOL].blocking(refusing(lambda: store.add(draft, who.account_id, now)))
    await audited(request, "destination.create", made.destination_id, _told(made))
    return json_response({"destination": made.to_json(), "secret": made.secret if made.kind == WEBHOOK else None})


async def change(request: web.Request) -> web.Response:
    """What the body names becomes so. `new_secret`: a webhook's is changed, and the one before counts a day on."""
    owners, now = owners_of(principal_of(request)), _now(request)
    document = await json_object(request, ("version", "new_secret", *SETTABLE))
    version, renews = document.get("version"), document.get("new_secret", False)
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version < 2**53:
        raise bad_field("version", "is required: the one that was read")
    if not isinstance(renews, bool):
        raise bad_field("new_secret", "must be true or false")
    present = await _asked_for(request)
    if renews:
        if present.kind != WEBHOOK:
            raise bad_field("new_secret", "only a webhook's secret is made here; send a robot's as `secret`")
        document = {**document, "secret": new_secret()}
    draft = changed_draft(document, present)
    if draft.address:
        await _check(request, present.kind, draft.address)
    store = request.app[NOTICES].outbox.destinations

    def put() -> Destination | None:
        try:
            return store.change(present.destination_id, draft, version=version, owners=owners, now=now)
        except StaleDestination as error:
            raise Problem(409, "stale", str(error), field="version") from error

    changed = await request.app[POOL].blocking(refusing(put))
    if changed is None:
        raise _not_found()
    await audited(request, "destination.change", changed.destination_id, _told(changed))
    return json_response({"destination": changed.to_json(), "secret": draft.secret if renews else None})


async def remove(request: web.Request) -> web.Response:
    """Nothing is sent there any more; its address and secrets are gone, what was told stays."""
    present, owners, now = await _asked_for(request), owners_of(principal_of(request)), _now(request)
    store = request.app[NOTICES].outbox.destinations
    await request.app[POOL].blocking(lambda: store.remove(present.destination_id, owners=owners, now=now))
    await audited(request, "destination.remove", present.destination_id, _told(present))
    return json_response({"removed": True})


async def test(request: web.Request) -> web.Response:
    """Have a test sent there; its fate is that of the notice."""
    present, now = await _asked_for(request), _now(request)
    if not present.is_enabled:
        raise Problem(409, "disabled", "the destination is disabled: enable it first, then test it")
    outbox = request.app[NOTICES].outbox
    notice_id = await request.app[POOL].blocking(lambda: outbox.test(present, now))
    await audited(request, "destination.test", present.destination_id, _told(present))
    return json_response({"notice_id": notice_id})


async def _asked_for(request: web.Request) -> Destination:
    """Raises Problem: 400, 404."""
    destination_id = parse_identity(request.match_info["destination_id"], "destination_id")
    store, owners, now = request.app[NOTICES].outbox.destinations, owners_of(principal_of(request)), _now(request)
    found = await request.app[POOL].blocking(lambda: store.get(str(destination_id), owners, now))
    if found is None:
        raise _not_found()
    return found


async def _check(request: web.Request, kind: str, address: str) -> None:
    try:
        await request.app[NOTICES].check(kind, address)
    except StoreRefused as error:
        raise bad_field("address", str(error).removeprefix("address: ")) from error


def _told(destination: Destination) -> dict[str, Any]:
    """What the audit log keeps of it: no address."""
    return {"kind": destination.kind, "owner": destination.owner.id, "enabled": destination.is_enabled}


def _not_found() -> Problem:
    return Problem(404, "not_found", "destination_id: no destination of yours has this id")


def _now(request: web.Request) -> Any:
    clock: Callable[[], Any] = request.app[CLOCK]
    return clock()
