"""`python -m benchmarks` lists the benchmarks; `python -m benchmarks NAME [--quick] [--json]` runs one."""

from __future__ import annotations

import sys

from benchmarks.cli import main
from benchmarks.registry import BENCHMARKS

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], BENCHMARKS))
