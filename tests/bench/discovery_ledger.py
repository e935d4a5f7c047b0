"""The ledger's half of discovery: a run's listing compared with a ledger, from a real bucket's pages."""

from encord_provider.ingestion.discover import Discovery, discover
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.transitions import move_all
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion


def into_ledger(source: Source, ledger_url: str, run_name: str) -> Discovery:
    """List *source* and compare it with the ledger as a build does, up to where manifests would be made."""
    with Ledger(ledger_url) as ledger:
        return discover(_run(ledger, run_name), source, Grouping())


def register_everything(ledger_url: str) -> None:
    """Let everything that the ledger knows land, by one manifest that is settled, so that nothing is new."""
    from sqlalchemy import and_, true  # noqa: PLC0415 - no step that is measured shall pay for it

    from encord_provider.ledger.manifests import ManifestRecord  # noqa: PLC0415 - the same
    from encord_provider.ledger.tables import objects  # noqa: PLC0415 - the same

    with Ledger(ledger_url) as ledger:
        run = _run(ledger, "earlier")
        record = ManifestRecord("m" * 32, run.target, "file:///m.json", "fleet", None, 1, run.name, 1.0)
        with ledger.transaction() as connection:
            ledger.manifests.build(connection, record)
            move_all(connection, true(), Fate.NEW, Fate.PLANNED)
            move_all(connection, true(), Fate.PLANNED, Fate.REGISTERED)
            in_it = and_(objects.c.fate == Fate.REGISTERED)
            connection.execute(
                objects.update().where(in_it).values(manifest=record.id, item_uuid=objects.c.id)
            )
        ledger.manifests.settled(record.id, 2.0)


def _run(ledger: Ledger, name: str) -> Run:
    ingestion = Ingestion(source="s3://fleet-cameras/", folder="fleet")
    return Run(ledger, Task(name, "build"), ingestion, "https://api.encord.com")
