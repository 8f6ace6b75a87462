"""Rows for tests and for examples in the docs come from nowhere but the tests themselves."""

from collections.abc import Iterator
from pathlib import Path

import jaxtyping
import pytest
from hints import CHECKED

jaxtyping.install_import_hook(CHECKED, "hints.checker")


@pytest.fixture(scope="session", autouse=True)
def no_published_rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """`--data auto` finds nothing but simulated events, unless a test serves a file itself."""
    cache: Path = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITSCOPE_HIGGS_URL", "http://127.0.0.1:9/HIGGS.csv.gz")  # nobody answers
        patch.setenv("FITSCOPE_CACHE", str(cache))
        yield
