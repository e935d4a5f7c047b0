"""The commands as Airflow takes them (3.2 and later): ``airflow encord manifest check FILE``."""

import argparse
import sys
from collections.abc import Callable

from airflow.cli.cli_config import ActionCommand, Arg, GroupCommand

from encord_provider.cli import ledger, manifest, source
from encord_provider.cli.command import Command, run


def get_encord_cli_commands() -> list[GroupCommand]:
    """Return what stands under ``airflow``."""
    manifests = GroupCommand(
        name="manifest",
        help="Check, convert and split manifests",
        subcommands=tuple(_action(command) for command in manifest.COMMANDS),
    )
    ledgers = GroupCommand(
        name="ledger",
        help="Look after the ledger",
        subcommands=tuple(_action(command) for command in ledger.COMMANDS),
    )
    on_sources = (_action(command) for command in source.COMMANDS)
    return [
        GroupCommand(
            name="encord",
            help="Keep Encord in step with a bucket",
            subcommands=(manifests, ledgers, *on_sources),
        )
    ]


def _action(command: Command) -> ActionCommand:
    return ActionCommand(
        name=command.name,
        help=command.help,
        description=command.run.__doc__,
        func=_runner(command),
        args=tuple(Arg(option.flags, **option.settings) for option in command.options),
    )


def _runner(command: Command) -> Callable[[argparse.Namespace], None]:
    def execute(arguments: argparse.Namespace) -> None:
        sys.exit(run(command, arguments))

    return execute
