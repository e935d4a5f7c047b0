"""Object versions and their fates."""

import pytest
from sqlalchemy import text

from encord_provider.errors import IllegalTransition
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.runs import Account
from encord_provider.manifest.kinds import Kind
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

A, B, C = listed("a.mp4"), listed("b.mp4"), listed("c.mp4")


def test_an_object_that_nobody_has_seen_is_new(steps: Steps) -> None:
    assert steps.observe("run", A, B) == 0
    assert steps.new("run") == [A, B]


def test_new_objects_are_returned_as_they_were_listed_by_key(steps: Steps) -> None:
    odd = listed("żółw 100%+#?.mp4", version='W/"x', size=2**40)

    steps.observe("run", odd, B, A)

    assert steps.new("run") == [A, B, odd]


def test_an_object_that_is_registered_is_counted_and_not_new(steps: Steps) -> None:
    steps.register("first", A)

    assert steps.observe("second", A, B) == 1
    assert steps.new("second") == [B]


def test_an_object_that_is_quarantined_is_counted_and_not_new(steps: Steps, ledger: Ledger) -> None:
    steps.observe("first", A, B)
    ledger.objects.quarantine(TARGET, [A], "no such kind")
    manifest = steps.plan("first", B)
    steps.submit("first", manifest)
    steps.settle(manifest, quarantined=["b.mp4"])

    assert steps.observe("second", A, B) == 0
    assert steps.account("second").quarantined == 2
    assert steps.new("second") == []


def test_a_new_version_of_a_registered_object_is_changed_and_not_registered_again(steps: Steps) -> None:
    steps.register("first", A)
    newer = listed("a.mp4", version="2")

    assert steps.observe("second", newer) == 1
    assert steps.new("second") == []
    assert steps.account("second") == Account(0, 0, 0, open=0)
    assert steps.observe("third", newer) == 1


def test_an_old_version_that_comes_back_is_the_registered_one(steps: Steps) -> None:
    steps.register("first", A)
    steps.observe("second", listed("a.mp4", version="2"))

    assert steps.observe("third", A) == 1


def test_a_new_version_of_a_refused_object_is_new(steps: Steps, ledger: Ledger) -> None:
    steps.observe("first", A)
    ledger.objects.quarantine(TARGET, [A], "the object is empty")
    repaired = listed("a.mp4", version="2")

    steps.observe("second", repaired)

    assert steps.new("second") == [repaired]


def test_what_a_build_that_died_had_seen_is_taken_over_by_the_next_run(steps: Steps) -> None:
    steps.observe("died", A, B)

    steps.observe("next", A, B)

    assert steps.new("next") == [A, B]
    assert steps.account("next").open == 2


def test_an_object_that_was_overwritten_while_a_build_died_is_new_once(steps: Steps) -> None:
    newer = listed("a.mp4", version="2")
    steps.observe("run", A)

    steps.observe("run", newer)

    assert steps.new("run") == [newer]


def test_an_object_that_was_deleted_while_a_build_died_is_not_new(steps: Steps) -> None:
    steps.observe("run", A, B)

    steps.observe("run", B)

    assert steps.new("run") == [B]
    assert steps.account("run").open == 1


@pytest.mark.parametrize("submitted", [False, True])
def test_an_object_in_another_runs_unsettled_manifest_is_this_runs_to_settle_too(
    steps: Steps,
    ledger: Ledger,
    submitted: bool,  # noqa: FBT001 - both ways are the point
) -> None:
    steps.observe("first", A, B)
    manifest = steps.plan("first", A, B)
    if submitted:
        steps.submit("first", manifest)

    assert steps.observe("second", A, B, C) == 0
    assert steps.new("second") == [C]
    assert [record.id for record in ledger.manifests.of_run(steps.key("second"))] == [manifest]
    assert steps.account("second").open == 3


def test_a_listing_that_is_repeated_finds_its_own_manifest_again(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A)
    manifest = steps.plan("run", A)

    steps.observe("run", A, B)

    assert [record.id for record in ledger.manifests.of_run(steps.key("run"))] == [manifest]
    assert steps.new("run") == [B]


