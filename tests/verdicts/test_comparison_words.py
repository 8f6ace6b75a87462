"""How comparisons print: names made fit for a table, numbers as the report has them."""

from __future__ import annotations

import math

from fitscope.diagnosis.compare import Difference
from fitscope.task import REGRESSION
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.comparisons import Comparisons


def pair(value: float, low: float, high: float) -> Comparison:
    found = Difference(value, 1.0, (low, high), p=0.01, p_corrected=0.02)
    names = "two\nlines", "a name that is much too long for a table"
    return Comparison(*names, "models", (3, 3), {REGRESSION.loss.validation: found}, REGRESSION)


def test_differences_of_any_size_are_told_as_in_the_report():
    large = str(pair(29_057.4, -120.44, 58_000.0))
    assert "squared error: +29,057 (95 % interval -120.44 to +58,000)" in large
    assert "+0.0000213 (95 %" in str(pair(0.0000213, -1.0, 1.0))
    assert "none to none" in str(pair(0.5, math.nan, math.nan))


def test_names_stand_on_one_line_and_are_cut():
    row = str(Comparisons([pair(-0.02, -0.03, -0.01)])).splitlines()[2]
    assert row.startswith("two lines  a name that is much…  -0.0200")
