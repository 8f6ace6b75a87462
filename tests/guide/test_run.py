"""The guide on a fetched copy: started, interrupted, resumed from another folder."""

import numpy as np
import pytest

import fitscope as fs
from fitscope.guide.run import GuideOptions, run_guide
from fitscope.higgs.columnar import write_columns
from fitscope.higgs.published import PUBLISHED, local_copies


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FITSCOPE_HIGGS_URL", raising=False)
    random = np.random.default_rng(0)
    rows = random.normal(size=(150, 29)).astype(np.float32)
    rows[:, 0] = rows[:, 1] > 0
    path = local_copies(PUBLISHED)[0]
    path.parent.mkdir()
    write_columns([np.asfortranarray(rows)], path, 29)
    return path


def test_resume_finds_the_fetched_copy(copy, tmp_path, monkeypatch):
    options = GuideOptions(models="tiny", validation=50, rows=100, max_epochs=2)
    first = run_guide(options, tmp_path / "out")
    assert first.document.data.location == str(copy)
    monkeypatch.chdir(tmp_path)
    again = run_guide(GuideOptions(), tmp_path / "out", resume=True)
    assert again.histories.equals(first.histories)
    with pytest.raises(fs.UserError, match="--device cpu"):
        run_guide(GuideOptions(device="gpu"), tmp_path / "out", resume=True)
