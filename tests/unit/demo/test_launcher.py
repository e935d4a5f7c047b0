"""The launcher of the README's two commands, on repositories and interpreters made for the test."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

PROVIDER = Path(__file__).resolve().parents[3] / "provider"

# Stands for both the virtual environment's Python and its uv: writes down what it is asked to do.
NOTING = '#!/bin/sh\necho "$(basename "$0") $*" >> "{log}"\nexit {code}\n'


@dataclass
class Checkout:
    """A repository with a virtual environment whose programs only take notes."""

    root: Path
    launcher: ModuleType

    @property
    def log(self) -> Path:
        return self.root / "asked"

    def program(self, name: str, code: int = 0) -> None:
        file = self.root / ".venv" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(NOTING.format(log=self.log, code=code))
        file.chmod(0o755)

    def asked(self) -> list[str]:
        """Return what was asked since the last time, without the question whether the environment works."""
        lines = self.log.read_text().splitlines()
        self.log.unlink()
        return [line for line in lines if not line.startswith("python -c")]


@pytest.fixture
def launcher() -> ModuleType:
    """Load the launcher under a name of its own."""
    spec = importlib.util.spec_from_file_location("launcher", PROVIDER / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path, launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """Point the launcher at a repository of the test's own."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("httpx==0.28.1\n")
    monkeypatch.setattr(launcher, "REPOSITORY", tmp_path)
    monkeypatch.setattr(launcher, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(launcher, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(launcher, "CONSTRAINTS", tmp_path / "constraints.txt")
    made = Checkout(tmp_path, launcher)
    made.program("python")
    made.program("uv")
    return made


def test_without_a_command_it_names_both_and_fails() -> None:
    ended = subprocess.run(
        [sys.executable, PROVIDER], capture_output=True, text=True, check=False, cwd="/", timeout=30
    )

    assert ended.returncode == 1
    assert "demo or test" in ended.stderr


def test_a_python_that_is_too_old_is_named(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "OLDEST_PYTHON", (99, 1))

    with pytest.raises(launcher.Impossible, match=r"Python 99\.1 or later is needed; this is 3\."):
        launcher.main(["demo"])


def test_what_is_installed_is_pinned_and_said_once(checkout: Checkout) -> None:
    checkout.launcher.install("demo", ["-e", ".[amazon]"])

    pip, uv = checkout.asked()
    assert pip == f"python -m pip install --quiet {checkout.launcher.UV}"
    assert f"--constraints {checkout.root}/constraints.txt" in uv
    assert uv.endswith("-e .[amazon]")


def test_a_second_time_nothing_is_installed(checkout: Checkout) -> None:
    checkout.launcher.install("demo", ["-e", "."])
    checkout.asked()

    checkout.launcher.install("demo", ["-e", "."])

    assert checkout.asked() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "constraints.txt").write_text("httpx==0.28.2\n"),
        lambda root: (root / "pyproject.toml").write_text("[project]\nname='x'\n"),
        lambda root: (root / ".venv" / "installed-demo").unlink(),
    ],
    ids=["constraints", "pyproject", "stamp lost"],
)
def test_it_is_installed_again_when_the_pins_change(
    checkout: Checkout, change: Callable[[Path], object]
) -> None:
    checkout.launcher.install("demo", ["-e", "."])
    checkout.asked()

    change(checkout.root)
    checkout.launcher.install("demo", ["-e", "."])

    assert len(checkout.asked()) == 2


def test_demo_and_test_are_installed_each_for_itself(checkout: Checkout) -> None:
    checkout.launcher.install("demo", ["-e", "."])
    checkout.asked()

    checkout.launcher.install("test", ["-e", ".[all]"])

    assert len(checkout.asked()) == 2


def test_a_moved_repository_is_installed_again(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    before = checkout.launcher.fingerprint(["-e", "."])
    moved = checkout.root / "moved"
    moved.mkdir()
    (checkout.root / "pyproject.toml").rename(moved / "pyproject.toml")
    monkeypatch.setattr(checkout.launcher, "REPOSITORY", moved)

    assert checkout.launcher.fingerprint(["-e", "."]) != before


def test_a_step_that_fails_is_shown_and_tried_again_next_time(checkout: Checkout) -> None:
    checkout.program("uv", code=3)
    with pytest.raises(checkout.launcher.Impossible, match=r"cannot install the demo: .* code 3"):
        checkout.launcher.install("demo", ["-e", "."])
    checkout.asked()
    checkout.program("uv")

    checkout.launcher.install("demo", ["-e", "."])

    assert len(checkout.asked()) == 2


@pytest.mark.parametrize("code", [1, None], ids=["python fails", "python is gone"])
def test_a_broken_environment_says_what_to_do(checkout: Checkout, code: int | None) -> None:
    if code is None:
        (checkout.root / ".venv" / "bin" / "python").unlink()
    else:
        checkout.program("python", code)

    with pytest.raises(checkout.launcher.Impossible, match=r"\.venv is broken.*remove it"):
        checkout.launcher.install("demo", ["-e", "."])


def test_an_environment_that_cannot_be_made_leaves_nothing_behind(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = checkout.root / "elsewhere"
    monkeypatch.setattr(checkout.launcher, "VENV", venv)
    half_made = f"#!/bin/sh\nmkdir -p {venv}/bin\nexit 1\n"
    interpreter = checkout.root / "python"
    interpreter.write_text(half_made)
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))

    with pytest.raises(checkout.launcher.Impossible, match="cannot make a virtual environment"):
        checkout.launcher.install("demo", ["-e", "."])

    assert not venv.exists()
