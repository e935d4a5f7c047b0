"""Everything that is raised on purpose."""

import inspect
import pickle
import re
from collections.abc import Iterator

import pytest

from encord_provider import errors
from encord_provider.errors import EncordProviderError, FailNow, RetryLater

SAMPLES: tuple[EncordProviderError, ...] = (
    errors.BadConnection("encord_default", "no key"),
    errors.BadSource("s3://", "no bucket"),
    errors.BadManifest("m.json", ["one", "two"]),
    errors.BadPattern("image_groups", "(unclosed", "missing )"),
    errors.BadTable("t.csv", ["line 2: x"]),
    errors.BadUrl("fleet/a.mp4", "no scheme"),
    errors.TooManyManifests(120, 100, "max_urls"),
    errors.BadLedger("sqlite:////var/ledger.db", "it is damaged"),
    errors.LedgerTooNew("sqlite:////var/ledger.db", "0.2.0", "0.1.0"),
    errors.NotShared("ledger", "sqlite:////var/ledger.db", ["CeleryExecutor"], "name a PostgreSQL"),
    errors.SchemaDrift(["camera: not in Encord"]),
    errors.BadInventory("s3://inventory/manifest.json", ["line 2: no key"]),
    errors.DriftFound("s3://fleet/", {"item_gone": 2}, "file:///audit.json"),
    errors.MissingExtra("amazon", "reading s3://"),
    errors.NotFound("folder", "fleet"),
    errors.NotFound("integration", "s3", "the key may use 'gcs'"),
    errors.Ambiguous("folder", "fleet", ["1", "2"]),
    errors.AlreadyLinked("fleet-labelling", ["a.mp4 8c8f3c1e-6b0e-4a4e-9d57-3f6f0c9d2a11"]),
    errors.Refused("create the folder 'fleet'", "not allowed"),
    errors.UploadFailed("job-1", "ERROR", ["storage is gone"]),
    errors.TooManyRefused(3, 2, ["a.mp4: not a video"]),
    errors.ReceiptOpen("dag/run", 10, 9, "file:///r.json"),
    errors.IllegalTransition("https://b/a.mp4", "registered", "new"),
    errors.EncordUnavailable("list the items", "HTTP 503"),
    errors.EncordUnavailable("list the items", "rate limit", 2.5),
    errors.BucketUnavailable("s3://fleet", "timeout"),
    errors.LedgerUnavailable("postgresql://db/encord", "connection refused"),
    errors.LeaseHeld("build fleet", "dag/run-1"),
    errors.UploadUnfinished(["job-1", "job-2"]),
    errors.NoRoom("https://api.example.com#fleet", 3600.0),
    errors.UploadStalled(["job-1", "job-2"], 10800.0),
)


def classes() -> set[type[EncordProviderError]]:
    """Return every error class of the module."""
    return {
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, EncordProviderError)
    }


def drawn_tree() -> Iterator[tuple[str, str]]:
    """Yield each error of the drawing in the module's docstring, and the one that it hangs from."""
    above: list[str] = []
    for indent, name in re.findall(r"^( *)\* `(\w+)`", inspect.getdoc(errors) or "", re.MULTILINE):
        depth = len(indent) // 4
        yield name, above[depth - 1] if depth else "Exception"
        above[depth:] = [name]


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert sorted(drawn_tree()) == sorted((cls.__name__, cls.__bases__[0].__name__) for cls in classes())


def test_each_error_says_what_must_happen_next() -> None:
    leaves = {cls for cls in classes() if not cls.__subclasses__()}

    assert {cls for cls in leaves if issubclass(cls, FailNow) is issubclass(cls, RetryLater)} == set()


def test_every_error_has_a_sample_here() -> None:
    assert {type(error) for error in SAMPLES} == {cls for cls in classes() if not cls.__subclasses__()}


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_between_processes_with_its_data(error: EncordProviderError) -> None:
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - pickled here

    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)
    assert vars(arrived)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_the_message_of_an_error_holds_its_data(error: EncordProviderError) -> None:
    hidden = [
        "retry_after",
        "without_effect",
        "cut_off",
        "seconds",
        "discovered",
        "accounted",
        "refused",
        "allowed",
        "manifests",
        "most",
    ]
    texts = [
        text
        for name, value in vars(error).items()
        if name not in hidden
        for text in ([value] if isinstance(value, str) else value)
    ]

    assert all(text in str(error) for text in texts)


def test_a_message_shows_the_first_faults_and_says_how_many_more_there_are() -> None:
    faults = [f"fault {n}" for n in range(errors.SHOWN_FAULTS + 7)]

    error = errors.BadManifest("m.json", faults)

    lines = str(error).splitlines()
    assert lines[1:-1] == [f"  fault {n}" for n in range(errors.SHOWN_FAULTS)]
    assert lines[-1] == "  ... and 7 more"
    assert error.faults == tuple(faults)


def test_a_message_that_shows_all_faults_does_not_speak_of_more() -> None:
    faults = [f"fault {n}" for n in range(errors.SHOWN_FAULTS)]

    assert "more" not in str(errors.BadTable("t.csv", faults))
