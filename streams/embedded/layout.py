"""Where the stack keeps its files: all of them in `DATA_DIR/stack`, which only its owner may enter."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one stack."""

    root: Path

    @classmethod
    def of(cls, data_dir: Path) -> Layout:
        """Make the stack's directory private and return its layout.

        Raises:
            OSError: the directory cannot be made or is somebody else's.
        """
        root = data_dir.resolve() / "stack"
        root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_DIRECTORY)
        root.chmod(PRIVATE_DIRECTORY)
        return cls(root)

    @property
    def socket(self) -> Path:
        return self.root / "socket"

    @property
    def start_lock(self) -> Path:
        """Held by the client that starts a supervisor."""
        return self.root / "start.lock"

    @property
    def life_lock(self) -> Path:
        """Held by a supervisor and by all its children: free only when the last of them is gone."""
        return self.root / "life.lock"

    @property
    def log(self) -> Path:
        return self.root / "supervisor.log"

    @property
    def credentials(self) -> Path:
        return self.root / "credentials.json"

    def part(self, name: str) -> Path:
        return self.root / name


def write_private(path: Path, text: str) -> None:
    """Replace the file as a whole; nobody else can read it at any moment."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def open_log(path: Path) -> int:
    """A descriptor that appends, so that the file may be cut while it is written."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)


def log_tail(path: Path, *, size_bytes: int = 4000, lines: int = 15) -> str:
    """The last lines of a log, or an empty text when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size_bytes))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
