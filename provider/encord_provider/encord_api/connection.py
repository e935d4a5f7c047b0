"""What it takes to talk to Encord, parsed once from an Airflow connection."""

from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DOMAINS: Final = {"EU": "https://api.encord.com", "US": "https://api.us.encord.com"}
"""Encord's own domains (encord 0.1.211, ``encord.configs``)."""

APPS: Final = {
    DOMAINS["EU"]: "https://app.encord.com",
    DOMAINS["US"]: "https://app.us.encord.com",
}
"""Where people look at what an API domain holds; a custom domain, such as the sandbox, has its own pages."""

USER_AGENT: Final = "airflow-provider-encord/0.1.0"
"""How requests say who sends them."""


@dataclass(frozen=True)
class Credentials:
    """An account at one Encord domain."""

    domain: str
    """Base URL of the API, without a trailing slash."""

    private_key: Ed25519PrivateKey = field(repr=False)
    integration: str | None = None
    """Title or UUID of the integration to use when a task names none."""

    def folder_page(self, folder_uuid: str) -> str:
        """Return where people look at a folder; of Encord's own application only the start page is documented."""
        return APPS.get(self.domain) or f"{self.domain}/folders/{folder_uuid}"

    def job_page(self, job_uuid: str) -> str:
        """Return where people look at an upload job."""
        return APPS.get(self.domain) or f"{self.domain}/jobs/{job_uuid}"

    def dataset_page(self, dataset_uuid: str) -> str:
        """Return where people look at a dataset."""
        app = APPS.get(self.domain)
        return f"{app}/datasets/view/{dataset_uuid}" if app else f"{self.domain}/datasets/{dataset_uuid}"
