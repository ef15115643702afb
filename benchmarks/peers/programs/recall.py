"""What a finder names: `python -m ...recall CASES.json`; `{"marks", "cases": [[text, place], ...]}` in, a list of
whether each case's mark was found out."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from benchmarks.peers.programs.finders import Disguises


def main(path: str) -> None:
    given = orjson.loads(Path(path).read_bytes())
    find = Disguises(given["marks"]).find
    sys.stdout.buffer.write(orjson.dumps([place in find(text) for text, place in given["cases"]]))


if __name__ == "__main__":
    main(sys.argv[1])
