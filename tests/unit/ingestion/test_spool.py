"""Units that wait in a file."""

from pathlib import Path

from encord_provider.ingestion import spool as module
from encord_provider.ingestion.spool import Spool
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.units import Unit
from tests.unit.manifest.listed import listed


def candidates(count: int) -> list[Candidate]:
    """Make some, with metadata."""
    return [
        Candidate((listed(f"{n}.png"),), Unit(Kind.IMAGE, f"{n}.png", (f"u{n}",), client_metadata={"n": n}))
        for n in range(count)
    ]


def test_what_is_put_in_comes_out_in_order_as_often_as_it_is_read() -> None:
    given = candidates(3)
    with Spool() as spool:
        for candidate in given:
            spool.add(candidate)
        spool.finish()

        assert list(spool) == given
        assert list(spool) == given
        assert [c.unit and c.unit.client_metadata for c in spool] == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_an_empty_spool_yields_nothing() -> None:
    with Spool() as spool:
        spool.finish()

        assert list(spool) == []


def test_its_file_is_gone_afterwards_and_was_for_nobody_else() -> None:
    with Spool() as spool:
        spool.add(candidates(1)[0])
        path = Path(spool._directory.name)  # noqa: SLF001 - where it is, is nobody's business but this test's
        assert path.stat().st_mode & 0o077 == 0

    assert not path.exists()


def test_a_long_reading_gives_signs_of_life() -> None:
    signs: list[bool] = []
    given = candidates(1)[0]
    with Spool(lambda: signs.append(True)) as spool:
        for _ in range(module.READ_BETWEEN_SIGNS * 2):
            spool.add(given)
        spool.finish()

        assert sum(1 for _ in spool) == module.READ_BETWEEN_SIGNS * 2

    assert len(signs) == 2
