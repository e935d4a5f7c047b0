"""From a bucket to manifests."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException, Context, XComArg

from encord_provider.hooks.buckets import open_source, open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import open_run
from encord_provider.hooks.task_failure import task_failure
from encord_provider.hooks.units import grouping_function, kind_table, open_description
from encord_provider.hooks.uploads import advice_for
from encord_provider.manifest.completeness import Completeness
from encord_provider.manifest.globs import as_globs, escape
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Changed, Gone, Ingestion
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.media.modes import modes_of
from encord_provider.metadata.custom import CustomMetadata

if TYPE_CHECKING:
    from encord_provider.ingestion.rules import Rules
    from encord_provider.ingestion.run import Source


class EncordBuildManifestOperator(EncordOperator):
    """List the source, group what is new into units, and write manifests that fit Encord's limits.

    Returns the names of the manifests that this run is to submit, to be mapped over. Objects that cannot be
    registered go to quarantine, each with its reason.

    Args:
        arrived: What `EncordBucketSensor` returned. After a stock sensor, give the next eleven instead.
        source: Bucket and prefix, for example ``s3://fleet-cameras/{{ ds }}/``.
        inventory: Manifest of an S3 Inventory, or its like, or a table of keys, to be read in place of a listing.
        folder: Name or UUID of the folder in Encord; made when it is absent.
        integration: Title or UUID of the cloud integration through which Encord reads the bucket.
        include: Globs, or regular expressions behind ``re:``, over keys relative to the source; a key must match one.
        exclude: The same; keys that match one are counted, and left out.
        settle_seconds: How long an object must have been left unchanged before it counts.
        changed: What becomes of a newer version of a registered object: ``report`` it, ``reregister`` it as an item
            of its own in place of the old one, or ``ignore`` it.
        gone: What becomes of a registered object that is no longer there: ``report`` it, or give it up, too
            (``tombstone``), so that it counts as new should it come again.
        bucket_conn_id: Airflow connection of the bucket; by default the default one of its cloud.
        encord_conn_id: Airflow connection of Encord.
        image_groups: Regular expression over keys; images with the same ``unit`` group are one image group.
        image_sequences: The same for image sequences.
        dicom_series: The same for DICOM series; by default the files of one directory.
        group_by: A function of a key, or its dotted path: kind and title of the key's unit, or None for the rest.
        kinds: Endings and content types with their kinds, beside those that Encord supports.
        content_types: Ask the store for the content type of objects whose name tells no kind; a request each.
        complete: When a group is whole; until then it waits.
        path: What keys are like, for example ``{site}/{camera}/{name}.mp4``, or a regular expression.
        title: Template of titles over the parts of `path`; by default titles are keys.
        metadata: Where custom metadata comes from, and what it is to be.
        strict: Refuse the whole build when anything new cannot be registered; nothing is then written.
        limits: What Encord takes at most; plans differ.
        advice: How much goes into one upload job; by default what was learned from earlier ones, within bounds
            around what Encord advises.
        max_manifests: The most manifests of one run; they grow beyond the advice before there are more.
        probing: What is done about files before they are registered: ``off``, ``safe`` (what is proven of them is
            supplied) or ``require`` (what is not proven goes to quarantine), or a mode for each kind:
            ``{"video": "require", "text": "off"}``. By default ``safe``, if the extra ``media`` is installed.

    """

    template_fields: Sequence[str] = (
        "arrived",
        "source",
        "inventory",
        "folder",
        "integration",
        "include",
        "exclude",
        "bucket_conn_id",
        "encord_conn_id",
        "image_groups",
        "image_sequences",
        "dicom_series",
        "path",
        "title",
        "metadata",
    )
    ui_color = "#e6f4ea"

    def __init__(
        self,
        *,
        arrived: Mapping[str, Any] | XComArg | None = None,
        source: str | None = None,
        inventory: str | None = None,
        folder: str | None = None,
        integration: str | None = None,
        include: str | Sequence[str] = ("**",),
        exclude: str | Sequence[str] = (),
        settle_seconds: float = 0,
        changed: Changed = "report",
        gone: Gone = "report",
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        image_groups: str | None = None,
        image_sequences: str | None = None,
        dicom_series: str = Grouping.dicom_series,
        group_by: Callable[[str], tuple[str, str] | None] | str | None = None,
        kinds: Mapping[str, str] | None = None,
        content_types: bool = False,
        complete: Completeness | None = None,
        path: str | None = None,
        title: str | None = None,
        metadata: CustomMetadata | None = None,
        strict: bool = False,
        limits: Limits | None = None,
        advice: Advice | None = None,
        max_manifests: int = 100,
        probing: str | Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arrived = arrived
        self.source = source
        self.inventory = inventory
        self.folder = folder
        self.integration = integration
        self.include = include
        self.exclude = exclude
        self.settle_seconds = settle_seconds
        self.changed = changed
        self.gone = gone
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id
        self.image_groups = image_groups
        self.image_sequences = image_sequences
        self.dicom_series = dicom_series
        self.group_by = group_by
        self.kinds = kinds or {}
        self.content_types = content_types
        self.complete = complete or Completeness()
        self.path = path
        self.title = title
        self.metadata = metadata.plain() if metadata else None
        self.metadata_function = metadata.function if metadata else None
        self.strict = strict
        self.limits = limits or Limits()
        self.advice = advice
        self.max_manifests = max_manifests
        if probing is not None:
            modes_of(probing)
        self.probing = probing

    @property
    def ingestion(self) -> Ingestion:
        """What is ingested: as the sensor said, or as this operator's own arguments say."""
        if self.arrived:
            return Ingestion.model_validate(self.arrived)
        if not (self.source and self.folder):
            raise AirflowFailException("give arrived=sensor.output, or source= and folder=")
        return Ingestion(
            source=self.source,
            inventory=self.inventory,
            folder=self.folder,
            integration=self.integration,
            include=as_globs(self.include),
            exclude=as_globs(self.exclude),
            settle_seconds=self.settle_seconds,
            changed=self.changed,
            gone=self.gone,
            bucket_conn_id=self.bucket_conn_id,
            encord_conn_id=self.encord_conn_id,
        )

    @property
    def custom_metadata(self) -> CustomMetadata:
        """Where custom metadata comes from, with its templates rendered."""
        return CustomMetadata(**self.metadata or {}, function=self.metadata_function)

    def execute(self, context: Context) -> list[str]:
        """Build the manifests."""
        from encord_provider.ingestion.embeddings import ensure_key
        from encord_provider.ingestion.plan import build

        with task_failure():
            ingestion = _without_sidecars(self.ingestion, self.custom_metadata)
            with open_run(context, ingestion) as run, ExitStack() as opened:
                source = open_source(ingestion.source, ingestion.bucket_conn_id, ingestion.inventory)
                rules = self._rules(source, ingestion.bucket_conn_id, self.advice or advice_for(run))
                for vectors in map(opened.enter_context, rules.description.vectors):
                    ensure_key(run.ledger, EncordHook(ingestion.encord_conn_id).api, vectors, run.task)
                records = build(run, source, open_storage(), rules)
                listing = run.ledger.runs.listing(run.key)
        self.log.info("%s: %s", ingestion.source, listing)
        for record in records:
            self.log.info("manifest %s: %d units, at %s", record.id, record.units, record.uri)
        return [record.id for record in records]

    def _rules(self, source: "Source", conn_id: str | None, advice: Advice) -> "Rules":
        from encord_provider.ingestion.probe import probing_of
        from encord_provider.ingestion.rules import Rules

        grouping = Grouping(
            self.image_groups,
            self.image_sequences,
            self.dicom_series,
            kind_table(self.kinds),
            grouping_function(self.group_by),
            source.bucket.content_type if self.content_types else None,
        )
        description = open_description(self.path, self.title, self.custom_metadata, source.bucket, conn_id)
        return Rules(
            grouping,
            self.limits,
            advice,
            self.max_manifests,
            complete=self.complete,
            description=description,
            probing=probing_of(self.probing),
            strict=self.strict,
        )


def _without_sidecars(ingestion: Ingestion, metadata: CustomMetadata) -> Ingestion:
    """Exclude the side files, which are read with their objects."""
    if not metadata.sidecars:
        return ingestion
    sidecars = f"**/*{escape(metadata.sidecar_suffix)}"
    return ingestion.model_copy(update={"exclude": (*ingestion.exclude, sidecars)})
