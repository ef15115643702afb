"""The routes of sessions, accounts and keys."""

from __future__ import annotations

from dashboards.access import accounts_api, routes, session_api
from dashboards.access.roles import Permission
from dashboards.access.routes import PUBLIC, SIGNED_IN

_ACCOUNT = "/api/v1/accounts/{account_id}"
ACCOUNT_ROUTES = (
    routes.get("/api/v1/session", session_api.who, SIGNED_IN),
    routes.post("/api/v1/session", session_api.sign_in, PUBLIC),
    routes.delete("/api/v1/session", session_api.sign_out, SIGNED_IN),
    routes.put("/api/v1/session/password", session_api.change_password, SIGNED_IN),
    routes.get("/api/v1/accounts", accounts_api.accounts, Permission.MANAGE_ACCOUNTS),
    routes.post("/api/v1/accounts", accounts_api.create, Permission.MANAGE_ACCOUNTS),
    routes.get(_ACCOUNT, accounts_api.account, Permission.MANAGE_ACCOUNTS),
    routes.put(_ACCOUNT, accounts_api.change, Permission.MANAGE_ACCOUNTS),
    routes.post(f"{_ACCOUNT}/unlock", accounts_api.unlock, Permission.MANAGE_ACCOUNTS),
    routes.post(f"{_ACCOUNT}/password", accounts_api.reset_password, Permission.MANAGE_ACCOUNTS),
    routes.get(f"{_ACCOUNT}/keys", accounts_api.keys, SIGNED_IN),
    routes.post(f"{_ACCOUNT}/keys", accounts_api.issue_key, SIGNED_IN),
    routes.delete(f"{_ACCOUNT}/keys/{{key_id}}", accounts_api.revoke_key, SIGNED_IN),
)
