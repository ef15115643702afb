"""Makes the schemas that tests/deploy checks the compose file and the manifests against, out of two packages of PyPI.

Both are too large, or ask for too much, to be dependencies. Unpack the wheels and give their folder:

uv pip install --no-deps --target FOLDER check-jsonschema==0.39.0 kubernetes-validate==1.37.0
python -m tools.deploy_schemas FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

KUBERNETES = "kubernetes_validate/kubernetes-json-schema/v1.33.0-local-strict/_definitions.json"
COMPOSE = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
TO = Path(__file__).parents[1] / "tests" / "deploy" / "schemas"
KINDS = (
    "io.k8s.api.core.v1.Namespace",
    "io.k8s.api.core.v1.ConfigMap",
    "io.k8s.api.core.v1.Secret",
    "io.k8s.api.core.v1.Service",
    "io.k8s.api.core.v1.ServiceAccount",
    "io.k8s.api.core.v1.PersistentVolumeClaim",
    "io.k8s.api.apps.v1.Deployment",
    "io.k8s.api.batch.v1.Job",
    "io.k8s.api.policy.v1.PodDisruptionBudget",
    "io.k8s.api.networking.v1.NetworkPolicy",
)
REFERENCE = "#/$defs/"


def main(folder: Path) -> None:
    definitions = json.loads((folder / KUBERNETES).read_text("utf-8"))["$defs"]
    kept = {name: _without_descriptions(definitions[name]) for name in sorted(_reached(definitions, KINDS))}
    _write(TO / "kubernetes.json", {"kinds": list(KINDS), "$defs": kept})
    _write(TO / "compose.json", _without_descriptions(json.loads((folder / COMPOSE).read_text("utf-8"))))


def _reached(definitions: dict[str, Any], names: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _references(definitions[name])
    return reached


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"].rpartition("/")[2]] if isinstance(schema.get("$ref"), str) else []
        return own + [name for value in schema.values() for name in _references(value)]
    return [name for value in schema for name in _references(value)] if isinstance(schema, list) else []


def _without_descriptions(schema: Any) -> Any:
    """A property may be called so, too: then its value is no text. References lead into the one file that we write."""
    if isinstance(schema, list):
        return [_without_descriptions(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key != "description" or not isinstance(value, str)}
    return {key: _local(value) if key == "$ref" else _without_descriptions(value) for key, value in kept.items()}


def _local(reference: Any) -> Any:
    is_elsewhere = isinstance(reference, str) and "_definitions.json#" in reference
    return REFERENCE + reference.rpartition("/")[2] if is_elsewhere else _without_descriptions(reference)


def _write(path: Path, schema: Any) -> None:
    path.write_text(json.dumps(schema, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
