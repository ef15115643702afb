"""All settings of the service, composed from each layer's own dataclass. Only this reads the file and the environment.

Order of precedence: RIGHTSWATCH_<SECTION>_<KEY> variables, then the TOML file, then the defaults in the dataclasses.
A server that is not named (kafka, clickhouse, redis, operational: one by one) is the embedded one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dashboards.access.settings import AccessSettings
from dashboards.grafana.settings import GrafanaSettings
from dashboards.settings import WebSettings
from sinks.lead_codes import LeadSettings
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from sinks.triage_policy import TriageSettings
from streams.configuration.fields import field_names, read_section, refuse_unknown
from streams.configuration.secret_files import with_secrets
from streams.configuration.sections import (
    CalibrationSettings,
    FetchingSettings,
    FloodSettings,
    KafkaSettings,
    LogsSettings,
    NoticesSettings,
    PictureBudgetSettings,
    PicturesSettings,
    PictureWordsSettings,
    RetroSettings,
    SnapshotSettings,
    WatchSettings,
    WorkerSettings,
    WriterSettings,
)
from streams.errors import SettingsError

VARIABLE_PREFIX = "RIGHTSWATCH_"
FILE_VARIABLE = "RIGHTSWATCH_SETTINGS"
DEFAULT_DATA_DIR = Path(".rightswatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked for. A server without an address is the embedded one; `connections.resolve` fills it in."""

    data_dir: Path = DEFAULT_DATA_DIR
    kafka: KafkaSettings = field(default_factory=KafkaSettings)
    clickhouse: ClickHouseSettings = field(default_factory=ClickHouseSettings)
    redis: RedisSettings = field(default_factory=RedisSettings)
    operational: OperationalSettings = field(default_factory=OperationalSettings)
    worker: WorkerSettings = field(default_factory=WorkerSettings)
    snapshot: SnapshotSettings = field(default_factory=SnapshotSettings)
    writer: WriterSettings = field(default_factory=WriterSettings)
    retro: RetroSettings = field(default_factory=RetroSettings)
    pictures: PicturesSettings = field(default_factory=PicturesSettings)
    picture_budget: PictureBudgetSettings = field(default_factory=PictureBudgetSettings)
    picture_words: PictureWordsSettings = field(default_factory=PictureWordsSettings)
    flood: FloodSettings = field(default_factory=FloodSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    fetching: FetchingSettings = field(default_factory=FetchingSettings)
    web: WebSettings = field(default_factory=WebSettings)
    triage: TriageSettings = field(default_factory=TriageSettings)
    leads: LeadSettings = field(default_factory=LeadSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    notices: NoticesSettings = field(default_factory=NoticesSettings)
    grafana: GrafanaSettings = field(default_factory=GrafanaSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    logs: LogsSettings = field(default_factory=LogsSettings)


SECTIONS: dict[str, Any] = {
    "kafka": KafkaSettings,
    "clickhouse": ClickHouseSettings,
    "redis": RedisSettings,
    "operational": OperationalSettings,
    "worker": WorkerSettings,
    "snapshot": SnapshotSettings,
    "writer": WriterSettings,
    "retro": RetroSettings,
    "pictures": PicturesSettings,
    "picture_budget": PictureBudgetSettings,
    "picture_words": PictureWordsSettings,
    "flood": FloodSettings,
    "calibration": CalibrationSettings,
    "fetching": FetchingSettings,
    "web": WebSettings,
    "triage": TriageSettings,
    "leads": LeadSettings,
    "access": AccessSettings,
    "notices": NoticesSettings,
    "grafana": GrafanaSettings,
    "watch": WatchSettings,
    "logs": LogsSettings,
}
ADDRESSES = {"kafka": "bootstrap", "clickhouse": "host", "redis": "url", "operational": "url"}
"""The key of each server's section that, when set, replaces the embedded server."""
ACCOUNT_KEYS = {
    "clickhouse": ("port", "user", "password", "password_file", "secure", "ca_file"),
    "redis": ("password_file", "ca_file"),
    "operational": ("password_file",),
}
"""Keys that mean nothing without the address: given alone, they are somebody's mistake."""
TOP_LEVEL = ("data_dir",)


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings from the file (`path`, else the variable RIGHTSWATCH_SETTINGS, else none) and the environment.

    Raises:
        SettingsError: the file or a file with a password cannot be read, or a key is unknown or its value has the
            wrong type.
    """
    named = environ.get(FILE_VARIABLE)
    file = path or (Path(named) if named else None)
    tables = _read_file(file) if file else {}
    _overlay(tables, environ)
    values: dict[str, Any] = {"data_dir": _data_dir(tables.pop("data_dir", DEFAULT_DATA_DIR))}
    for name, table in tables.items():
        _refuse_stray_account(name, table)
        values[name] = with_secrets(read_section(SECTIONS[name], table, name), name)
    return Settings(**values)


def _refuse_stray_account(name: str, table: Mapping[str, Any]) -> None:
    defaults = {field.name: field.default for field in fields(SECTIONS[name])}
    stray = [key for key in ACCOUNT_KEYS.get(name, ()) if table.get(key, defaults[key]) != defaults[key]]
    if stray and not table.get(ADDRESSES[name]):
        address = ADDRESSES[name]
        raise SettingsError(f"[{name}] {stray[0]} is given without {address}: give {address}, or leave both out")


def _data_dir(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise SettingsError("data_dir: must be a text that names a folder")
    return Path(value).expanduser()


def _read_file(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {path} is not valid TOML: {error}") from error
    refuse_unknown(tables, (*TOP_LEVEL, *SECTIONS), str(path))
    for name in SECTIONS:
        if not isinstance(tables.get(name, {}), dict):
            raise SettingsError(f"{name} in {path}: must be a section, written [{name}]")
    return tables


def _overlay(tables: dict[str, Any], environ: Mapping[str, str]) -> None:
    for variable, value in environ.items():
        if variable.startswith(VARIABLE_PREFIX) and variable != FILE_VARIABLE:
            section, key = _target(variable)
            table = tables.setdefault(section, {}) if section else tables
            table[key] = value


def _target(variable: str) -> tuple[str, str]:
    """The section and key that a variable sets; the section is empty for a key at the top of the file."""
    name = variable.removeprefix(VARIABLE_PREFIX).lower()
    if name in TOP_LEVEL:
        return "", name
    section = next((known for known in SECTIONS if name.startswith(f"{known}_")), "")
    if not section:
        refuse_unknown([name], (*TOP_LEVEL, *(f"{known}_..." for known in SECTIONS)), "environment")
    key = name.removeprefix(f"{section}_")
    if key not in field_names(SECTIONS[section]):
        refuse_unknown([key], field_names(SECTIONS[section]), f"environment, {variable}")
    return section, key