def test_the_same_object_for_two_folders_is_two_matters(steps: Steps, ledger: Ledger) -> None:
    steps.register("first", A)
    other = Steps(ledger, "https://api.example.com#another")

    other.observe("first", A)

    assert other.new("first") == [A]
    assert steps.account("first").registered == 1


def test_a_page_of_more_objects_than_sql_takes_in_one_list_is_observed_whole(
    steps: Steps, ledger: Ledger
) -> None:
    page = [listed(f"{n:05}.mp4") for n in range(1234)]

    steps.observe("run", *page)

    assert steps.new("run") == page
    assert ledger.objects.waiting(TARGET, page) == page
    steps.plan("run", *page)
    assert ledger.objects.waiting(TARGET, page) == []


def test_an_empty_page_is_nothing(steps: Steps, ledger: Ledger) -> None:
    assert steps.observe("run") == 0
    assert ledger.objects.waiting(TARGET, []) == []


def test_what_waits_is_unknown_until_it_is_in_a_manifest_or_has_a_final_fate(
    steps: Steps, ledger: Ledger
) -> None:
    def waiting() -> list[str]:
        return [obj.key for obj in ledger.objects.waiting(TARGET, [A, B, C])]

    assert waiting() == ["a.mp4", "b.mp4", "c.mp4"]
    steps.observe("run", A, B, C)
    assert waiting() == ["a.mp4", "b.mp4", "c.mp4"]
    ledger.objects.quarantine(TARGET, [A], "no such kind")
    assert waiting() == ["b.mp4", "c.mp4"]
    steps.plan("run", B)
    assert waiting() == ["c.mp4"]


def test_looking_writes_nothing(steps: Steps, ledger: Ledger) -> None:
    ledger.objects.waiting(TARGET, [A])

    assert steps.observe("run", A) == 0
    assert steps.new("run") == [A]


def test_held_objects_are_as_if_they_had_not_been_seen(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B)

    steps.hold("run", A)

    assert steps.new("run") == [B]
    assert ledger.objects.waiting(TARGET, [A, B]) == [A, B]
    assert steps.account("run").open == 1


def test_what_is_in_a_manifest_cannot_be_forgotten(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A)
    manifest = steps.plan("run", A)

    steps.hold("run", A)

    assert [member.url for member in ledger.objects.members(manifest)] == [A.url]


def test_an_object_that_is_in_a_manifest_cannot_be_put_into_another(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A)
    manifest = steps.plan("run", A)

    with pytest.raises(IllegalTransition, match=r"a\.mp4 is planned"):
        steps.plan("late", A)

    assert len(ledger.objects.members(manifest)) == 1


def test_a_manifest_that_cannot_be_planned_whole_is_not_recorded(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B)
    steps.plan("run", B)

    with pytest.raises(IllegalTransition):
        steps.plan("run", A, B)

    assert steps.new("run") == [A]
    assert len(ledger.manifests.of_run(steps.key("run"))) == 1


def test_an_object_that_nobody_observed_cannot_be_planned_or_quarantined(
    steps: Steps, ledger: Ledger
) -> None:
    with pytest.raises(IllegalTransition):
        steps.plan("run", A)
    with pytest.raises(IllegalTransition):
        ledger.objects.quarantine(TARGET, [A], "no such kind")


def test_the_members_of_a_manifest_come_unit_by_unit(steps: Steps, ledger: Ledger) -> None:
    group = [listed("z/1.jpg"), listed("a/2.jpg")]
    steps.observe("run", *group)

    manifest = steps.plan("run", *group, unit="group")

    assert [(m.key, m.unit, m.kind, m.fate) for m in ledger.objects.members(manifest)] == [
        ("a/2.jpg", "group", Kind.IMAGE_GROUP, Fate.PLANNED),
        ("z/1.jpg", "group", Kind.IMAGE_GROUP, Fate.PLANNED),
    ]


def test_settling_twice_changes_nothing(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B)
    manifest = steps.plan("run", A, B)
    steps.submit("run", manifest)

    accounts = []
    for _ in range(2):
        steps.settle(manifest, registered=["a.mp4"], quarantined=["b.mp4"])
        accounts.append((steps.account("run"), list(ledger.quarantine.pages(steps.key("run")))))

    assert accounts[0] == accounts[1]
    assert ledger.objects.fates([manifest]) == {Fate.REGISTERED: 1, Fate.QUARANTINED: 1}


