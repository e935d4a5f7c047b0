"""What a glob means."""

import pytest

from encord_provider.errors import BadPattern
from encord_provider.manifest.globs import KeyFilter


@pytest.mark.parametrize(
    "key", ["a.mp4", "a/b/c.mp4", ".hidden", "a/.hidden/b", "", "a//b", "/a", "a\nb", "*"]
)
def test_every_key_is_wanted_by_default(key: str) -> None:
    assert key in KeyFilter()


@pytest.mark.parametrize(
    ("glob", "key", "wanted"),
    [
        ("*.mp4", "a.mp4", True),
        ("*.mp4", "cam/a.mp4", False),  # a star stays within its segment
        ("cam/*", "cam/a/b.mp4", False),
        ("**/*.mp4", "a.mp4", True),  # two stars cross segments, also none of them
        ("**/*.mp4", "cam/1/a.mp4", True),
        ("cam/**", "cam/1/a.mp4", True),
        ("cam/**", "camera/a.mp4", False),
        ("**/a.mp4", "aa.mp4", False),
        ("*.mp4", ".mp4", True),  # names that begin with a dot count
        ("**", ".trash/a.mp4", True),
        ("**/*.mp4", ".trash/a.mp4", True),
        ("*.mp4", "A.MP4", False),  # case matters
        ("cam?/a", "cam1/a", True),
        ("cam?/a", "cam/a", False),
        ("cam[12]/a", "cam2/a", True),
        ("cam[!12]/a", "cam3/a", True),
        ("{a,b}.mp4", "a.mp4", False),  # braces are no syntax
        ("{a,b}.mp4", "{a,b}.mp4", True),
        ("!a", "!a", True),  # an exclamation mark at the start is no syntax, either
        ("!a", "b", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("a b+c#d.mp4", "a b+c#d.mp4", True),
    ],
)
def test_a_glob_means_one_thing(glob: str, key: str, wanted: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (key in KeyFilter([glob])) is wanted


@pytest.mark.parametrize(
    ("expression", "key", "wanted"),
    [
        ("re:cam-[0-9]+/.*", "cam-12/a/b.mp4", True),
        ("re:cam-[0-9]+/.*", "old/cam-12/a.mp4", False),  # the whole key must match
        ("re:cam", "cam-12", False),
        ("re:a|ab", "ab", True),
        (r"re:.*\.mp4", "a.MP4", False),
        (r"re:(?i).*\.mp4", "a.MP4", True),
        ("re:", "a", False),
        ("[r]e:*", "re:a", True),  # a glob for keys that look like one
        ("[r]e:*", "a", False),
    ],
)
def test_a_regular_expression_must_match_the_whole_key(expression: str, key: str, wanted: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (key in KeyFilter([expression])) is wanted
    assert (key not in KeyFilter(exclude=expression)) is wanted


def test_globs_and_regular_expressions_go_together() -> None:
    wanted = KeyFilter(["*.jpg", "re:[0-9]+"], [r"re:0.*", "9*"])

    assert [key for key in ("a.jpg", "12", "a", "012", "9.jpg") if key in wanted] == ["a.jpg", "12"]


@pytest.mark.parametrize("argument", ["include", "exclude"])
def test_a_regular_expression_that_cannot_be_used_is_named_with_its_argument(argument: str) -> None:
    with pytest.raises(BadPattern, match=rf"{argument}='re:\(': missing \)"):
        KeyFilter(**{argument: ["**/*.mp4", "re:("]})


def test_one_of_several_globs_is_enough() -> None:
    wanted = KeyFilter(["*.mp4", "*.jpg"])

    assert "a.jpg" in wanted
    assert "a.txt" not in wanted


def test_an_excluding_glob_wins_over_an_including_one() -> None:
    wanted = KeyFilter(["**/*.mp4"], ["**/tmp/**", "*.part.mp4"])

    assert "cam/a.mp4" in wanted
    assert "cam/tmp/a.mp4" not in wanted
    assert "a.part.mp4" not in wanted


def test_no_including_glob_wants_nothing() -> None:
    assert "a.mp4" not in KeyFilter([])


def test_more_than_a_thousand_globs_are_taken() -> None:
    wanted = KeyFilter(["**"], [f"cam{n}/**" for n in range(1200)])

    assert "cam1199/a.mp4" not in wanted
    assert "cam1200/a.mp4" in wanted


def test_one_glob_given_bare_is_one_glob_and_not_its_letters() -> None:
    wanted = KeyFilter("**/*.mp4", "tmp/**")

    assert "cam/a.mp4" in wanted
    assert "tmp/a.mp4" not in wanted
    assert "m" not in wanted
