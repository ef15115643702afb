"""Sessions, accounts and keys in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.access.roles import Permission, Role
from dashboards.openapi_operations import answers, content, good, path
from dashboards.openapi_shapes import COUNT, MOMENT, OPTIONAL_TEXT, TEXT, list_of, object_of, reference

_FLAG = {"type": "boolean"}
_MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_MAYBE_TEXTS = {
    "type": ["array", "null"],
    "items": {"type": "string", "minLength": 1, "maxLength": 200},
    "maxItems": 100,
}
_ROLES = {"type": "array", "items": {"type": "string", "enum": list(Role)}, "minItems": 1}
_SCOPES = {"type": "array", "items": {"type": "string", "enum": list(Permission)}, "minItems": 1}
_PASSWORD = {"type": "string", "minLength": 1, "maxLength": 1000}
_LANGUAGE = {"type": ["string", "null"], "enum": ["en", "zh", None]}
_GRANTS = {
    "roles": _ROLES,
    "holders": _MAYBE_TEXTS | {"description": "Only rights of these holders and their alerts; null: all"},
    "regions": _MAYBE_TEXTS | {"description": "Only alerts about sellers of these regions, as 44; null: all"},
    "language": _LANGUAGE,
    "disabled": _FLAG,
}


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": content(reference(name))}


ACCOUNT_SCHEMAS: dict[str, Any] = {
    "Who": object_of(
        {
            "account_id": TEXT,
            "name": TEXT,
            "roles": {"type": "array", "items": TEXT},
            "permissions": {"type": "array", "items": TEXT},
            "holders": {"type": ["array", "null"], "items": TEXT},
            "regions": {"type": ["array", "null"], "items": TEXT},
            "accounts": _FLAG | {"description": "Whether this server asks who one is"},
            "must_change": _FLAG | {"description": "The password was set by somebody else: change it first"},
            "csrf": OPTIONAL_TEXT | {"description": "Sent as X-RW-CSRF with each change; null for keys"},
        }
    ),
    "SignIn": object_of({"name": _PASSWORD, "password": _PASSWORD}, additionalProperties=False),
    "SignedOut": object_of({"signed_out": _FLAG}),
    "PasswordChange": object_of({"present": _PASSWORD, "new": _PASSWORD}, additionalProperties=False),
    "PasswordChanged": object_of({"changed": _FLAG}),
    "Account": object_of(
        {
            "account_id": TEXT,
            "name": TEXT,
            **_GRANTS,
            "has_password": _FLAG,
            "must_change": _FLAG,
            "created": MOMENT,
            "signed_in": _MAYBE_MOMENT,
            "failures": COUNT | {"description": "Wrong passwords in a row for its name"},
            "locked_until": _MAYBE_MOMENT,
        }
    ),
    "Accounts": object_of({"accounts": list_of("Account")}),
    "OneAccount": object_of({"account": reference("Account")}),
    "NewAccount": object_of(
        {
            "name": {"type": "string", "minLength": 1, "maxLength": 64},
            "with_password": _FLAG | {"description": "No: for a program, which can only hold keys", "default": True},
            **_GRANTS,
        },
        ("name", "roles"),
        additionalProperties=False,
    ),
    "AccountChange": {"type": "object", "properties": _GRANTS, "additionalProperties": False},
    "AccountMade": object_of(
        {
            "account": reference("Account"),
            "one_time_password": OPTIONAL_TEXT | {"description": "Told this once; works 3 days; must be changed"},
        }
    ),
    "OneTimePassword": object_of({"one_time_password": TEXT}),
    "Key": object_of(
        {
            "key_id": TEXT,
            "label": TEXT,
            "scopes": {"type": "array", "items": TEXT},
            "created": MOMENT,
            "expires": _MAYBE_MOMENT,
            "used": _MAYBE_MOMENT,
            "revoked": _MAYBE_MOMENT,
        }
    ),
    "Keys": object_of({"keys": list_of("Key")}),
    "NewKey": object_of(
        {
            "label": {"type": "string", "minLength": 1, "maxLength": 100},
            "scopes": _SCOPES,
            "days": {"type": "integer", "minimum": 1, "maximum": 3650, "default": 365},
        },
        ("label", "scopes"),
        additionalProperties=False,
    ),
    "KeyMade": object_of({"key": TEXT | {"description": "Told this once"}, "record": reference("Key")}),
    "KeyRevoked": object_of({"revoked": TEXT}),
}
_ACCOUNT = path("account_id", {"type": "string", "maxLength": 32})
ACCOUNT_PATHS: dict[str, Any] = {
    "/api/v1/session": {
        "get": {
            "summary": "Who asks, and what that account may do",
            "responses": answers(good("The account", "Who"), 403, 503),
        },
        "post": {
            "summary": "Sign in: the answer sets the session's cookie",
            "requestBody": _body("SignIn"),
            "responses": answers(good("Signed in", "Who"), 400, 403, 409, 413, 415, 503),
        },
        "delete": {
            "summary": "Sign out",
            "responses": answers(good("The session has ended", "SignedOut"), 403, 409, 503),
        },
    },
    "/api/v1/session/password": {
        "put": {
            "summary": "Change one's own password; the account's other sessions end",
            "requestBody": _body("PasswordChange"),
            "responses": answers(good("Changed", "PasswordChanged"), 400, 403, 409, 413, 415, 503),
        }
    },
    "/api/v1/accounts": {
        "get": {"summary": "All accounts, by name", "responses": answers(good("Accounts", "Accounts"), 403, 409, 503)},
        "post": {
            "summary": "A new account with a password for one use",
            "requestBody": _body("NewAccount"),
            "responses": answers(good("The account", "AccountMade"), 400, 403, 409, 413, 415, 503),
        },
    },
    "/api/v1/accounts/{account_id}": {
        "get": {
            "summary": "One account",
            "parameters": [_ACCOUNT],
            "responses": answers(good("The account", "OneAccount"), 403, 404, 409, 503),
        },
        "put": {
            "summary": "Other roles, limits, language, or disabled; what is left out stays",
            "parameters": [_ACCOUNT],
            "requestBody": _body("AccountChange"),
            "responses": answers(good("As it is now", "OneAccount"), 400, 403, 404, 409, 413, 415, 503),
        },
    },
    "/api/v1/accounts/{account_id}/unlock": {
        "post": {
            "summary": "Forget the wrong passwords that were tried for its name",
            "parameters": [_ACCOUNT],
            "responses": answers(good("As it is now", "OneAccount"), 403, 404, 409, 503),
        }
    },
    "/api/v1/accounts/{account_id}/password": {
        "post": {
            "summary": "A new password for one use; the account's sessions end",
            "parameters": [_ACCOUNT],
            "responses": answers(good("The password, told this once", "OneTimePassword"), 403, 404, 409, 503),
        }
    },
    "/api/v1/accounts/{account_id}/keys": {
        "get": {
            "summary": "An account's API keys: one's own, or anybody's for administrators",
            "parameters": [_ACCOUNT],
            "responses": answers(good("Keys", "Keys"), 403, 404, 409, 503),
        },
        "post": {
            "summary": "A new API key with no more than the account's own permissions",
            "parameters": [_ACCOUNT],
            "requestBody": _body("NewKey"),
            "responses": answers(good("The key, told this once", "KeyMade"), 400, 403, 404, 409, 413, 415, 503),
        },
    },
    "/api/v1/accounts/{account_id}/keys/{key_id}": {
        "delete": {
            "summary": "Stop an API key",
            "parameters": [_ACCOUNT, path("key_id", {"type": "string", "maxLength": 12})],
            "responses": answers(good("Revoked", "KeyRevoked"), 403, 404, 409, 503),
        }
    },
}
SECURITY_SCHEMES: dict[str, Any] = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: rwk_<id>_<secret>"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-rw_session",
        "description": "Without TLS, on this machine: rw_session. Changes carry X-RW-CSRF too",
    },
}
