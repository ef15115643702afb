"""What the shapes in the API's description are made of. Pure functions."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
OPTIONAL_TEXT: dict[str, Any] = {"type": ["string", "null"]}
NUMBER: dict[str, Any] = {"type": "number"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
PDQ: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}


def object_of(properties: dict[str, Any], required: tuple[str, ...] | None = None, **extra: Any) -> dict[str, Any]:
    """An object whose properties are all required unless told; others may come with later versions."""
    return {"type": "object", "properties": properties, "required": list(required or properties), **extra}


def list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": reference(name)}


def map_of(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
