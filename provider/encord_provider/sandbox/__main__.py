"""``python -m encord_provider.sandbox``: an Encord on localhost, in a process of its own."""

import argparse
import json
import logging
from pathlib import Path

from pydantic import ValidationError

from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.server import SandboxServer
from encord_provider.sandbox.world import World, private_key_path


def main() -> None:
    """Serve a sandbox until SIGTERM or Ctrl-C."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    state: Path = arguments.state
    try:
        configuration = _configuration(arguments.config, state)
    except (OSError, ValidationError) as error:
        raise SystemExit(f"The config file cannot be used: {error}") from error
    world = World.open(state, configuration)
    key = None if configuration.public_keys else private_key_path(state).resolve()
    try:
        server = SandboxServer(world, arguments.port, lambda url: _announce(url, key))
    except OSError as error:
        raise SystemExit(f"Port {arguments.port} cannot be used: {error.strerror}") from error
    server.serve_world()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m encord_provider.sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1; 0, the default, takes a free one"
    )
    parser.add_argument(
        "--state", type=Path, default=Path(".sandbox"), help="directory of the world (default: .sandbox)"
    )
    parser.add_argument(
        "--config", type=Path, help="JSON config file (default: config.json of the state directory)"
    )
    return parser


def _configuration(path: Path | None, state: Path) -> Configuration:
    if path is None:
        path = state / "config.json"
        if not path.exists():
            return Configuration()
    return Configuration.read(path)


def _announce(url: str, key: Path | None) -> None:
    print(f"Encord sandbox at {url}", flush=True)  # noqa: T201 - the command's output
    if key is None:
        print("It opens for the public keys of its config file.", flush=True)  # noqa: T201 - as above
        return
    connection = {"conn_type": "encord", "host": url, "extra": {"private_key": str(key)}}
    print(f"Private key: {key}", flush=True)  # noqa: T201 - as above
    print(f"AIRFLOW_CONN_ENCORD_DEFAULT='{json.dumps(connection)}'", flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main()
