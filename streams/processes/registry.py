"""The metrics registry that a process begins with: its version, what it uses of the machine, whether it is ready.

The library's default registry is not used: tests would leak into each other.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, Info
from prometheus_client.process_collector import ProcessCollector


def process_registry(role: str) -> CollectorRegistry:
    """`role` is what follows `rightswatch` on the command line."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)  # process_start_time_seconds, _open_fds, _resident_memory_bytes and such
    build = Info("rightswatch_build", "What runs here", registry=registry)
    build.info({"role": role, "version": version("rightswatch"), "python": platform.python_version()})
    return registry


def report_ready(registry: CollectorRegistry, is_ready: Callable[[], bool]) -> None:
    """The gauge `rightswatch_ready` says what /readyz says, at each scrape."""
    Gauge("rightswatch_ready", "1 when /readyz says yes", registry=registry).set_function(lambda: float(is_ready()))
