"""The two commands of the README, on a machine that has Python and nothing else.

    python3 provider demo [--state DIR] [--serve]    run the main job, with all that it needs, on this machine
    python3 provider test [PYTEST ARGUMENT ...]      run the tests; paths start at the repository

Each one makes ``.venv`` beside ``provider``, puts there what ``constraints.txt`` pins (once: a stamp
remembers it), and becomes the program. Written for the standard library alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = REPOSITORY / "provider" / "constraints.txt"

OLDEST_PYTHON = (3, 11)
# The installer itself; plain pip needs minutes where uv needs seconds.
UV = "uv==0.13.8"

# What to install, then what to become.
COMMANDS = {
    "demo": (["-e", ".[amazon,media,sandbox]", "--group", "demo"], ["-m", "demo"]),
    "test": (["-e", ".[all]", "--group", "test"], ["-m", "pytest", "-n", "auto", "--dist", "loadfile"]),
}


class Impossible(Exception):
    """Why the launcher cannot go on, and what to do about it, in one message."""


def run(purpose: str, *command: "str | Path") -> None:
    """Run one step of the installation from the repository.

    Raises:
        Impossible: The step failed; what it printed stands above.

    """
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False)
    if done.returncode != 0:
        shown = " ".join(map(str, command))
        raise Impossible(
            f"cannot {purpose}: this ended with code {done.returncode}, and says why above:\n  {shown}"
        )


def make_virtual_environment() -> None:
    """Make ``.venv``, or see that the one that is there works.

    Raises:
        Impossible: It cannot be made, or is broken.

    """
    if not VENV.exists():
        try:
            run("make a virtual environment", sys.executable, "-m", "venv", VENV)
        except Impossible:
            shutil.rmtree(VENV, ignore_errors=True)  # half of one would be in the way of the next try
            raise
    question = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", question], check=False).returncode != 0:
        raise Impossible(f"{VENV} is broken, or of an old Python: remove it, and run this command again")


def fingerprint(what: "list[str]") -> str:
    """Digest everything that decides what an installation contains, and where it points."""
    digest = hashlib.sha256("\n".join([UV, str(REPOSITORY), *what]).encode())
    for file in (REPOSITORY / "pyproject.toml", CONSTRAINTS):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def install(name: str, what: "list[str]") -> None:
    """Install *what* into ``.venv``, unless the same was installed before."""
    make_virtual_environment()
    stamp = VENV / f"installed-{name}"
    wanted = fingerprint(what)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing into {VENV} (once; downloads about 500 MB where no cache has them)", flush=True)
    started = time.monotonic()
    run("install uv", PYTHON, "-m", "pip", "install", "--quiet", UV)
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    pinned = ["--constraints", str(CONSTRAINTS), "--build-constraints", str(CONSTRAINTS)]
    run(
        f"install the {name}",
        VENV / "bin" / "uv",
        "pip",
        "install",
        *quiet,
        "--python",
        PYTHON,
        *pinned,
        *what,
    )
    stamp.write_text(wanted)
    print(f"Installed in {time.monotonic() - started:.0f} s", flush=True)


def main(arguments: "list[str]") -> None:
    """Install what the command needs, then become it.

    Raises:
        Impossible: Python is too old, the command is unknown, or a step failed.

    """
    if sys.version_info < OLDEST_PYTHON:
        raise Impossible(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or later is needed; this is {sys.version}"
        )
    if not arguments or arguments[0] not in COMMANDS:
        raise Impossible(f"say which command to run: {' or '.join(COMMANDS)}\n{__doc__}")
    name, *rest = arguments
    what, program = COMMANDS[name]
    install(name, what)
    if name == "test":
        os.chdir(REPOSITORY)  # where pytest finds its settings, and its tests when none are named
    os.execv(PYTHON, [str(PYTHON), *program, *rest])  # noqa: S606 - becoming the program is the purpose


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Impossible as reason:
        sys.exit(f"{sys.argv[0]}: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell reports it
