"""Open and sign the objects of an integration."""

from datetime import timedelta

import obstore
from obstore.exceptions import BaseError

from encord_provider.sandbox.cloud.address import address_of
from encord_provider.sandbox.cloud.direct import DirectObject
from encord_provider.sandbox.cloud.integration import Integration
from encord_provider.sandbox.cloud.object_reader import ObjectReader, ObjectUnreadable
from encord_provider.sandbox.cloud.stored import StoredObject
from encord_provider.sandbox.cloud.stores import store_of


def open_object(integration: Integration | None, url: str) -> ObjectReader:
    """Make sure that the object behind *url* exists and may be read.

    Without an integration, and with a ``direct`` one, the URL is fetched as it is.

    Raises:
        ObjectUnreadable: It is missing, forbidden, or *url* is none of this integration's.

    """
    if integration is None or integration.kind == "direct":
        return DirectObject.open(url)
    return StoredObject.open(integration, url)


def sign_url(integration: Integration | None, url: str, expires_in: timedelta) -> str:
    """Return a URL under which anyone can read the object until *expires_in* has passed.

    A ``direct`` URL is returned as it is. An Azure SAS token is a signature already and keeps its own expiry.

    Raises:
        ObjectUnreadable: The URL is not the integration's, or its credentials cannot sign.

    """
    if integration is None or integration.kind == "direct":
        return url
    address = address_of(integration, url)
    if integration.sas_token and not integration.account_key:
        return f"{url}?{integration.sas_token.get_secret_value().removeprefix('?')}"
    try:
        return obstore.sign(store_of(integration, address), "GET", address.key, expires_in)
    except (BaseError, ValueError) as error:
        raise ObjectUnreadable(url, "The credentials of the integration cannot sign URLs") from error
