import pytest

pytestmark = pytest.mark.slow
_unused = pytest.mark