def test_a_unit_is_settled_with_all_its_objects_and_no_others(steps: Steps, ledger: Ledger) -> None:
    group = [listed("g/1.jpg"), listed("g/2.jpg")]
    steps.observe("run", *group, A)
    grouped = steps.plan("run", *group, unit="g")
    single = steps.plan("run", A)

    ledger.objects.settle(grouped, registered={"g": "item"}, quarantined={})

    assert ledger.objects.fates([grouped]) == {Fate.REGISTERED: 2}
    assert ledger.objects.fates([single]) == {Fate.PLANNED: 1}


def test_settling_a_unit_that_the_manifest_does_not_hold_is_refused_whole(
    steps: Steps, ledger: Ledger
) -> None:
    steps.observe("run", A)
    manifest = steps.plan("run", A)

    with pytest.raises(IllegalTransition, match=r"z\.mp4"):
        ledger.objects.settle(manifest, registered={"a.mp4": "item", "z.mp4": "item"}, quarantined={})

    assert ledger.objects.fates([manifest]) == {Fate.PLANNED: 1}


def test_the_start_of_a_job_leaves_settled_objects_alone(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B)
    manifest = steps.plan("run", A, B)
    ledger.objects.settle(manifest, registered={"a.mp4": "item"}, quarantined={})

    steps.submit("run", manifest)

    assert ledger.objects.fates([manifest]) == {Fate.REGISTERED: 1, Fate.SUBMITTED: 1}


def test_what_a_failed_job_did_not_reach_is_new_again_and_only_that(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B, C)
    manifest = steps.plan("run", A, B, C)
    steps.submit("run", manifest)
    ledger.objects.settle(manifest, registered={"a.mp4": "item"}, quarantined={"b.mp4": "not a video"})

    assert ledger.parts.release([manifest]) == 1
    assert ledger.parts.release([manifest]) == 0
    ledger.manifests.settled(manifest, 5.0)

    assert ledger.objects.waiting(TARGET, [A, B, C]) == [C]
    assert steps.observe("next", A, B, C) == 1
    assert steps.account("next").quarantined == 1
    assert steps.new("next") == [C]


def test_reasons_name_the_refused_objects_up_to_a_number(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B, C)
    manifest = steps.plan("run", A, B, C)
    ledger.objects.settle(
        manifest, registered={}, quarantined={"c.mp4": "empty", "a.mp4": "not a video", "b.mp4": "torn"}
    )

    assert ledger.objects.reasons([manifest], 2) == ["a.mp4: not a video", "b.mp4: torn"]
    assert ledger.objects.reasons([], 2) == []
    assert ledger.objects.fates([]) == {}


def in_a_manifest(
    ledger: Ledger, title: str, kind: Kind = Kind.IMAGE_GROUP, bucket: str = "fleet", target: str = TARGET
) -> bool:
    """Tell whether a unit of the bucket was submitted before."""
    fates = {Fate.PLANNED, Fate.SUBMITTED, Fate.REGISTERED}
    return bool(ledger.objects.with_fates(target, [(kind, title)], f"https://{bucket}.example.com/", fates))


def test_a_group_is_known_by_its_kind_title_and_bucket_once_it_is_in_a_manifest(
    steps: Steps, ledger: Ledger
) -> None:
    steps.observe("run", listed("g/1.jpg"))
    assert not in_a_manifest(ledger, "g")

    steps.plan("run", listed("g/1.jpg"), unit="g")

    assert in_a_manifest(ledger, "g")
    assert not in_a_manifest(ledger, "g", Kind.DICOM_SERIES)
    assert not in_a_manifest(ledger, "G")
    assert not in_a_manifest(ledger, "g", bucket="another")
    assert not in_a_manifest(ledger, "g", bucket="fl_et")  # in SQL an underscore is any character
    assert not in_a_manifest(ledger, "g", target="https://api.example.com#another")


