"""Refusals, in the words of Encord, of the sandbox and of ours, and who can mend them."""

import pytest

from encord_provider.ingestion.sieve import UNSUPPORTED
from encord_provider.uploads.causes import Cause, cause_of

CONSISTENT = (
    "The value of DICOM tag 'StudyInstanceUID' should be consistent across files in a series. "
    "Got [1.2] from 'a.dcm' and [1.3] from other files in the series."
)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("Access to the object was denied", Cause.PERMISSION),
        ("The credentials of the integration cannot sign URLs", Cause.PERMISSION),
        ("The object does not exist", Cause.MISSING),
        ("Expected an image, got a file of type text/plain", Cause.WRONG_KIND),
        (UNSUPPORTED, Cause.WRONG_KIND),
        ("The image is damaged: broken data stream", Cause.CORRUPT),
        ("The file is truncated: it has no 'moov' box", Cause.CORRUPT),
        ("the object is empty", Cause.CORRUPT),
        (CONSISTENT, Cause.CORRUPT),
        ("The title is longer than 300 characters.", Cause.LIMIT),
        ("The image has too many pixels", Cause.LIMIT),
        ("it came late: rig was submitted without it", Cause.LATE),
        ("An internal error occurred while the file was processed.", Cause.PLATFORM),
        ("The storage could not be reached or failed to answer", Cause.PLATFORM),
        ("something that nobody has seen before", Cause.PLATFORM),
        ("the title has 301 characters, Encord takes 300; give a shorter one", Cause.LIMIT),
        ("it is cut off: 3 of 5 frames are there", Cause.CORRUPT),
        ("it is no media file, or has lost its index", Cause.CORRUPT),
        ("it lacks PatientID, without which Encord refuses it", Cause.CORRUPT),
        ("a file of rows and columns 4x4 in a series of rows and columns 8x8 (3 files)", Cause.CORRUPT),
        ("its name says audio, its bytes hold a film", Cause.WRONG_KIND),
        ("its bytes are image/heic, which Encord does not list", Cause.WRONG_KIND),
        ("its metadata is required, and not proven: too large to be read whole", Cause.UNPROVEN),
        ("a.json: there is no such side file", Cause.METADATA),
        ("'speed': 'fast' is not a number; mend the value, or the schema", Cause.METADATA),
    ],
)
def test_a_reason_tells_its_cause(reason: str, cause: Cause) -> None:
    assert cause_of(reason) is cause


def test_every_cause_has_a_remedy_of_its_own() -> None:
    assert len({cause.remedy for cause in Cause}) == len(Cause)
