"""The routes of notices."""

from __future__ import annotations

from dashboards.access import routes
from dashboards.access.roles import Permission
from dashboards.notices import destinations_api, notices_api

ONE = "/api/v1/destinations/{destination_id}"
NOTICE_ROUTES = (
    routes.get("/api/v1/destinations", destinations_api.destinations, Permission.MANAGE_NOTICES),
    routes.post("/api/v1/destinations", destinations_api.create, Permission.MANAGE_NOTICES),
    routes.put(ONE, destinations_api.change, Permission.MANAGE_NOTICES),
    routes.delete(ONE, destinations_api.remove, Permission.MANAGE_NOTICES),
    routes.post(f"{ONE}/test", destinations_api.test, Permission.MANAGE_NOTICES),
    routes.get("/api/v1/notices", notices_api.notices, Permission.MANAGE_NOTICES),
    routes.get("/api/v1/notices/{notice_id}", notices_api.notice, Permission.MANAGE_NOTICES),
    routes.post("/api/v1/notices/{notice_id}/replay", notices_api.replay, Permission.MANAGE_NOTICES),
)
