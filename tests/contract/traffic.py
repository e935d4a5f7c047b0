"""What a client asked the sandbox, for statements on how often."""

import re
from dataclasses import dataclass

from encord_provider.sandbox.testing import RunningSandbox


@dataclass(frozen=True)
class Traffic:
    """The requests since the test began."""

    sandbox: RunningSandbox

    before: int
    """How many there had been."""

    def statuses(self, method: str, path: str) -> list[int]:
        """Return the answers to requests by *method* whose path matches the regular expression *path*."""
        seen = self.sandbox.requests[self.before :]
        return [status for verb, asked, status in seen if verb == method and re.search(path, asked)]
