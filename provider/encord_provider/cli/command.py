"""A command as both ``airflow encord`` and ``python -m encord_provider`` take it."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

from encord_provider.errors import EncordProviderError

CLEAN, FAULTY, UNUSABLE = 0, 1, 2
"""Exit codes: nothing stands in the way; something is wrong; the command could not be done."""


@dataclass(frozen=True)
class Option:
    """An argument of a command, as argparse takes it."""

    flags: tuple[str, ...]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Command:
    """One command."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    options: tuple[Option, ...]


class NothingDone(EncordProviderError):
    """The command found something wrong, and left everything as it was."""


def run(command: Command, arguments: argparse.Namespace) -> int:
    """Run *command* and return its exit code; what a person can mend is told in a line."""
    arguments.command = command
    try:
        return command.run(arguments)
    except NothingDone as error:
        say(str(error))
        return FAULTY
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return UNUSABLE
    except EncordProviderError as error:
        say(str(error))
        return UNUSABLE


def write_line(text: str, out: TextIO) -> None:
    """Write a line, whatever letters *out* can hold."""
    out.write(f"{text}\n".encode(errors="backslashreplace").decode())


def say(text: str) -> None:
    """Tell the person at the terminal; what a program reads goes elsewhere."""
    write_line(text, sys.stderr)
