"""The process that is the ClickHouse server: loads the engine out of the chdb-core wheel and opens its listener.

    python -I -S clickhouse_host.py ENGINE_SHARED_OBJECT DATA_DIRECTORY

The engine reads `config.xml` of the working directory. Never `import chdb` here: that opens another engine without
listeners, and wants pandas. The process lives as long as its one query: it ends cleanly when that query is killed.
"""

from __future__ import annotations

import ctypes
import importlib.machinery
import importlib.util
import sys

RTLD_DEEPBIND = 8
KEEP_ALIVE = (
    "SYSTEM START LISTEN TCP; "
    "SELECT sleepEachRow(0.25) FROM system.numbers "
    "SETTINGS function_sleep_max_microseconds_per_block = 1000000, max_block_size = 1 FORMAT Null"
)


def main(engine_path: str, data_path: str) -> None:
    if sys.platform == "linux":
        # Its operator new must come from its own allocator, not from a libstdc++ that is loaded already.
        ctypes.CDLL(engine_path, mode=sys.getdlopenflags() | RTLD_DEEPBIND)
    loader = importlib.machinery.ExtensionFileLoader("_chdb", engine_path)
    spec = importlib.util.spec_from_file_location("_chdb", engine_path, loader=loader)
    if spec is None:
        sys.exit(f"{engine_path} cannot be loaded as an extension module")
    engine = importlib.util.module_from_spec(spec)
    loader.exec_module(engine)
    engine.query(KEEP_ALIVE, "CSV", path=data_path)


if __name__ == "__main__":
    main(*sys.argv[1:])
