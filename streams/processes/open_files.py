"""How many files and sockets this process may have open: the usual 1,024 are fewer than a web process may serve."""

from __future__ import annotations

import logging
import resource

logger = logging.getLogger(__name__)


def allow_open_files(wanted: int, because: str) -> None:
    """Raise our own limit to `wanted`, as far as the system lets us; say what to do where it does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
    if possible < wanted:
        logger.warning(
            "only %d files may be open here, and %s needs %d: raise the limit (ulimit -Hn, systemd's LimitNOFILE)",
            *(possible, because, wanted),
        )
