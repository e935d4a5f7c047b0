"""The commands, without Airflow: ``python -m encord_provider manifest check FILE``."""

import sys

from encord_provider.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
