"""The page on manifests has a row for every key, spelling, rule and form."""

from dataclasses import fields

from encord_provider.cli.manifest import COMMANDS
from encord_provider.manifest import external, typed
from encord_provider.manifest.csv_form import TITLE_HEADINGS
from encord_provider.manifest.faults import Severity
from encord_provider.manifest.kinds import IMAGE_GROUPS, Kind
from encord_provider.manifest.media_metadata import DOCUMENTED_KEYS, METADATA_FORMS, TYPED_KEYS
from encord_provider.manifest.object_urls import UrlForm
from encord_provider.manifest.rules import RULES
from encord_provider.manifest.spellings import ENTRY_KEYS, FLAGS, KINDS_BY_KEY
from tests.docs.pages import Page, code, first_code

PAGE = Page.read("reference/manifest")


def test_every_kind_has_its_names_in_every_form() -> None:
    rows = {code(row[0])[0]: [code(cell) for cell in row[1:]] for row in PAGE.under("Kinds").table()}

    assert {kind: row[:4] for kind, row in rows.items()} == {
        kind.value: [
            [external.KEYS[kind]],
            [typed.KEYS[kind]],
            [typed.TYPES[kind]],
            [TITLE_HEADINGS[kind]] if kind in TITLE_HEADINGS else [],
        ]
        for kind in Kind
    }
    listed = {name for row in rows.values() for cell in (row[0], row[1], row[4]) for name in cell}
    assert listed == set(KINDS_BY_KEY) - {external.FROM_ITEMS, typed.FROM_ITEMS}


def test_every_spelling_of_a_key_of_an_entry_has_its_row() -> None:
    rows = PAGE.under("Keys of an entry").table()

    listed = {name for row in rows for cell in row[:2] for name in code(cell)}
    assert listed == set(ENTRY_KEYS) | {"objectUrl_0", "object_url_0"}
    assert set(FLAGS) <= set(code(PAGE.under("Keys of an entry").text))


def test_every_field_of_media_metadata_has_its_spellings() -> None:
    rows = {tuple(code(" ".join(row[:2]))): row[2:4] for row in PAGE.under("Media metadata").table()}

    expected = {
        (key, field.name): (dict(DOCUMENTED_KEYS[form])[field.name], dict(TYPED_KEYS[form])[field.name])
        for kind, (key, form) in METADATA_FORMS.items()
        if kind not in IMAGE_GROUPS
        for field in fields(form)
    }
    assert set(rows) == set(expected)
    for names, (documented, typed_key) in expected.items():
        assert code(rows[names][1]) == [typed_key]
        assert names[0] == "dicomMetadata" or code(rows[names][0]) == [documented]


def test_every_rule_has_its_source() -> None:
    assert {row[0]: row[1] for row in PAGE.under("Faults").table(1)} == RULES


def test_every_severity_form_of_url_and_command_has_its_row() -> None:
    assert first_code(PAGE.under("Faults").table(0)) == list(Severity)
    assert [row[0] for row in PAGE.under("URLs").table()] == list(UrlForm)
    assert first_code(PAGE.under("The command").table()) == [command.name for command in COMMANDS]
