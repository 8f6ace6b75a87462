"""The ladder is around the size of the data, each rung richer than the one before it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.examination.ladder import rungs
from fitscope.learners.knobs import is_plain, is_plainer
from fitscope.learners.mlp.network import MLP
from fitscope.task import BINARY, MULTICLASS, REGRESSION

tasks = st.sampled_from([BINARY, REGRESSION, MULTICLASS.of(("a", "b", "c"))])


@settings(deadline=None)
@given(
    rows=st.integers(20, 10**7), features=st.integers(1, 10_000), task=tasks, quick=st.booleans()
)
def test_each_rung_is_richer_than_the_one_before(rows: int, features: int, task, quick: bool):
    found = rungs(rows, features, task, quick=quick)
    networks = [one for one in found.values() if isinstance(one, MLP)]
    trees = list(found.values())[len(networks) :]
    assert len(trees) == 2
    assert len(networks) >= 2
    for family in (networks, trees):
        assert all(is_plain(one) for one in family)
        for plainer, richer in pairwise(family):
            assert is_plainer(plainer, richer)
    for plainer, richer in pairwise(one.size(features, task).count for one in networks[1:]):
        assert richer > 1.5 * plainer
    for one in networks[1:]:
        assert all(4 <= units <= 256 for units in one.hidden)


@pytest.mark.parametrize(("rows", "features"), [(300, 5), (1_418, 17), (2_494, 28), (7_500, 30)])
def test_networks_lie_around_the_number_of_rows(rows: int, features: int):
    """Where layers of 4 to 256 units allow it."""
    found = rungs(rows, features, BINARY, ["mlp"]).values()
    shares = [one.size(features, BINARY).count / rows for one in found]
    assert len(shares) == 4
    assert shares[0] < 0.2
    assert 0.2 < shares[1] < 0.6
    assert 1.5 < shares[2] < 6
    assert shares[3] > 15


def test_families_can_be_chosen():
    everything = rungs(5_000, 30, BINARY)
    parts = [rungs(5_000, 30, BINARY, [one]) for one in ("linear", "mlp", "hgb")]
    assert [name for part in parts for name in part] == list(everything)
    assert list(parts[0]) == ["linear"]
    assert {one.kind for one in parts[2].values()} == {"hgb"}


def test_a_quick_ladder_is_shorter_and_reaches_from_plain_to_rich():
    quick, usual = (rungs(5_000, 30, BINARY, quick=quick) for quick in (True, False))
    assert len(quick) < len(usual)
    assert quick["linear"] == MLP()
    assert max(one.size(30, BINARY).count for one in quick.values()) > 10_000
