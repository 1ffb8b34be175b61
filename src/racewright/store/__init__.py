"""Schedule files: failing schedules as text, and the folder that keeps them."""

from __future__ import annotations

from racewright.store.files import corpus, folder_for, name_for, read, write, write_to
from racewright.store.text import (
    FORMAT_VERSION,
    MAX_BYTES,
    MAX_STEPS,
    NewerScheduleFormat,
    decode,
    encode,
)

__all__ = [
    "FORMAT_VERSION",
    "MAX_BYTES",
    "MAX_STEPS",
    "NewerScheduleFormat",
    "corpus",
    "decode",
    "encode",
    "folder_for",
    "name_for",
    "read",
    "write",
    "write_to",
]
