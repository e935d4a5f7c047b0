"""An organisation's metadata schema below the SDK's HTTP client."""

import json
from typing import Any

from encord.metadata_schema import MetadataSchema


class Organisation:
    """Stands in for the SDK's HTTP client: hypothesis needs hundreds, and the sandbox holds no unknown types."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def get(self, path: str, *, params: None, result_type: Any, allow_none: bool) -> Any:  # noqa: ANN401, ARG002 - the SDK's signature
        return result_type.model_validate(self.document)

    def post(self, path: str, *, params: None, payload: Any, result_type: None) -> None:  # noqa: ANN401, ARG002 - the SDK's signature
        self.document = json.loads(payload.model_dump_json())

    def metadata_schema(self) -> MetadataSchema:
        return MetadataSchema(self)  # type: ignore[arg-type]  # see the class
