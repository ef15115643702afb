"""Compiles every kernel into the cache: a step of `make env`."""

from __future__ import annotations

import sys

from detectors.kernels.warm_up import compile_kernels

if __name__ == "__main__":
    sys.stderr.write(f"compiled {compile_kernels()} kernels\n")
