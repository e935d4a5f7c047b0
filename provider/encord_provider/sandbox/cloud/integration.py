"""A cloud integration: the credentials with which the sandbox reads someone's storage."""

import json
from typing import Literal, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr, field_validator, model_validator

IntegrationKind = Literal["s3", "gcs", "azure", "s3-compatible", "direct"]
"""Which storage an integration speaks to; decides the URLs it understands."""

_STORAGE_LOCATIONS: dict[IntegrationKind, str] = {
    "s3": "s3",
    "gcs": "gcp",
    "azure": "azure",
    "s3-compatible": "s3Compatible",
    "direct": "directAccess",
}


class Integration(BaseModel):
    """One entry of the config's ``integrations``: where the objects are and who may read them.

    Frozen and hashable, so that connections can be kept per integration. Its ``repr`` and its plain
    dump hide every secret; :meth:`revealed` is the one way to write it down whole.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uuid: UUID = Field(default_factory=uuid4)
    """The identifier clients name in an upload job."""

    title: str = Field(min_length=1)
    """The name clients look the integration up by; need not be unique, as in Encord."""

    kind: IntegrationKind
    """The storage behind it."""

    endpoint: str | None = None
    """Base URL of the storage, for anything but the providers' own hosts; required by ``s3-compatible``."""

    region: str = "us-east-1"
    """Region that S3 requests are signed for, unless the object's URL names one."""

    access_key_id: str | None = None
    """S3 access key."""

    secret_access_key: SecretStr | None = None
    """Secret of the S3 access key."""

    account_name: str | None = None
    """Azure storage account; required by ``azure``."""

    account_key: SecretStr | None = None
    """Key of the Azure storage account."""

    sas_token: SecretStr | None = None
    """Azure shared access signature, with or without its leading question mark."""

    service_account: SecretStr | None = None
    """Google service account key, as the JSON object it is downloaded as."""

    anonymous: bool = False
    """Send no credentials at all."""

    can_write: bool = True
    """Whether Encord could write to the bucket; image sequences need it (Encord, "Register Cloud Data")."""

    strict_client_only: bool = False
    """Encord's "strict client-only access": the server reads nothing, clients must supply media metadata."""

    @field_validator("service_account", mode="before")
    @classmethod
    def _as_json_text(cls, value: JsonValue) -> JsonValue:
        return json.dumps(value) if isinstance(value, dict) else value

    @field_validator("endpoint")
    @classmethod
    def _without_trailing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind == "s3-compatible" and not self.endpoint:
            raise ValueError("an s3-compatible integration needs an endpoint")
        if self.kind == "azure" and not self.account_name:
            raise ValueError("an azure integration needs an account_name")
        return self

    @property
    def storage_location(self) -> str:
        """``storageLocation`` of the items it registers, in the words of the wire."""
        return _STORAGE_LOCATIONS[self.kind]

    def revealed(self) -> dict[str, JsonValue]:
        """Return all fields as JSON values, secrets in clear, fit for ``Integration.model_validate``."""
        plain: dict[str, JsonValue] = self.model_dump(mode="json")
        secrets = {name: value for name, value in self if isinstance(value, SecretStr)}
        return plain | {name: secret.get_secret_value() for name, secret in secrets.items()}
