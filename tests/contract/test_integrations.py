"""Cloud integrations: what a client learns of them."""

from uuid import UUID, uuid4

import pytest
from encord.dataset import Dataset
from encord.orm.storage import StorageLocationName
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.contract.registration import registered


@pytest.fixture
def sandbox(empty_sandbox: RunningSandbox) -> RunningSandbox:
    """Give each test an organisation of its own."""
    return empty_sandbox


@pytest.fixture
def three(sandbox: RunningSandbox, s3_integration: Integration) -> list[str]:
    """Add two integrations of one title beside the first; the UUIDs of all three."""
    twins = [s3_integration.model_copy(update={"uuid": uuid4(), "title": "twin of s3"}) for _ in range(2)]
    return [str(s3_integration.uuid), *(str(sandbox.add_integration(twin)) for twin in twins)]


def test_all_integrations_are_listed_by_uuid_and_title(client: EncordUserClient, three: list[str]) -> None:
    listed = client.get_cloud_integrations()
    assert {integration.id: integration.title for integration in listed} == {
        three[0]: "s3",
        three[1]: "twin of s3",
        three[2]: "twin of s3",
    }
    assert client.get_cloud_integrations(include_org_access=True) == listed


def test_integrations_are_found_by_uuid(client: EncordUserClient, three: list[str]) -> None:
    wanted: list[UUID | str] = [three[0], UUID(three[2]), uuid4()]
    found = client.get_cloud_integrations(filter_integration_uuids=wanted)
    assert {integration.id for integration in found} == {three[0], three[2]}


def test_integrations_are_found_by_their_exact_title(client: EncordUserClient, three: list[str]) -> None:
    def found(*titles: str) -> set[str]:
        listed = client.get_cloud_integrations(filter_integration_titles=list(titles))
        return {integration.id for integration in listed}

    assert found("twin of s3") == set(three[1:])
    assert found("s3", "twin of s3") == set(three)
    assert found("twin") == found("S3") == set()


def test_both_filters_must_hold(client: EncordUserClient, three: list[str]) -> None:
    found = client.get_cloud_integrations(
        filter_integration_uuids=three[:2], filter_integration_titles=["twin of s3"]
    )
    assert [integration.id for integration in found] == [three[1]]


def test_a_dataset_lists_them_too(client: EncordUserClient, dataset: Dataset, integration: str) -> None:
    with pytest.warns(DeprecationWarning, match="EncordUserClient.get_cloud_integrations"):
        listed = dataset.get_cloud_integrations()
    assert [known.id for known in listed] == [integration]
    assert [known.id for known in client.get_cloud_integrations()] == [integration]


def test_each_kind_of_integration_reads_its_own_urls(
    folder: StorageFolder, bucket: Bucket, sandbox: RunningSandbox, s3_integration: Integration
) -> None:
    native = s3_integration.model_copy(update={"uuid": uuid4(), "kind": "s3"})
    integration = sandbox.add_integration(native)
    bucket.put("night#1.png", media.image())
    url = bucket.uri("night#1.png")
    [item] = registered(folder, integration, {"images": [{"objectUrl": url}]})
    assert (item.url, item.storage_location) == (url, StorageLocationName.S3)
    assert item.file_size == len(media.image())


def test_direct_access_reads_a_url_as_it_is(
    folder: StorageFolder, bucket: Bucket, sandbox: RunningSandbox, integration: str
) -> None:
    direct = sandbox.add_integration(Integration(title="direct", kind="direct"))
    picture = bucket.put("a.png", media.image())
    [signed] = registered(folder, integration, {"images": [{"objectUrl": picture}]})
    url = signed.get_signed_url()
    signed.delete()
    [item] = registered(folder, direct, {"images": [{"objectUrl": url, "title": "a"}]})
    assert (item.url, item.storage_location) == (url, StorageLocationName.DIRECT_ACCESS)
    assert item.file_size == len(media.image())
