"""The organisation's metadata schema, read and changed through the SDK."""

import json
from collections.abc import Iterable
from typing import Any, cast

from encord.metadata_schema import MetadataSchema, MetadataSchemaScalarType
from encord.user_client import EncordUserClient
from pydantic import ValidationError

from encord_provider.encord_api.faults import encord_faults
from encord_provider.errors import Refused
from encord_provider.metadata.schema_plan import (
    AddKey,
    AddOptions,
    ChangeScalar,
    DeleteKey,
    RestoreKey,
    Step,
)

_READ = "read the metadata schema"


def read_schema(client: EncordUserClient) -> MetadataSchema:
    """Return the schema as it is now.

    Raises:
        Refused: It has a type that this version of the SDK does not know, beside what every request may raise.

    """
    try:
        with encord_faults(_READ):
            return client.metadata_schema()
    except ValidationError as error:
        places = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        raise Refused(
            _READ, f"the SDK does not know the type of {', '.join(sorted(places))}; update it"
        ) from None


def document_of(schema: MetadataSchema) -> dict[str, Any]:
    """Return *schema* in the form of the API; the SDK shows deleted keys in its ``repr`` alone."""
    return cast("dict[str, Any]", json.loads(repr(schema)))


def change_schema(schema: MetadataSchema, steps: Iterable[Step]) -> None:
    """Make *steps*, in their order, and save the schema as a whole."""
    for step in steps:
        _make(schema, step)
    with encord_faults("save the metadata schema"):
        schema.save()


def _make(schema: MetadataSchema, step: Step) -> None:
    match step:
        case AddKey(key, type) if type.name == "enum":
            schema.add_enum(key, values=sorted(type.options))
        case AddKey(key, type) if type.name == "embedding":
            schema.add_embedding(key, size=type.size)
        case AddKey(key, type) if type.name == "geospatial":
            schema.add_geospatial(key)
        case AddKey(key, type) | ChangeScalar(key, _, type):
            schema.set_scalar(key, data_type=MetadataSchemaScalarType(type.name))
        case AddOptions(key, options):
            schema.add_enum_options(key, values=options)
        case RestoreKey(key):
            schema.restore_key(key)
        case DeleteKey(key, for_good):
            schema.delete_key(key, hard=for_good)
