"""The README: two commands first, the smallest DAG as it runs, links that lead somewhere."""

import re
import runpy

import pytest

from tests.docs.pages import PAGES, REPOSITORY, Page, all_pages, readme

COMMANDS = ("python3 provider demo\n", "python3 provider test\n")


def test_the_first_two_shell_blocks_are_the_two_commands() -> None:
    assert tuple(block.code for block in readme().blocks("bash", "console", "sh", "shell"))[:2] == COMMANDS


def test_before_them_stand_the_title_and_at_most_one_sentence() -> None:
    before = readme().text.partition("```")[0]
    title, *rest = before.strip().splitlines()

    assert title == "# airflow-provider-encord"
    assert len(re.findall(r"[.!?](?:\s|$)", " ".join(rest))) <= 1


def test_the_launcher_knows_both_commands() -> None:
    launcher = runpy.run_path(str(REPOSITORY / "provider" / "__main__.py"), run_name="launcher")

    assert {f"python3 provider {name}\n" for name in launcher["COMMANDS"]} == set(COMMANDS)


def test_its_dag_is_the_one_that_runs() -> None:
    example = (REPOSITORY / "dags" / "first_upload.py").read_text()
    span = example.partition("# --8<-- [start:dag]\n")[2].partition("# --8<-- [end:dag]")[0]

    assert readme().blocks("python")[0].code == span


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.path.stem)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: Page) -> None:
    for target, _, anchor in re.findall(r"\]\(((?!https?://)[^)#]*)(#([^)]+))?\)", page.text):
        file = (page.path.parent / target) if target else page.path
        assert file.is_file(), target
        headings = Page(file, file.read_text()).headings()
        assert not anchor or anchor in map(_slug, headings), f"{target}#{anchor}"


def test_every_page_is_one_click_away_from_the_readme_or_the_navigation() -> None:
    navigation = (REPOSITORY / "docs" / "mkdocs.yml").read_text()

    assert [p.name for p in PAGES.rglob("*.md") if str(p.relative_to(PAGES)) not in navigation] == []


def _slug(heading: str) -> str:
    """Spell a heading as an anchor, as the site and code hosts do."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())
