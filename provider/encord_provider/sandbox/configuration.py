"""The sandbox's config file."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.keys import parse_public_key
from encord_provider.sandbox.limits import Limits


class Configuration(BaseModel):
    """What the config file may say; every key is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    public_keys: list[str] = Field(default_factory=list)
    """Keys that open the sandbox, as OpenSSH text or 64 hex digits; without any, it makes its own pair."""

    bearer_tokens: list[SecretStr] = Field(default_factory=list)
    """Tokens that open the sandbox."""

    integrations: list[Integration] = Field(default_factory=list)
    """Cloud credentials. One without ``uuid`` keeps the UUID that its title had before in this state directory."""

    page: bool = True
    """Whether the HTML pages are served."""

    units_per_second: float | None = Field(default=None, gt=0)
    """Pace of upload jobs; None is full speed."""

    limits: Limits = Field(default_factory=Limits)
    """Limits that differ from Encord's documented ones."""

    @field_validator("public_keys")
    @classmethod
    def _as_hex(cls, keys: list[str]) -> list[str]:
        return [parse_public_key(key) for key in keys]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the config at *path*."""
        return cls.model_validate_json(path.read_bytes())
