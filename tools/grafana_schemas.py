"""Makes the JSON schema that tests/dashboards/grafana checks the boards against, out of Grafana's package of types.

Grafana publishes what a dashboard and a panel's options may be as TypeScript: @grafana/schema, Apache-2.0. Install it
and a translator with npm, and give the folder:

npm install --ignore-scripts --prefix FOLDER @grafana/schema@13.2.3 ts-json-schema-generator@2.4.0 typescript@5.8.3
python -m tools.grafana_schemas FOLDER
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TO = Path(__file__).parents[1] / "tests" / "dashboards" / "grafana" / "schemas" / "grafana.json"
RAW = "node_modules/@grafana/schema/dist/types/raw"
PANELS = ("bargauge", "stat", "table", "timeseries")
SETTINGS = {"compilerOptions": {"strict": True, "module": "esnext", "moduleResolution": "node", "target": "es2022"}}


def main(folder: Path) -> None:
    (folder / "tsconfig.json").write_text(json.dumps(SETTINGS), "utf-8")
    schemas = {"dashboard": _schema(folder, f"{RAW}/dashboard/x/types.gen.d.ts", "Dashboard")}
    for panel in PANELS:
        file = f"{RAW}/composable/{panel}/panelcfg/x/types.gen.d.ts"
        schemas[f"{panel}.options"] = _schema(folder, file, "Options")
        if "interface FieldConfig " in (folder / file).read_text("utf-8"):
            schemas[f"{panel}.custom"] = _schema(folder, file, "FieldConfig")
    package = json.loads((folder / "node_modules/@grafana/schema/package.json").read_text("utf-8"))
    made_of = f"{package['name']} {package['version']}, {package['license']}"
    text = json.dumps({"made_of": made_of, "schemas": schemas}, ensure_ascii=False, sort_keys=True)
    TO.write_text(text.replace('},"', '},\n"').replace('}, "', '},\n"') + "\n", "utf-8")


def _schema(folder: Path, file: str, name: str) -> Any:
    """One type and all that it is made of; nothing that it does not name is allowed."""
    command = ["npx", "ts-json-schema-generator", "--path", file, "--type", name, "--tsconfig", "tsconfig.json"]
    done = subprocess.run([*command, "--no-type-check"], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
    return _without_descriptions(json.loads(done.stdout))


def _without_descriptions(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: _without_descriptions(value)
            for name, value in schema.items()
            if not (name in ("description", "deprecated") and isinstance(value, str | bool))
        }
    return [_without_descriptions(value) for value in schema] if isinstance(schema, list) else schema


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
