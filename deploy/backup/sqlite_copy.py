"""A copy of the embedded operational database that holds together, also while the service writes to it.

python deploy/backup/sqlite_copy.py .rightswatch/operational.db copy.db
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def main(source: str, target: str) -> None:
    if not Path(source).is_file():
        sys.exit(f"{source}: there is no such file")
    if Path(target).exists():
        sys.exit(f"{target}: is there already")
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


if __name__ == "__main__":
    main(*sys.argv[1:])
