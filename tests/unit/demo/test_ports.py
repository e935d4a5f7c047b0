"""Ports that are free, and ports that must be had again."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from demo import ports
from demo.ports import LOOPBACK, PortTaken, free_ports, is_free, remembered_port, require_free


def test_free_ports_are_different_and_free() -> None:
    found = free_ports(10)

    assert len(set(found)) == 10
    assert all(is_free(port) for port in found)


def test_no_port_is_given_to_two_processes() -> None:
    claimed = free_ports(2)
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        left = probe.getsockname()[1]
    ask = f"from demo import ports; ports._RANGE = {[*claimed, left]}; print(ports.free_ports(1))"

    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout

    assert found == f"[{left}]\n"


def test_a_port_is_remembered(tmp_path: Path) -> None:
    assert remembered_port(tmp_path / "new") == remembered_port(tmp_path / "new")


def test_a_port_that_stays_taken_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_PATIENCE_SECONDS", 0)
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        taken = holder.getsockname()[1]

        with pytest.raises(PortTaken, match=f"port {taken}, .*end the process that holds it"):
            require_free(taken, tmp_path)
