"""``python -m racewright``."""

from racewright.cli import main

main()
