"""Cloud integrations by exact title."""

from uuid import UUID

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.integrations import integration_uuid
from encord_provider.errors import Ambiguous, NotFound
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox


def test_an_integration_is_found_by_its_title(api: EncordApi, s3_integration: Integration) -> None:
    assert api.integration_titles()[0] == "s3"
    assert integration_uuid(api.client, "s3") == str(s3_integration.uuid)


def test_an_integration_may_be_given_by_its_uuid(api: EncordApi, s3_integration: Integration) -> None:
    assert integration_uuid(api.client, str(s3_integration.uuid)) == str(s3_integration.uuid)


@pytest.mark.parametrize("title", ["S3", "s", "s3 ", str(UUID(int=1))])
def test_an_integration_that_does_not_exist_is_answered_with_those_that_do(
    api: EncordApi, title: str
) -> None:
    with pytest.raises(NotFound, match=r"the key may use .*'s3'"):
        integration_uuid(api.client, title)


def test_a_title_that_several_integrations_have_is_refused_with_all_of_them(
    api: EncordApi, sandbox: RunningSandbox
) -> None:
    made = {sandbox.add_integration(Integration(title="twice", kind="direct")) for _ in range(2)}

    with pytest.raises(Ambiguous) as caught:
        integration_uuid(api.client, "twice")

    assert set(caught.value.candidates) == made


def test_the_connections_integration_is_used_where_none_is_named(
    api: EncordApi, sandbox: RunningSandbox, s3_integration: Integration
) -> None:
    other = sandbox.add_integration(Integration(title="other", kind="direct"))
    without = EncordApi(Credentials(api.credentials.domain, api.credentials.private_key))

    assert api.integration(None) == str(s3_integration.uuid)
    assert api.integration("other") == other
    assert without.integration(None) is None
