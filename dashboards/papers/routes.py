"""The routes of the papers."""

from __future__ import annotations

from dashboards.access import routes
from dashboards.access.roles import Permission
from dashboards.papers import complaint_api, report_api

OF_LEAD = "/api/v1/leads/{lead_id}/complaint"
PAPER_ROUTES = (
    routes.get("/api/v1/alerts/{alert_id}/complaint", complaint_api.complaint, Permission.COMPLAIN, allow_head=False),
    routes.get("/api/v1/reports/{month}", report_api.report, Permission.READ_FIGURES, allow_head=False),
    routes.get(OF_LEAD, complaint_api.lead_complaint, Permission.COMPLAIN, allow_head=False),
    routes.post("/api/v1/alerts/{alert_id}/complaint", complaint_api.acknowledge, Permission.COMPLAIN),
    routes.post(OF_LEAD, complaint_api.acknowledge_lead, Permission.COMPLAIN),
)
