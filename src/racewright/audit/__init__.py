"""Audits of reviews: which claims of a review are true of the code, and on what evidence.

A review is text that somebody else wrote, perhaps to deceive. It is read and never obeyed; the
audited code is read and never run. How an audit is made is told in
``docs/explanation/how-an-audit-is-made.md``.
"""

from __future__ import annotations

from racewright.audit.engine import audit, code_of, load_code
from racewright.audit.history import Limits, Revision, at_revision
from racewright.audit.lookback import former_versions
from racewright.audit.missed import missed_by, named_apart
from racewright.audit.texts import Text, read_text, text_of
from racewright.audit.versions import Version, fits_all, with_versions

__all__ = [
    "Limits",
    "Revision",
    "Text",
    "Version",
    "at_revision",
    "audit",
    "code_of",
    "fits_all",
    "former_versions",
    "load_code",
    "missed_by",
    "named_apart",
    "read_text",
    "text_of",
    "with_versions",
]
