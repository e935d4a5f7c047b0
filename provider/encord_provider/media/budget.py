"""How much of a file may be read to learn what it is."""

from dataclasses import dataclass


class OverBudget(Exception):
    """A file asked for more than its budget allows; what it is stays unclear."""

    def __init__(self, amount: str) -> None:
        super().__init__(amount)
        self.amount = amount
        """What was reached: bytes, requests or seconds, with the number."""

    def __str__(self) -> str:
        return f"it takes more than {self.amount} to tell"


@dataclass(frozen=True)
class Budget:
    """The most that one file may cost."""

    bytes: int = 4 * 1024 * 1024
    """Bytes that are fetched; also what is held in memory while the file is looked at."""

    requests: int = 32
    """Range requests."""

    seconds: float = 30
    """Seconds of waiting for the bucket, and seconds of CPU."""

    whole: int = 1024 * 1024
    """Files up to this many bytes are read whole where less proves nothing."""

    entries: int = 1_000_000
    """Entries of the index of a film or sound; FFmpeg takes what a file says for granted, and makes room for it."""

    pixels: int = 36_000_000
    """Pixels of a picture that is decoded: 8K has 33 million."""
