"""All checks together: what is ignored, their order and their pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from examination.checks.made_up import ordinary
from scipy.stats import norm

from fitscope.data.prepared import prepare
from fitscope.errors import UserError
from fitscope.examination.checks.leak import leaks
from fitscope.examination.checks.seen import MOST_ROWS, Part, look
from fitscope.examination.checks.table import CHECKS, check_table
from fitscope.examination.checks.validation_rows import POWER

DOCS = Path(__file__).resolve().parents[3] / "docs"


def leaky():
    table = ordinary() | {"paid": [float(label == "yes") for label in ordinary()["target"]]}
    table["order_id"] = np.random.default_rng(0).permutation(1_500)
    return prepare(pl.DataFrame(table), "target", folds=1)


def test_worst_first_and_ignored():
    prepared = leaky()
    found = check_table(prepared)
    severities = [check.severity for check in found]
    assert [check.code for check in found][:2] == ["FS101", "FS102"]
    assert severities == sorted(severities, key=["problem", "warning", "note"].index)
    rest = check_table(prepared, ignore=("fs101",))
    assert [check.code for check in rest] == [check.code for check in found[1:]]


def test_an_unknown_code_lists_the_others():
    with pytest.raises(UserError, match="unknown check 'FS999'; choose from FS101, FS102"):
        check_table(leaky(), ignore=("FS101", "FS999"))


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_a_page(code):
    page = (DOCS / "checks" / f"{code.lower()}.md").read_text()
    assert page.startswith(f"# {code}: ")
    for heading in ("What it means", "Why it matters", "How it is found", "What to do"):
        assert f"\n## {heading}\n" in page
    assert f"--ignore {code}" in page
    index = (DOCS / "checks" / "index.md").read_text()
    assert f"\n{code.lower()}\n" in index
    assert f"({code.lower()}.md)" in index


def test_samples_are_bounded():
    rows = 3 * MOST_ROWS
    x = np.arange(rows) % 97 * 1.0
    prepared = prepare((x[:, None], np.where(x > 40, "b", "a")), folds=1, test=0.4)
    seen = look(prepared)
    assert len(seen.train_part.x) == MOST_ROWS
    assert len(seen.frame) == rows


def test_neither_jax_nor_scikit_learn_is_imported_with_it():
    code = (
        "import sys, fitscope.examination.checks.table; "
        "sys.exit(bool({'jax', 'sklearn', 'scipy', 'polars'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_power():
    """A difference of that many errors is found at the 95 % level four times in five."""
    assert np.isclose(norm.sf(1.96 - POWER), 0.8, atol=0.002)


@pytest.mark.parametrize("bend", [np.exp, np.cbrt, lambda y: -y])
def test_a_leak_does_not_depend_on_the_scale_of_the_target(bend):
    random = np.random.default_rng(1)
    x = random.normal(size=(800, 3)).astype(np.float32)
    y = 2.0 * x[:, 0] + 0.2 * random.normal(size=800)
    names = ("a", "b", "c")
    assert [leak.column for leak in leaks(Part(x, y), names, 0)] == ["a"]
    one, two = (leaks(Part(x, target), names, 0)[0].explained for target in (y, bend(y)))
    assert np.isclose(one, two, atol=1e-9)
