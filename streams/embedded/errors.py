"""What can go wrong with the embedded stack. Every message names the place and the remedy."""

from __future__ import annotations


class StackError(Exception):
    """The embedded stack cannot be used."""


class PartError(StackError):
    """One part of the stack did not start.

    `log_tail` holds the last lines that the part wrote; it may be empty.
    """

    def __init__(self, *, part: str, problem: str, remedy: str, log_tail: str = "") -> None:
        tail = f"\nthe end of its log:\n{log_tail}" if log_tail else ""
        super().__init__(f"embedded {part}: {problem}; {remedy}{tail}")
        self.part = part
        self.problem = problem
        self.remedy = remedy
        self.log_tail = log_tail

    def to_json(self) -> dict[str, str]:
        return {"part": self.part, "problem": self.problem, "remedy": self.remedy, "log_tail": self.log_tail}
