"""What Airflow discovers of this distribution; imports nothing, since every Airflow process calls it."""

from typing import Any

DOCUMENTATION = "https://docs.encord.com"


def get_provider_info() -> dict[str, Any]:
    """Return the provider's metadata in the form of Airflow's ``provider_info.schema.json``."""
    package = "encord_provider"
    return {
        "package-name": "airflow-provider-encord",
        "name": "Encord",
        "description": "Keeps Encord in step with a bucket: every object registered exactly once, with a receipt.",
        "versions": ["0.1.0"],
        "integrations": [
            {"integration-name": "Encord", "external-doc-url": DOCUMENTATION, "tags": ["service"]},
        ],
        "operators": [
            {
                "integration-name": "Encord",
                "python-modules": [
                    f"{package}.operators.{noun}"
                    for noun in (
                        "manifest",
                        "upload",
                        "folder",
                        "cloud_sync",
                        "dataset",
                        "labels",
                        "metadata",
                        "embeddings",
                        "schema",
                        "receipt",
                        "replay",
                        "ledger",
                    )
                ],
            },
        ],
        "sensors": [
            {
                "integration-name": "Encord",
                "python-modules": [f"{package}.sensors.bucket", f"{package}.sensors.upload"],
            },
        ],
        "triggers": [
            {
                "integration-name": "Encord",
                "python-modules": [
                    f"{package}.triggers.{noun}" for noun in ("arrival", "upload", "cloud_sync")
                ],
            },
        ],
        "hooks": [{"integration-name": "Encord", "python-modules": [f"{package}.hooks.encord"]}],
        "extra-links": [
            f"{package}.links.encord.EncordFolderLink",
            f"{package}.links.encord.EncordUploadJobLink",
            f"{package}.links.encord.EncordDatasetLink",
        ],
        "cli": [f"{package}.cli.definition.get_encord_cli_commands"],
        "connection-types": [_connection_type(package)],
        "config": {"encord": _configuration()},
    }


def _connection_type(package: str) -> dict[str, Any]:
    return {
        "connection-type": "encord",
        "hook-name": "Encord",
        "hook-class-name": f"{package}.hooks.encord.EncordHook",
        "ui-field-behaviour": {
            "hidden-fields": ["schema", "port", "login", "password"],
            "relabeling": {"host": "Custom domain"},
            "placeholders": {"host": "leave empty for the region below; else https://api.example.com"},
        },
        "conn-fields": {
            "region": {
                "label": "Region",
                "description": "Encord's domain: EU is https://api.encord.com, US is https://api.us.encord.com.",
                "schema": {"type": "string", "enum": ["EU", "US"], "default": "EU"},
            },
            "private_key": {
                "label": "Private key",
                "description": (
                    "An ed25519 key without passphrase: OpenSSH text, base64 of it, or the path of a file on "
                    "every worker."
                ),
                "schema": {"type": ["string", "null"], "format": "multiline"},
            },
            "integration": {
                "label": "Integration",
                "description": "Title or UUID of the cloud integration to use where a task names none.",
                "schema": {"type": ["string", "null"]},
            },
        },
    }


def _configuration() -> dict[str, Any]:
    def option(description: str, example: str) -> dict[str, Any]:
        return {
            "description": description,
            "version_added": "0.1.0",
            "type": "string",
            "example": example,
            "default": "",
        }

    return {
        "description": "Where the provider keeps what it must remember.",
        "options": {
            "ledger_conn_id": option(
                "Airflow connection of the PostgreSQL that the ledger is in. Needed when workers are many.",
                "encord_ledger",
            ),
            "ledger_url": option(
                "SQLAlchemy URL of the ledger, instead of a connection. Empty, both: a SQLite file under "
                "AIRFLOW_HOME, which fits one machine.",
                "postgresql+psycopg://encord:secret@db/encord",
            )
            | {"sensitive": True},
            "storage": option(
                "Directory or bucket for manifests and receipts. Empty: a directory under AIRFLOW_HOME.",
                "s3://fleet-manifests/encord/",
            ),
            "storage_conn_id": option(
                "Airflow connection of that bucket. Empty: the default one of its cloud.", "aws_default"
            ),
            "jobs_in_flight": option(
                "Upload jobs under way at a time through one integration, over all DAGs. Empty: 100.", "20"
            ),
            "units_in_flight": option(
                "Units in those jobs; one job alone may have more. Empty: 500000.", "100000"
            ),
        },
    }
