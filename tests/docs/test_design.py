"""The design names files and floors that there are."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/design.md").read_text()
NAMED = sorted(set(re.findall(r"`([a-z0-9_/]+(?:\.py|/))`", TEXT)))


@pytest.mark.parametrize("name", NAMED)
def test_files(name):
    package = ROOT / "src/fitscope"
    assert list(package.rglob(name.rstrip("/"))), f"{name} is named and not there"


def test_floors():
    """The drawing of the house has the floors that imports are held to, in their order."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in contracts["contracts"] if c["type"] == "layers")["layers"]
    drawn = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL)[1].splitlines()
    names = [sorted(re.findall(r"\w+", line[:23])) for line in drawn]
    assert names == [sorted(re.findall(r"\w+", layer)) for layer in layers]
