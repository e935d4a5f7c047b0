"""The organisation's metadata schema: every type, deleted softly and for good."""

from collections.abc import Callable
from typing import Literal

import pytest
from encord.metadata_schema import MetadataSchema, MetadataSchemaError, MetadataSchemaScalarType
from encord.orm.client_metadata_schema import ClientMetadataSchemaTypes
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests.contract.traffic import Traffic

SCHEMA = "/organisation/client-metadata-schema-v2"

Scalar = Literal["boolean", "datetime", "number", "uuid", "varchar", "text"]


@pytest.fixture
def sandbox(empty_sandbox: RunningSandbox) -> RunningSandbox:
    """Give each test an organisation of its own."""
    return empty_sandbox


def saved(client: EncordUserClient, change: Callable[[MetadataSchema], None]) -> MetadataSchema:
    """Change the schema, save it, and read it back."""
    schema = client.metadata_schema()
    change(schema)
    schema.save()
    return client.metadata_schema()


def test_a_new_organisation_has_no_schema(client: EncordUserClient) -> None:
    assert client.metadata_schema().keys() == []


@pytest.mark.parametrize("scalar", ["boolean", "datetime", "number", "uuid", "varchar", "text"])
def test_a_scalar_key_is_kept(client: EncordUserClient, scalar: Scalar) -> None:
    schema = saved(client, lambda schema: schema.add_scalar("site.key", data_type=scalar))
    assert schema.get_key_type("site.key") == scalar
    schema = saved(
        client, lambda schema: schema.add_scalar("by enum", data_type=MetadataSchemaScalarType(scalar))
    )
    assert (schema.get_key_type("by enum"), schema.get_key_type("site.key")) == (scalar, scalar)


def test_the_old_names_of_scalars_are_understood(client: EncordUserClient) -> None:
    def add(schema: MetadataSchema) -> None:
        schema.add_scalar("short", data_type="string")
        schema.add_scalar("long", data_type="long_string")

    schema = saved(client, add)
    assert (schema.get_key_type("short"), schema.get_key_type("long")) == ("varchar", "text")


def test_a_scalar_may_change_its_type(client: EncordUserClient) -> None:
    saved(client, lambda schema: schema.add_scalar("key", data_type="text"))
    schema = saved(client, lambda schema: schema.set_scalar("key", data_type="number"))
    assert schema.get_key_type("key") == "number"


def test_an_enum_keeps_its_options_and_gains_more(client: EncordUserClient) -> None:
    schema = saved(client, lambda schema: schema.add_enum("weather", values=["sun", "rain"]))
    assert schema.get_key_type("weather") == "enum"
    assert schema.get_enum_options("weather") == ["rain", "sun"]
    schema = saved(client, lambda schema: schema.add_enum_options("weather", values=["fog", "żar"]))
    assert schema.get_enum_options("weather") == ["fog", "rain", "sun", "żar"]


def test_an_enum_may_have_255_options(client: EncordUserClient) -> None:
    options = [f"{number:03}" for number in range(255)]
    schema = saved(client, lambda schema: schema.add_enum("many", values=options))
    assert schema.get_enum_options("many") == options


@pytest.mark.parametrize("size", [1, 512, 4096])
def test_an_embedding_keeps_its_size(client: EncordUserClient, size: int) -> None:
    schema = saved(client, lambda schema: schema.add_embedding("clip", size=size))
    assert (schema.get_key_type("clip"), schema.get_embedding_size("clip")) == ("embedding", size)


def test_a_place_is_a_type(client: EncordUserClient) -> None:
    schema = saved(client, lambda schema: schema.add_geospatial("where"))
    assert schema.get_key_type("where") == "geospatial"


def test_keys_are_case_sensitive_and_may_be_of_any_alphabet(client: EncordUserClient) -> None:
    def add(schema: MetadataSchema) -> None:
        for key in ("Key", "key", "team.key-1_x", "clé ô"):
            schema.add_scalar(key, data_type="text")

    assert sorted(saved(client, add).keys()) == sorted(["Key", "key", "team.key-1_x", "clé ô"])


@pytest.mark.parametrize(
    ("add", "kind"),
    [
        (lambda schema: schema.add_scalar("key", data_type="number"), "number"),
        (lambda schema: schema.add_enum("key", values=["a"]), "enum"),
        (lambda schema: schema.add_embedding("key", size=3), "embedding"),
        (lambda schema: schema.add_geospatial("key"), "geospatial"),
    ],
    ids=["scalar", "enum", "embedding", "geospatial"],
)
def test_a_softly_deleted_key_can_be_restored(
    client: EncordUserClient, add: Callable[[MetadataSchema], None], kind: str
) -> None:
    saved(client, add)
    schema = saved(client, lambda schema: schema.delete_key("key"))
    assert (schema.has_key("key"), schema.is_key_deleted("key")) == (True, True)
    assert schema.get_key_type("key") is None
    schema = saved(client, lambda schema: schema.restore_key("key"))
    assert (schema.is_key_deleted("key"), schema.get_key_type("key")) == (False, kind)


def test_a_softly_deleted_scalar_revives_with_another_type(client: EncordUserClient) -> None:
    saved(client, lambda schema: schema.add_scalar("key", data_type="number"))
    saved(client, lambda schema: schema.delete_key("key"))
    schema = saved(client, lambda schema: schema.add_scalar("key", data_type="text"))
    assert schema.get_key_type("key") == "text"


def test_a_key_deleted_for_good_stays_deleted(client: EncordUserClient) -> None:
    saved(client, lambda schema: schema.add_scalar("key", data_type="number"))
    schema = saved(client, lambda schema: schema.delete_key("key", hard=True))
    assert (schema.has_key("key"), schema.is_key_deleted("key")) == (True, True)
    with pytest.raises(MetadataSchemaError, match="hard deleted"):
        schema.add_scalar("key", data_type="number")
    with pytest.raises(MetadataSchemaError, match="does not support restore"):
        schema.restore_key("key")


def test_nothing_is_sent_unless_something_changed(client: EncordUserClient, traffic: Traffic) -> None:
    schema = client.metadata_schema()
    schema.save()
    assert traffic.statuses("POST", SCHEMA) == []
    schema.add_scalar("key", data_type="number")
    schema.save()
    schema.save()
    assert traffic.statuses("POST", SCHEMA) == [200]


def test_of_two_who_save_at_once_the_last_wins(client: EncordUserClient, sandbox: RunningSandbox) -> None:
    mine, theirs = client.metadata_schema(), sandbox.client().metadata_schema()
    mine.add_scalar("mine", data_type="number")
    theirs.add_scalar("theirs", data_type="number")
    mine.save()
    theirs.save()
    assert client.metadata_schema().keys() == ["theirs"]


def test_the_first_version_of_the_schema_still_answers(client: EncordUserClient) -> None:
    with pytest.warns(DeprecationWarning, match="metadata_schema"):
        client.set_client_metadata_schema_from_dict(
            {
                "speed": ClientMetadataSchemaTypes.NUMBER,
                "name": ClientMetadataSchemaTypes.STRING,
            },
        )
    with pytest.warns(DeprecationWarning, match="metadata_schema"):
        read = client.get_client_metadata_schema()
    assert read == {"speed": ClientMetadataSchemaTypes.NUMBER, "name": ClientMetadataSchemaTypes.STRING}
    assert client.metadata_schema().get_key_type("speed") == "number"
