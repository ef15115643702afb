"""What processes take of a host, where they share some of its memory. Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. anonymous: what no file stands behind. proportional: all, of pages that are shared the process's part."""

    anonymous: int
    proportional: int


def memory_of(pid: int) -> Memory:
    """As the kernel counts it; resident memory would count every shared page for each process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    sizes = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    return Memory(sizes["Anonymous"], sizes["Pss"])


def cpu_seconds_of(pid: int) -> float:
    """Processor time of all threads of a process, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_family(pid: int) -> float:
    """The same of a process and its children, those that have ended since it began among them."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    return ended + sum(cpu_seconds_of(one) for one in family(pid))


def family(pid: int) -> Iterator[int]:
    """It and its children's children."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            yield from family(int(child))
