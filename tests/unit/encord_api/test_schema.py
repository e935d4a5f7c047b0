"""The organisation's schema, read through the SDK."""

import pytest

from encord_provider.encord_api.schema import read_schema
from encord_provider.errors import Refused
from tests.organisation import Organisation


def test_a_type_that_the_sdk_does_not_know_is_named_with_its_key() -> None:
    newer = Organisation({"fleet.y": {"ty": "text"}, "fleet.x": {"ty": "quaternion"}})

    with pytest.raises(Refused, match=r"the type of fleet\.x; update it"):
        read_schema(newer)  # type: ignore[arg-type]  # see the class
