"""A lock of the real sort, as a library in C or one imported before us may have."""

from racewright.originals import allocate_lock

LOCK = allocate_lock()