def test_a_group_that_was_refused_can_be_sent_again(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", listed("g/1.jpg"))
    manifest = steps.plan("run", listed("g/1.jpg"), unit="g")
    steps.submit("run", manifest)

    steps.settle(manifest, quarantined=["g"])

    assert not in_a_manifest(ledger, "g")


def test_a_group_whose_job_failed_can_be_sent_again(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", listed("g/1.jpg"))
    manifest = steps.plan("run", listed("g/1.jpg"), unit="g")
    steps.submit("run", manifest)

    ledger.parts.release([manifest])

    assert not in_a_manifest(ledger, "g")


def test_with_a_mended_member_a_refused_group_comes_again_as_a_whole(steps: Steps, ledger: Ledger) -> None:
    one, two, mended = listed("g/1.jpg"), listed("g/2.jpg"), listed("g/2.jpg", version="2")
    steps.observe("first", one, two, A)
    ledger.objects.quarantine(TARGET, [A], "no such kind")
    manifest = steps.plan("first", one, two, unit="g")
    steps.submit("first", manifest)
    steps.settle(manifest, quarantined=["g"])

    steps.observe("second", one, mended, A)
    ledger.objects.revive(steps.key("second"), [(Kind.IMAGE_GROUP, "g")], "https://fleet.example.com/")

    assert steps.new("second") == [one, mended]
    assert steps.account("second").quarantined == 1
    assert (steps.account("first").open, steps.account("first").quarantined) == (1, 2)


def test_only_the_group_that_was_mended_comes_again(steps: Steps, ledger: Ledger) -> None:
    groups = {name: listed(f"{name}/1.jpg") for name in ("g", "h")}
    steps.observe("first", *groups.values())
    for name, member in groups.items():
        steps.settle(steps.plan("first", member, unit=name), quarantined=[name])

    steps.observe("second", *groups.values())
    ledger.objects.revive(steps.key("second"), [(Kind.IMAGE_GROUP, "g")], "https://fleet.example.com/")

    assert steps.new("second") == [groups["g"]]


def test_a_late_member_does_not_bring_a_registered_group_again(steps: Steps, ledger: Ledger) -> None:
    one, late = listed("g/1.jpg"), listed("g/2.jpg")
    steps.observe("run", one)
    steps.settle(steps.plan("run", one, unit="g"), registered=["g"])

    steps.observe("run", one, late)
    ledger.objects.revive(steps.key("run"), [(Kind.IMAGE_GROUP, "g")], "https://fleet.example.com/")

    assert steps.new("run") == [late]


def test_what_nobody_accounts_for_is_forgotten(steps: Steps, ledger: Ledger) -> None:
    for n in range(5):
        steps.observe("run", listed("a.mp4", version=str(n)))

    with ledger.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM objects")) == 1


def test_a_refused_group_of_another_bucket_or_kind_is_not_revived(steps: Steps, ledger: Ledger) -> None:
    steps.observe("first", listed("g/1.jpg"))
    manifest = steps.plan("first", listed("g/1.jpg"), unit="g")
    steps.settle(manifest, quarantined=["g"])

    steps.observe("second", listed("g/1.jpg"))
    for other in ("another", "fl_et"):
        ledger.objects.revive(steps.key("second"), [(Kind.IMAGE_GROUP, "g")], f"https://{other}.example.com/")
    ledger.objects.revive(steps.key("second"), [(Kind.DICOM_SERIES, "g")], "https://fleet.example.com/")

    assert steps.new("second") == []
    assert steps.account("second").quarantined == 1


def test_the_fate_of_one_version_is_not_that_of_another(steps: Steps, ledger: Ledger) -> None:
    newer = listed("a.mp4", version="2")
    steps.observe("first", A)
    steps.observe("second", newer)

    ledger.objects.quarantine(TARGET, [newer], "no such kind")

    assert (steps.account("first").open, steps.account("first").quarantined) == (1, 0)
    assert (steps.account("second").open, steps.account("second").quarantined) == (0, 1)


def test_the_fate_of_an_object_for_one_folder_is_not_that_for_another(steps: Steps, ledger: Ledger) -> None:
    other = Steps(ledger, "https://api.example.com#another")
    steps.observe("run", A)
    other.observe("run", A)

    ledger.objects.quarantine(TARGET, [A], "no such kind")

    assert steps.account("run").quarantined == 1
    assert (other.account("run").open, other.account("run").quarantined) == (1, 0)
