"""What all tests share."""

import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
import sketched
from forks import forked_workers, wait_for_no_disk

from fitscope.examination.presentation import EXAMINATION
from fitscope.guide.presentation import GUIDE
from fitscope.report.presentation import register
from fitscope.study import worker_process

# threads of boosted trees that wait for each other on a busy machine take twenty times as long
os.environ.setdefault("OMP_NUM_THREADS", "1")

# how long an example takes says more of what else the machine does than of the code
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

wait_for_no_disk()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list, list]:
    """Examples in docstrings are looked for in the package alone, since tests have none."""
    return [one for one in (yield) if type(one) is pytest.Module]


SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def presented() -> None:
    """The applications' presentations, whatever the installed package's metadata know of them."""
    register("guide", lambda: GUIDE)
    register("examination", lambda: EXAMINATION)


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a study's worker has compiled in one test, those of all others have.

    Those of programs that tests start, too. Tests run in several processes (pytest-xdist), each in
    a folder of its own beside the others'.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "compiled"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_COMPILATION_CACHE_DIR", str(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def left_nowhere_else(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Temporary files of what is tested lie where pytest clears up, however a test ends."""
    folder = tmp_path_factory.mktemp("t")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", None)  # it is asked for anew
        yield


@pytest.fixture(scope="session", autouse=True)
def forked(compiled_once: None, left_nowhere_else: None) -> Iterator[None]:
    """Workers of studies have imported their libraries before they start."""
    del compiled_once, left_nowhere_else
    if not sys.platform.startswith("linux"):
        yield
        return
    with forked_workers(worker_process):
        yield


@pytest.fixture(scope="session", autouse=True)
def blank_figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Studies' figures are blank, unless a test asks for `drawn_figures`."""
    with sketched.sketched(tmp_path_factory.mktemp("blank")):
        yield


@pytest.fixture
def drawn_figures() -> Iterator[None]:
    """Studies' figures are drawn as users have them."""
    with sketched.drawn():
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real rows and reference histories, beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("needs the real rows in ../shared, which are not part of the project")
    return SHARED / "data"
