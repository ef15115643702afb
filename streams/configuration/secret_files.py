"""Passwords out of files, as containers and systemd hand them over: no variable and no settings file shows them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sinks.settings import OperationalSettings, RedisSettings, with_password
from streams.errors import SettingsError

SECRETS: dict[str, tuple[str, ...]] = {
    "kafka": ("sasl_password",),
    "clickhouse": ("password",),
    "redis": ("password",),
    "operational": ("password",),
    "notices": ("smtp_password",),
    "grafana": ("token", "clickhouse_password"),
}
"""The section's secrets; `<secret>_file` names the file that each may be in."""


def with_secrets(section: Any, name: str) -> Any:
    """The section `name` with its secrets out of the files that it names, if it names any.

    Raises:
        SettingsError: the file cannot be read or is empty, or the password is given twice.
    """
    for key in SECRETS.get(name, ()):
        section = _with_secret(section, name, key)
    return section


def _with_secret(section: Any, name: str, key: str) -> Any:
    file = getattr(section, f"{key}_file")
    if not file:
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
        raise SettingsError(f"{place}: {file} is empty; write the secret into it")
    return password
