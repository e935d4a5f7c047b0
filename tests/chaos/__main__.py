"""Storms from the command line: ``python -m tests.chaos --seeds 300 --first-seed 0``."""

import argparse
import logging
import sys
import time

from tests.chaos.encord import hand_turned_encord
from tests.chaos.oracle import REPLAYED, damage
from tests.chaos.storm import storm


def main() -> None:
    """Let storms blow; print each that did damage with its seed, and end with 1 when there was one."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many storms")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--log", action="store_true", help="print what happened in each storm")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)  # what waits, waits in every storm
    damaged = []
    began = time.monotonic()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    with hand_turned_encord() as encord:
        for seed in seeds:
            with storm(encord, seed) as blowing:
                blowing.blow()
                found = damage(blowing, replayed=seed % REPLAYED == 0)
                if arguments.log:
                    print("\n".join(blowing.log))
                    print(f"seed {seed}: {blowing.digest}")
            if found:
                damaged.append(seed)
                print(f"seed {seed}:", *found, sep="\n  ", flush=True)
    print(f"{len(seeds)} storms in {time.monotonic() - began:.0f} s, {len(damaged)} did damage: {damaged}")
    sys.exit(bool(damaged))


if __name__ == "__main__":
    main()
