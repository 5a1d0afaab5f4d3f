"""What ``cohort`` runs, also ``python -m bot``: the command line, loaded fast."""

from __future__ import annotations

import gc

# Some four hundred times while it is loaded Python would look for garbage among what stays.
gc.disable()
from bot import command_line  # noqa: E402

gc.enable()


def main() -> None:
    """Run the command line."""
    command_line.main()


if __name__ == "__main__":
    main()
