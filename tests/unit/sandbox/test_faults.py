"""The script of what goes wrong."""

import pytest
from pydantic import ValidationError

from encord_provider.sandbox.faults import Faults


def test_a_fault_happens_as_often_as_it_says() -> None:
    faults = Faults()
    faults.add("status", times=2, status=429)
    hits = [faults.take("GET", "/v2/public/x") for _ in range(3)]
    assert [hit and hit.status for hit in hits] == [429, 429, None]


def test_faults_are_used_in_the_order_of_the_script() -> None:
    faults = Faults()
    faults.add("status", status=500)
    faults.add("drop_before")
    assert [hit.effect for hit in (faults.take("GET", "/"), faults.take("GET", "/")) if hit] == [
        "status",
        "drop_before",
    ]


def test_a_fault_waits_for_its_method_and_path() -> None:
    faults = Faults()
    faults.add("drop_after", method="POST", path="data-upload-jobs$")
    assert faults.take("GET", "/folders/1/data-upload-jobs") is None
    assert faults.take("POST", "/folders/1/data-upload-jobs/2/cancel") is None
    assert faults.take("POST", "/folders/1/data-upload-jobs") is not None


def test_a_cleared_script_does_nothing() -> None:
    faults = Faults()
    faults.add("drop_before", times=5)
    faults.clear()
    assert faults.take("GET", "/") is None


@pytest.mark.parametrize("settings", [{"status": 200}, {"times": 0}, {"path": "("}, {"colour": "red"}])
def test_a_fault_that_makes_no_sense_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Faults().add("status", **settings)
