"""What can go wrong with a store, as the caller must act on it.

RightswatchError
  StoreError
    StoreUnavailable      try again later: the same call may pass
      LiveUnavailable     Redis: nothing that matters is lost
    StoreRefused          this item or this configuration is bad: the same call will fail again
      StoreForbidden      this user may not do it
      StoreNotReady       its tables are not made yet, or are an older program's
      StaleRevision       somebody else changed it meanwhile: read it again, then decide
"""

from __future__ import annotations

from detectors.errors import RightswatchError


class StoreError(RightswatchError):
    """Root of the errors of every store."""


class StoreUnavailable(StoreError):
    """A store does not answer or is overloaded. Try again later with the same call.

    `store` names the place without its password; `problem` says what happened.
    """

    def __init__(self, store: str, problem: str) -> None:
        self.store = store
        self.problem = problem
        super().__init__(f"{store} is not available: {problem}")


class LiveUnavailable(StoreUnavailable):
    """The live stream does not answer. Alerts are safe in ClickHouse; only what is shown live waits."""


class StoreRefused(StoreError):
    """An item or the configuration is bad. Trying again brings the same answer."""


class StoreForbidden(StoreRefused):
    """The user may not do that, or is not let in."""


class StoreNotReady(StoreRefused):
    """The database, a table or a column is not there yet: whoever starts first and has the right makes it."""


class StaleRevision(StoreRefused):
    """A change was based on a form of the right that no longer holds. `revision` is that of the present one."""

    def __init__(self, right_id: str, based_on: int, revision: int) -> None:
        self.right_id = right_id
        self.based_on = based_on
        self.revision = revision
        super().__init__(
            f"based_on: right {right_id} was changed meanwhile, it is at revision {revision} and not {based_on}; "
            "read it again, then make your change to that"
        )
