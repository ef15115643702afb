"""The routes of leads."""

from __future__ import annotations

from dashboards.access import routes
from dashboards.access.roles import Permission
from dashboards.leads import api

ONE = "/api/v1/leads/{lead_id}"
LEAD_ROUTES = (
    routes.get("/api/v1/leads", api.leads, Permission.READ_LEADS),
    routes.get("/api/v1/leads/policy", api.policy, Permission.READ_LEADS),
    routes.put("/api/v1/leads/policy", api.put_policy, Permission.SET_LEAD_POLICY),
    routes.get(ONE, api.lead, Permission.READ_LEADS),
    routes.put(f"{ONE}/takedown", api.takedown, Permission.CHANGE_LEADS),
    routes.put(f"{ONE}/place", api.place, Permission.CHANGE_LEADS),
)
