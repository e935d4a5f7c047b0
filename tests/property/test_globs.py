"""What a glob means, restated."""

import re

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.manifest.globs import KeyFilter
from tests.property.strategies import keys

_PARTS = {
    "*": "[^/]*",
    "?": "[^/]",
    "a": "a",
    ".": r"\.",
    "/": "/+",  # keys with empty segments are matched as if they had none
    "é": "é",
}

globs = st.lists(st.sampled_from(sorted(_PARTS)), min_size=1, max_size=8).map("".join)
few = st.text("a.é/b", max_size=8)


@given(keys.filter(lambda key: not {".", ".."} & set(key.split("/"))))
def test_two_stars_want_every_key(key: str) -> None:
    assert key in KeyFilter(["**"])


@given(key=keys.filter(lambda key: not {".", ".."} & set(key.split("/"))))
def test_what_is_excluded_is_never_wanted(key: str) -> None:
    assert key not in KeyFilter(["**"], ["**"])


@given(key=few, include=st.lists(globs, max_size=3), exclude=st.lists(globs, max_size=3))
def test_a_key_is_wanted_when_one_glob_includes_it_and_none_excludes_it(
    key: str, include: list[str], exclude: list[str]
) -> None:
    included = any(key in KeyFilter([glob]) for glob in include)
    excluded = any(key in KeyFilter([glob]) for glob in exclude)

    assert (key in KeyFilter(include, exclude)) is (included and not excluded)


@given(
    glob=st.lists(st.sampled_from("a?é"), min_size=1, max_size=4).map("".join),
    key=st.text("aéb/", max_size=4),
)
def test_letters_mean_themselves_and_a_question_mark_one_of_any(glob: str, key: str) -> None:
    pattern = "".join(_PARTS[part] for part in glob)

    assert (key in KeyFilter([glob])) is bool(re.fullmatch(pattern, key))


@given(name=st.text("ab.", min_size=1, max_size=6).filter(lambda name: name.strip(".")))
def test_a_star_wants_every_name_and_stays_within_its_segment(name: str) -> None:
    assert name in KeyFilter(["*"])
    assert f"dir/{name}" not in KeyFilter(["*"])
    assert f"dir/{name}" in KeyFilter(["dir/*"])
    assert f"dir/{name}" in KeyFilter(["**/*"])
