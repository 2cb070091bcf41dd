"""What can go wrong, as Python exceptions."""


class ScenarioError(ValueError):
    """A file that somebody wrote is wrong. The message shows the place, what is allowed and the nearest name.

    Attributes: ``file``, ``line`` and ``column`` (both from 1).
    """

    file: str = ""
    line: int = 0
    column: int = 0


class ResultsError(RuntimeError):
    """Results cannot be written or read; the message says what to do."""
