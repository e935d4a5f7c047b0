"""Cloud integrations by exact title."""

from encord.user_client import EncordUserClient

from encord_provider.encord_api.faults import encord_faults
from encord_provider.errors import Ambiguous, NotFound


def integration_uuid(client: EncordUserClient, title: str) -> str:
    """Return the UUID of the integration of exactly this title or UUID.

    Raises:
        NotFound: No integration has the title; the message lists those there are.
        Ambiguous: Several integrations have the title.

    """
    with encord_faults("list the cloud integrations"):
        integrations = client.get_cloud_integrations()
    found = [str(i.id) for i in integrations if title in {i.title, str(i.id)}]
    if not found:
        titles = ", ".join(repr(i.title) for i in integrations) or "none at all"
        raise NotFound("integration", title, f"the key may use {titles}")
    if len(found) > 1:
        raise Ambiguous("integration", title, found)
    return found[0]
