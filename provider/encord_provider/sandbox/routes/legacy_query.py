"""A question of the legacy API, ready to be answered."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.users import User
from encord_provider.sandbox.world import World

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class LegacyQuery:
    """Who asks what."""

    world: World
    user: User
    base_url: str
    """Where the sandbox is, with a final slash."""

    resource_id: str
    """The ``ResourceID`` header: the dataset that the client works with."""

    uid: str | int | list[str] | None
    payload: Any

    @property
    def dataset_uuid(self) -> str:
        """UUID of the dataset that the question is about.

        Raises:
            InvalidError: The ``ResourceID`` header holds none.
        """
        try:
            return str(UUID(self.resource_id))
        except ValueError as error:
            raise InvalidError(f"{self.resource_id!r} is not the hash of a dataset.") from error

    def read(self, model: type[Model]) -> Model:
        """Return the payload as *model*.

        Raises:
            InvalidError: It is not one.
        """
        try:
            return model.model_validate(self.payload or {})
        except ValidationError as error:
            raise InvalidError(
                f"Invalid payload: {error.errors(include_url=False, include_input=False)}"
            ) from error
