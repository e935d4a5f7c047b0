"""An Airflow connection becomes Encord."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from airflow.providers.common.compat.sdk import BaseHook

from encord_provider.errors import BadConnection, EncordProviderError

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from encord_provider.encord_api.api import EncordApi
    from encord_provider.encord_api.connection import Credentials


class EncordHook(BaseHook):
    """Encord, as the connection *encord_conn_id* describes it.

    The connection holds the domain (``host``, or the form's *region*), the private key (``password``, or
    the form's *private key*) and, if wanted, the integration to use where a task names none.
    """

    conn_name_attr: ClassVar[str] = "encord_conn_id"
    default_conn_name: ClassVar[str] = "encord_default"
    conn_type: ClassVar[str] = "encord"
    hook_name: ClassVar[str] = "Encord"

    def __init__(self, encord_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.encord_conn_id = encord_conn_id

    @cached_property
    def credentials(self) -> "Credentials":
        """The connection, parsed and checked; its key is masked in every log from here on.

        Raises:
            BadConnection: What is wrong with it, without the key.

        """
        connection = self.get_connection(self.encord_conn_id)
        return parse_connection(self.encord_conn_id, connection, connection.extra_dejson)

    @cached_property
    def api(self) -> "EncordApi":
        """Encord's API under these credentials."""
        from encord_provider.encord_api.api import EncordApi

        return EncordApi(self.credentials)

    def get_conn(self) -> "EncordApi":
        """Return `api`, under the name that every Airflow hook has for it."""
        return self.api

    async def acredentials(self) -> "Credentials":
        """Return `credentials` on an event loop, where a connection must not be read synchronously."""
        from airflow.providers.common.compat.connection import get_async_connection, get_async_extra_dejson

        connection = await get_async_connection(self.encord_conn_id)
        return parse_connection(self.encord_conn_id, connection, await get_async_extra_dejson(connection))

    def test_connection(self) -> tuple[bool, str]:
        """Say whether the connection works, and if not, what is wrong with it."""
        from encord_provider.encord_api.api import EncordApi

        try:
            api = EncordApi.impatient(self.credentials)
        except BadConnection as error:
            return False, str(error)
        try:
            titles = api.integration_titles()
            if self.credentials.integration:
                api.integration(self.credentials.integration)
        except EncordProviderError as error:
            return False, f"{self.credentials.domain}: {error}"
        listed = ", ".join(repr(title) for title in titles) or "none yet"
        return True, f"{self.credentials.domain} accepts the key; integrations: {listed}"


def parse_connection(conn_id: str, connection: "Connection", extra: dict[str, Any]) -> "Credentials":
    """Return what an Airflow connection of type ``encord`` says.

    Raises:
        BadConnection: No key, a key that Encord does not take, or an unknown region.

    """
    from airflow.providers.common.compat.sdk import mask_secret

    from encord_provider.encord_api.connection import Credentials
    from encord_provider.encord_api.private_key import BadPrivateKey, load_private_key, secrets_in

    given = connection.password or extra.get("private_key") or ""
    try:
        key = load_private_key(given)
    except BadPrivateKey as error:
        raise BadConnection(conn_id, str(error)) from error
    for secret in secrets_in(given, key):
        mask_secret(secret)
    return Credentials(_domain(conn_id, connection, extra), key, extra.get("integration") or None)


def _domain(conn_id: str, connection: "Connection", extra: dict[str, Any]) -> str:
    from encord_provider.encord_api.connection import DOMAINS

    if connection.host:
        host = connection.host if "://" in connection.host else f"https://{connection.host}"
        try:
            has_port = urlsplit(host).port is not None
        except ValueError as error:
            raise BadConnection(conn_id, f"the custom domain {connection.host!r} is no address") from error
        return host.rstrip("/") + (f":{connection.port}" if connection.port and not has_port else "")
    region = str(extra.get("region") or "EU").upper()
    if region not in DOMAINS:
        known = ", ".join(DOMAINS)
        raise BadConnection(conn_id, f"region {region!r} is not one of {known}; give a custom domain as host")
    return DOMAINS[region]
