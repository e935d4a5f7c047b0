"""Credentials that are renewed while a bucket is open."""

from typing import Protocol, runtime_checkable

from encord_provider.errors import EncordProviderError


@runtime_checkable
class Renewing(Protocol):
    """A provider of credentials that remembers why it could not renew them.

    obstore calls it when a token is about to end, and makes mere text of what it raises.
    """

    fault: EncordProviderError | None
    """What went wrong at the last call, if anything did."""
