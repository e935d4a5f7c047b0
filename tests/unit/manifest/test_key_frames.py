"""Key frames of a video, with embeddings of their own."""

from typing import Any

import pytest

from encord_provider.manifest.faults import faults_of
from encord_provider.manifest.key_frames import (
    KeyFrameMode,
    KeyFrames,
    frames_of,
    joined,
    key_frame_problems,
)
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.units import Unit


def test_key_frames_are_a_block_of_custom_metadata() -> None:
    metadata = KeyFrames({13: {"my-embedding": [1.0, 2.0]}, 127: {}}, sampling_rate=0).metadata()

    assert metadata == {
        "$encord": {
            "config": {"sampling_rate": 0, "keyframe_mode": "frame"},
            "frames": {"13": {"my-embedding": [1.0, 2.0]}, "127": {}},
        }
    }
    assert list(key_frame_problems(metadata)) == []
    assert [place for place, _ in frames_of(metadata)] == ["13", "127"]


def test_two_sources_of_metadata_keep_the_frames_of_both() -> None:
    one = {"site": "north", "day": 1, **KeyFrames({13: {"clip": [1]}, 14: {}}, sampling_rate=0).metadata()}
    other = {"day": 2, "$encord": {"frames": {"13": {"dino": [2]}, "15": {}}}}

    assert joined(one, other) == {
        "site": "north",
        "day": 2,
        "$encord": {
            "config": {"sampling_rate": 0, "keyframe_mode": "frame"},
            "frames": {"13": {"clip": [1], "dino": [2]}, "14": {}, "15": {}},
        },
    }


def test_frames_and_seconds_are_not_joined() -> None:
    one, other = KeyFrames({13: {}}).metadata(), KeyFrames({0.5: {}}, mode=KeyFrameMode.SECONDS).metadata()

    with pytest.raises(ValueError, match="counted in frame and in seconds"):
        joined(one, other)


def test_key_frames_can_be_told_in_seconds() -> None:
    metadata = KeyFrames({1.5: {}, 20: {}}, mode=KeyFrameMode.SECONDS).metadata()

    assert set(metadata["$encord"]["frames"]) == {"1.5", "20"}
    assert list(key_frame_problems(metadata)) == []


@pytest.mark.parametrize("seconds", [7200.125, 7200.126, 0.00001, 100.0, 1e7])
def test_seconds_are_spelled_with_all_their_digits(seconds: float) -> None:
    metadata = KeyFrames({seconds: {}}, mode=KeyFrameMode.SECONDS).metadata()

    (place,) = metadata["$encord"]["frames"]
    assert float(place) == seconds
    assert list(key_frame_problems(metadata)) == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"site": "north"},
        {"keyframes": [13, 17]},
        {"$encord": {}},
        {"$encord": {"config": {"sampling_rate": "2.5", "keyframe_mode": "seconds"}, "frames": {"0.5": {}}}},
    ],
)
def test_good_blocks_of_either_form_have_no_fault(metadata: dict[str, Any]) -> None:
    assert list(key_frame_problems(metadata)) == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"keyframes": "13"},
        {"keyframes": [1.5]},
        {"keyframes": [-1]},
        {"$encord": []},
        {"$encord": {"frame": {}}},
        {"$encord": {"frames": []}},
        {"$encord": {"frames": {"1.5": {}}}},
        {"$encord": {"frames": {"1": []}}},
        {"$encord": {"config": {"rate": 1}}},
        {"$encord": {"config": {"sampling_rate": -1}}},
        {"$encord": {"config": {"sampling_rate": "often"}}},
        {"$encord": {"config": {"sampling_rate": True}}},
        {"$encord": {"config": {"keyframe_mode": "minutes"}}},
        {"$encord": {"config": {"keyframe_mode": []}}},
    ],
)
def test_what_is_wrong_with_a_block_is_told(metadata: dict[str, Any]) -> None:
    (fault,) = faults_of(Unit(Kind.VIDEO, "v", ("u",), client_metadata=metadata), Limits())

    assert fault.rule == "key frames"
