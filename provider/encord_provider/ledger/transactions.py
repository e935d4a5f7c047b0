"""The one thing that the parts of the ledger ask of the whole."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

from sqlalchemy import Connection

Transaction: TypeAlias = Callable[[], AbstractContextManager[Connection]]
"""Begins a transaction that ends with the block."""
