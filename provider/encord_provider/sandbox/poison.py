"""Units that take their whole job down: what no word of the platform's explains."""

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, field_validator

from encord_provider.sandbox.units import Unit


class Poison(BaseModel):
    """Makes every job that holds a certain unit end ERROR, without a word about any one of its units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    """Regular expression, searched in the URLs of each unit."""

    message: str = "The job failed."
    """What the job says of it, as a whole."""

    lands: bool = False
    """Whether the units before the first such one are registered all the same."""

    @field_validator("url")
    @classmethod
    def _compiles(cls, url: str) -> str:
        try:
            re.compile(url)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return url

    def first_in(self, units: Sequence[Unit]) -> int | None:
        """Return the place of the first unit that is poison."""
        found = (n for n, unit in enumerate(units) if any(re.search(self.url, url) for url in unit.urls))
        return next(found, None)
