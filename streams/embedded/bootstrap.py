"""Runs a program that dies with its parent, even when the parent gets SIGKILL.

    python -I -S bootstrap.py PARENT_PID PROGRAM [ARGUMENT ...]

Run as a file, with the standard library only, so that it costs 15 ms. On Linux the kernel sends the signal; elsewhere
the program outlives a SIGKILL of its parent, and the next start says so.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):  # it died before the kernel knew of our wish
        sys.exit(1)
    os.umask(0o077)  # what it writes is for its owner only
    os.putenv("TZ", "UTC")  # dates without a zone mean the same on every machine
    os.execv(command[0], command)  # noqa: S606 - the command is ours


if __name__ == "__main__":
    main(sys.argv[1:])
