"""Buttons of a task that lead to what it worked on in Encord."""

from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperatorLink, XCom

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class _EncordLink(BaseOperatorLink):
    """Leads to a page whose address the task left under `page_key` while it ran."""

    page_key: ClassVar[str]

    def get_link(self, operator: "BaseOperator", *, ti_key: "TaskInstanceKey") -> str:  # noqa: ARG002 - Airflow's signature
        """Return the address, or nothing when the task did not get that far."""
        return XCom.get_value(key=self.page_key, ti_key=ti_key) or ""

    @classmethod
    def leave(cls, context: Any, page: str) -> None:  # noqa: ANN401 - Airflow's context is a mapping of anything
        """Leave the address of the page for the button."""
        context["ti"].xcom_push(key=cls.page_key, value=page)


class EncordFolderLink(_EncordLink):
    """Leads to a storage folder."""

    name = "Folder in Encord"
    page_key = "encord_folder_page"


class EncordUploadJobLink(_EncordLink):
    """Leads to an upload job."""

    name = "Upload job in Encord"
    page_key = "encord_job_page"


class EncordDatasetLink(_EncordLink):
    """Leads to a dataset."""

    name = "Dataset in Encord"
    page_key = "encord_dataset_page"
