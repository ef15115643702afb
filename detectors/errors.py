"""What can be wrong with input. Each message names the place and the remedy."""


class RightswatchError(Exception):
    """Root of everything we raise on purpose."""


class RightError(RightswatchError):
    """A right that cannot be watched for: nothing to match, or a field that does not say what it must."""

    def __init__(self, field: str, problem: str, right_id: str | None = None) -> None:
        self.field = field
        self.right_id = right_id
        super().__init__(f"{'right ' + right_id + ': ' if right_id else ''}{field}: {problem}")
