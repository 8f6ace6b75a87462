"""Rows for tests and for examples in the docs come from nowhere but the tests themselves."""

import atexit
import gc
import os
from collections.abc import Generator, Iterator
from importlib.metadata import version
from pathlib import Path

import hangs
import hints
import jaxtyping
import pytest

gc.set_threshold(10_000)  # as the command line has it
atexit.register(gc.freeze)  # nor is anything looked for in the end
os.environ["KERAS_BACKEND"] = "jax"  # before anything imports Keras
# Programs that run for milliseconds are compiled with little care here, in one piece, in processes
# that a test starts, too: that takes a fifth of the time. `XLA_FLAGS= make test` has them as users
# do. XLA ends a process at a flag that it does not know; JAX 0.10 knows these.
QUICKLY = (
    "--xla_backend_optimization_level=0",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)
if version("jax").startswith("0.10."):
    os.environ.setdefault("XLA_FLAGS", " ".join(QUICKLY))
jaxtyping.install_import_hook(hints.CHECKED, "hints.checker")


def pytest_configure(config: pytest.Config) -> None:
    """No test hangs for ever."""
    config.pluginmanager.register(hangs.Watch())


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported stays: garbage is looked for among what tests make, which saves a third."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_runtest_setup() -> None:
    """Hints are held anew in each test."""
    hints.begin()


@pytest.fixture(scope="session", autouse=True)
def no_published_rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """`--data auto` finds nothing but simulated events, unless a test serves a file itself.

    A proxy at which nobody answers stands for a machine without a network, in processes that a
    test starts, too.
    """
    cache: Path = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, "127.0.0.1,127.0.0.2,localhost")
        patch.delenv("FITSCOPE_HIGGS_URL", raising=False)
        patch.setenv("FITSCOPE_CACHE", str(cache))
        yield
