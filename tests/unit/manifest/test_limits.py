"""How much of a job a unit takes up."""

import pytest

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice


@pytest.mark.parametrize(("kind", "units"), [(Kind.VIDEO, 100), (Kind.IMAGE, 1000), (Kind.NIFTI, 1000)])
def test_a_job_is_full_at_the_number_of_units_that_encord_advises(kind: Kind, units: int) -> None:
    assert units * Advice().share(kind) == pytest.approx(1)


def test_advice_can_be_set_for_each_kind() -> None:
    advice = Advice(units={Kind.PDF: 5}, other_units=50)

    assert advice.share(Kind.PDF) == pytest.approx(1 / 5)
    assert advice.share(Kind.VIDEO) == pytest.approx(1 / 50)
