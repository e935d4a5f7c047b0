"""The ledger that this deployment is configured with."""

from pathlib import Path

import pytest

from encord_provider.hooks.ledger import open_ledger


def test_the_configured_ledger_is_opened_and_made_when_it_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'fleet.db'}")

    with open_ledger() as first, first.leases.hold("build", "run", 60):
        pass
    with open_ledger() as second, second.leases.hold("build", "another", 60):
        assert (tmp_path / "fleet.db").exists()
