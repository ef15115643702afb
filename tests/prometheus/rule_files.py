"""The shipped rules, read."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
SHIPPED = PROJECT / "deploy" / "prometheus"
RULE_FILES = sorted((SHIPPED / "rules").glob("*.yml"))


@cache
def rules() -> list[dict[str, Any]]:
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in RULE_FILES]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def metric_names() -> set[str]:
    """What the rules read that a process has to export: neither what other rules record nor Prometheus' own `up`."""
    words = {word for rule in rules() for word in re.findall(r"\b(?:rightswatch|process)_\w+(?![\w:])", rule["expr"])}
    return {word for word in words if not word.startswith("rightswatch:")}
