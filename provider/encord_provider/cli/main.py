"""The commands without the ``airflow`` command: ``python -m encord_provider manifest check FILE``."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from encord_provider.cli import ledger, manifest, source
from encord_provider.cli.command import Command, run

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    Subparsers = _SubParsersAction[argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m encord_provider")
    groups = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, help_text, commands in (
        ("manifest", "check, convert and split manifests", manifest.COMMANDS),
        ("ledger", "look after the ledger", ledger.COMMANDS),
    ):
        group = groups.add_parser(name, help=help_text).add_subparsers(metavar="COMMAND", required=True)
        for command in commands:
            _add(group, command)
    for command in source.COMMANDS:
        _add(groups, command)
    arguments = parser.parse_args(argv)
    return run(arguments.command, arguments)


def _add(parsers: "Subparsers", command: Command) -> None:
    sub = parsers.add_parser(command.name, help=command.help, description=command.run.__doc__)
    for option in command.options:
        sub.add_argument(*option.flags, **option.settings)
    sub.set_defaults(command=command)
