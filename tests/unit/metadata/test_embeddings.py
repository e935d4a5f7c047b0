"""Vectors among an item's other metadata."""

from typing import Any

import pytest

from encord_provider.errors import BadPattern
from encord_provider.manifest.key_frames import key_frame_problems
from encord_provider.metadata.embeddings import Embeddings, kind_problem, spelled_place

CLIP = Embeddings("clip", "v.npz")
SECONDS = Embeddings("clip", "v.npz", keyframe_mode="seconds", sampling_rate=0.5)


@pytest.mark.parametrize(
    "present",
    [
        {},
        {"site": "north", "clip": [9]},
        {"$encord": {"frames": {"7": {"dino": [1], "clip": [9]}, "8": {}}}},
        {"$encord": {"config": {"sampling_rate": 2, "keyframe_mode": "frame"}}},
    ],
)
@pytest.mark.parametrize("vectors", [{"": [1.0, 2.0]}, {"7": [1.0, 2.0], "9": [3.0, 4.0]}])
def test_what_is_laid_over_is_there_and_all_else_stays(
    present: dict[str, Any], vectors: dict[str, list[float]]
) -> None:
    merged = CLIP.laid_over(present, vectors)

    assert CLIP.vectors_in(merged, list(vectors)) == vectors
    assert list(key_frame_problems(merged)) == []
    assert CLIP.laid_over(merged, vectors) == merged
    for place in {"", "7", "8", "9"} - set(vectors):
        assert CLIP.vectors_in(merged, [place]) == CLIP.vectors_in(present, [place])
    assert merged.get("site") == present.get("site")
    kept = present.get("$encord", {}).get("frames", {}).get("7", {}).get("dino")
    assert merged.get("$encord", {}).get("frames", {}).get("7", {}).get("dino") == kept


def test_the_sampling_rate_of_an_item_stays_unless_one_is_given() -> None:
    present = {"$encord": {"config": {"sampling_rate": 2}}}

    assert CLIP.laid_over(present, {"1": [1]})["$encord"]["config"] == {
        "sampling_rate": 2,
        "keyframe_mode": "frame",
    }
    assert SECONDS.laid_over(present, {"1.5": [1]})["$encord"]["config"] == {
        "sampling_rate": 0.5,
        "keyframe_mode": "seconds",
    }


def test_frames_and_seconds_do_not_mix() -> None:
    present = CLIP.laid_over({}, {"1": [1]})

    with pytest.raises(ValueError, match="counted in frame, these in seconds"):
        SECONDS.laid_over(present, {"1.5": [1]})


@pytest.mark.parametrize(
    ("kind", "framed", "takes"),
    [
        ("image", False, True),
        ("imageGroup", False, True),
        ("image_sequence", False, True),
        ("video", True, True),
        ("video", False, False),
        ("image", True, False),
        ("audio", False, False),
        ("dicomSeries", True, False),
    ],
)
def test_images_groups_sequences_and_frames_of_videos_have_vectors(
    kind: str, *, framed: bool, takes: bool
) -> None:
    assert (kind_problem(kind, framed=framed) is None) is takes


@pytest.mark.parametrize(
    ("value", "mode", "spelled"),
    [
        (7, "frame", "7"),
        (7.0, "frame", "7"),
        ("7", "frame", "7"),
        (1e-5, "seconds", "0.00001"),
        (None, "frame", ""),
    ],
)
def test_a_frame_is_spelled_as_its_number(value: object, mode: str, spelled: str) -> None:
    assert spelled_place(value, mode) == spelled


@pytest.mark.parametrize("value", [-1, 1.5, "first", float("inf"), [7]])
def test_what_is_no_frame_is_said(value: object) -> None:
    with pytest.raises(ValueError, match="is no frame"):
        spelled_place(value, "frame")


def test_it_survives_the_way_through_airflows_templates() -> None:
    assert Embeddings.of(SECONDS.plain()) == Embeddings.of(SECONDS) == SECONDS


def test_a_mode_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadPattern, match="neither 'frame' nor 'seconds'"):
        Embeddings("clip", "v.npz", keyframe_mode="minutes")
