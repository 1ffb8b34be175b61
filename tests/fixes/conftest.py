"""The examples of the fixes are read, not run."""

import pytest

pytest.importorskip("libcst")

collect_ignore = ["examples"]
