"""Every way of writing logs in `dialects/` is read to the last digit, and judged by its shape."""

import numpy as np
import pytest
from logs.dialects.dialect import SHAPES, curves, dialects
from numpy.testing import assert_allclose

import fitscope as fs
from fitscope.api.diagnose import diagnose_paths

DIALECTS = dialects()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_read(dialect, tmp_path):
    shape = SHAPES[DIALECTS.index(dialect) % len(SHAPES)]
    numbers = curves(shape)
    path = dialect.write(tmp_path, numbers)
    if dialect.refused is not None:
        with pytest.raises(fs.UserError) as refused:
            fs.diagnose(path)
        assert dialect.refused in str(refused.value)
        return
    found = diagnose_paths([path])
    assert len(found) == dialect.runs, [one.error for one in found.unread]
    assert all("no curves in it" in one.error for one in found.unread)
    at, train, validation = dialect.expected(numbers)
    for verdict in found:
        history = verdict.history
        assert history.epochs.tolist() == at.tolist()
        assert history.step == dialect.step
        assert_allclose(history.validation, validation, atol=1e-6)
        assert history.higher_is_better == (dialect.val in ("w", "pw"))
        if dialect.train == "none":
            assert history.train is None
        elif train is not None:
            assert history.train is not None
            assert_allclose(history.train, train, atol=1e-6)
        if dialect.first is None:
            assert verdict.label == shape


def test_each_has_a_name_of_its_own():
    names = [dialect.name for dialect in DIALECTS]
    assert len(set(names)) == len(names) > 300
    assert np.isfinite(curves("good")["v"]).all()
