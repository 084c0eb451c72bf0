"""What several tests need: the third-party cases, where they are present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cases() -> Path:
    """A folder of feeds, notes and media written by others; the tests that need it are skipped without."""
    folder = Path(os.environ.get("PPTUI_CASES", Path(__file__).parents[2] / "shared" / "cases"))
    if not folder.is_dir():
        pytest.skip("the third-party cases are not here")
    return folder
