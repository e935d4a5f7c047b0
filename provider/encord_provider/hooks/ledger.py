"""The ledger that this deployment is configured with."""

from typing import TYPE_CHECKING

from encord_provider.hooks.configuration import ledger_url

if TYPE_CHECKING:
    from encord_provider.ledger.ledger import Ledger


def open_ledger() -> "Ledger":
    """Open the configured ledger; close it after use."""
    from encord_provider.ledger.ledger import Ledger

    return Ledger(ledger_url())
