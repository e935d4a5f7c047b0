"""What the sandbox refuses, in the two spellings of Encord's API.

RequestRefusedError
├── UnauthenticatedError      401  AUTHENTICATION_ERROR
├── ForbiddenError            403  AUTHORISATION_ERROR
├── NotFoundError             404  RESOURCE_NOT_FOUND_ERROR
├── ConflictError             409  RESOURCE_EXISTS_ERROR
├── InvalidError              400  INVALID_ARGUMENTS_ERROR
└── TooManyError              429  RATE_LIMIT_ERROR
"""

from http import HTTPStatus


class RequestRefusedError(Exception):
    """A request that Encord answers with an error."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    """HTTP status on the v2 API."""

    legacy_code = "UNKNOWN_ERROR"
    """Code in the envelope of the legacy API."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class UnauthenticatedError(RequestRefusedError):
    """The request carries no credential that the sandbox knows, or its signature does not hold."""

    status = HTTPStatus.UNAUTHORIZED
    legacy_code = "AUTHENTICATION_ERROR"


class ForbiddenError(RequestRefusedError):
    """The thing does not exist, or is not the caller's; Encord does not say which."""

    status = HTTPStatus.FORBIDDEN
    legacy_code = "AUTHORISATION_ERROR"


class NotFoundError(RequestRefusedError):
    """The thing does not exist."""

    status = HTTPStatus.NOT_FOUND
    legacy_code = "RESOURCE_NOT_FOUND_ERROR"


class ConflictError(RequestRefusedError):
    """The thing exists already."""

    status = HTTPStatus.CONFLICT
    legacy_code = "RESOURCE_EXISTS_ERROR"


class InvalidError(RequestRefusedError):
    """The request asks for something that cannot be."""

    status = HTTPStatus.BAD_REQUEST
    legacy_code = "INVALID_ARGUMENTS_ERROR"


class TooManyError(RequestRefusedError):
    """Encord takes no more for now."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    legacy_code = "RATE_LIMIT_ERROR"
