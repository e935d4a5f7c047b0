"""What Airflow discovers of this distribution."""

import importlib
import json
from collections.abc import Iterator
from importlib.metadata import entry_points, version
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from packaging.utils import canonicalize_name

from encord_provider.encord_api.connection import DOMAINS
from encord_provider.provider_info import get_provider_info

DISTRIBUTION = "airflow-provider-encord"


def modules() -> Iterator[str]:
    """Yield every module that the provider's metadata names."""
    info = get_provider_info()
    for kind in ("operators", "sensors", "hooks", "triggers"):
        for entry in info[kind]:
            yield from entry["python-modules"]


def class_paths() -> Iterator[str]:
    """Yield every class that the provider's metadata names."""
    info = get_provider_info()
    yield from info["extra-links"]
    yield from (entry["hook-class-name"] for entry in info["connection-types"])


def test_the_metadata_is_valid_against_airflows_own_schema() -> None:
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text())

    jsonschema.validate(get_provider_info(), schema)


def test_airflow_finds_the_metadata_by_the_entry_point_of_the_distribution() -> None:
    (found,) = [
        entry
        for entry in entry_points(group="apache_airflow_provider")
        if entry.dist and entry.dist.name == DISTRIBUTION
    ]

    assert found.load() is get_provider_info


def test_the_package_name_is_the_canonical_name_of_the_distribution() -> None:
    name = get_provider_info()["package-name"]

    assert name == canonicalize_name(name) == DISTRIBUTION


def test_the_newest_version_is_the_installed_one() -> None:
    assert get_provider_info()["versions"][0] == version(DISTRIBUTION)


@pytest.mark.parametrize("module", list(modules()))
def test_every_module_can_be_imported(module: str) -> None:
    assert importlib.import_module(module).__doc__


@pytest.mark.parametrize("path", list(class_paths()))
def test_every_class_can_be_imported(path: str) -> None:
    module, _, name = path.rpartition(".")

    assert isinstance(getattr(importlib.import_module(module), name), type)


def test_no_operator_sensor_trigger_or_link_is_missing() -> None:
    ours = {"operators", "sensors", "triggers"}
    root = files("encord_provider")
    there = {
        f"encord_provider.{package}.{module.name.removesuffix('.py')}"
        for package in ours
        for module in root.joinpath(package).iterdir()
        if module.name.endswith(".py") and module.name != "__init__.py"
    }
    links = importlib.import_module("encord_provider.links.encord")

    assert there == {module for module in modules() if ".hooks." not in module}
    assert {name for name in vars(links) if name.endswith("Link") and not name.startswith(("_", "Base"))} == {
        path.rpartition(".")[2] for path in get_provider_info()["extra-links"]
    }


def test_every_extra_link_stands_on_some_operator() -> None:
    used = {
        type(link).__name__
        for module in modules()
        for member in vars(importlib.import_module(module)).values()
        for link in getattr(member, "operator_extra_links", ()) or ()
        if isinstance(member, type)
    }

    assert {path.rpartition(".")[2] for path in get_provider_info()["extra-links"]} <= used


def encord_form() -> Any:  # noqa: ANN401 - Airflow's own response model
    """Return the form of an Encord connection, as the API server gives it to the UI."""
    from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService  # noqa: PLC0415 - it costs seconds

    (form,) = [form for form in HookMetaService.hook_meta_data() if form.connection_type == "encord"]
    return form


def test_the_ui_offers_the_connection_with_its_fields() -> None:
    form = encord_form()

    assert form.hook_class_name == "encord_provider.hooks.encord.EncordHook"
    assert form.hook_name == "Encord"
    assert set(form.extra_fields) == {"region", "private_key", "integration"}
    assert form.extra_fields["region"]["schema"]["enum"] == ["EU", "US"]
    assert form.extra_fields["private_key"]["schema"]["format"] == "multiline"


def test_the_form_hides_what_the_connection_does_not_use_and_names_the_host() -> None:
    fields = encord_form().standard_fields

    assert {name for name in ("url_schema", "port", "login", "password") if getattr(fields, name).hidden} == {
        "url_schema",
        "port",
        "login",
        "password",
    }
    assert fields.host.title == "Custom domain"


def test_the_regions_of_the_form_are_the_domains_that_are_known() -> None:
    region = get_provider_info()["connection-types"][0]["conn-fields"]["region"]

    assert set(region["schema"]["enum"]) == set(DOMAINS)
    assert all(domain in region["description"] for domain in DOMAINS.values())


def test_the_url_of_the_ledger_is_sensitive_since_it_may_hold_a_password() -> None:
    options = get_provider_info()["config"]["encord"]["options"]

    assert options["ledger_url"]["sensitive"] is True
