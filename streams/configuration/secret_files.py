"""Passwords out of files, as containers and systemd hand them over: no variable and no settings file shows them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sinks.settings import OperationalSettings, RedisSettings, with_password
from streams.errors import SettingsError

SECRETS = {"kafka": "sasl_password", "clickhouse": "password", "redis": "password", "operational": "password"}
"""The section's secret; `<secret>_file` names the file that it may be in."""


def with_secrets(section: Any, name: str) -> Any:
    """The section `name` with its password out of the file that it names, if it names one.

    Raises:
        SettingsError: the file cannot be read or is empty, or the password is given twice.
    """
    key = SECRETS.get(name)
    file = getattr(section, f"{key}_file") if key else ""
    if not key or not file:
        return section
    place = f"[{name}] {key}_file"
    password = _read(Path(file).expanduser(), place)
    if isinstance(section, RedisSettings | OperationalSettings):
        try:
            return replace(section, url=with_password(section.url, password))
        except ValueError as error:
            raise SettingsError(f"{place}: {error}") from None
    if getattr(section, key):
        raise SettingsError(f"{place}: {key} is given too; leave one of them out")
    return replace(section, **{key: password})


def _read(file: Path, place: str) -> str:
    try:
        password = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"{place}: cannot read {file} ({reason}); may this user read it?") from None
    if not password:
        raise SettingsError(f"{place}: {file} is empty; write the password into it")
    return password
