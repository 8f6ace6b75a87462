"""What all tests share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real rows and reference histories, beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("needs the real rows in ../shared, which are not part of the project")
    return SHARED / "data"
