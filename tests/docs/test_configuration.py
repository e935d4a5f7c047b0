"""Every option of the ``[encord]`` section is in the reference."""

from encord_provider.provider_info import get_provider_info
from tests.docs.pages import Page, code


def test_every_option_is_documented_with_its_variable_and_its_example() -> None:
    options = get_provider_info()["config"]["encord"]["options"]

    documented = {
        code(row[0])[0]: (code(row[1])[0], code(row[3])[0])
        for row in Page.read("reference/configuration").table()
    }

    assert documented == {
        name: (f"AIRFLOW__ENCORD__{name.upper()}", option["example"]) for name, option in options.items()
    }
