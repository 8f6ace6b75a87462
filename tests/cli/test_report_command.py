"""`fitscope report DIR` on folders as they come: unfinished, damaged, of a later version."""

import json

import polars as pl
import pytest
from report.made_up import GUIDE, document, write_study


@pytest.fixture
def report(call):
    """Run `fitscope report`: exit status, standard output, standard error."""
    return lambda folder: call("report", folder)


@pytest.fixture
def stored(tmp_path):
    made = document({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]})
    return write_study(tmp_path / "study", made, 20).folder


def test_before_the_first_finished_run_there_is_a_page_that_says_so(report, stored):
    stored.results.unlink()
    stored.histories.unlink()
    status, out, err = report(stored.path)
    assert (status, err) == (0, "")
    assert out.strip() == str(stored.page)
    assert "No run of this study has finished yet" in stored.page.read_text()
    assert not stored.results.exists()


def test_damage_is_one_line_and_leaves_no_page(report, stored):
    whole = stored.histories.read_bytes()
    without = pl.read_parquet(stored.histories).drop("repeat")
    for damage in (
        lambda: stored.histories.write_bytes(whole[:500]),
        lambda: without.write_parquet(stored.histories),
    ):
        damage()
        status, out, err = report(stored.path)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
        assert "histories.parquet: damaged" in err
        assert not stored.page.exists()


def test_a_newer_folder_is_refused(report, stored):
    found = json.loads(stored.study.read_text())
    stored.study.write_text(json.dumps({**found, "format": 99}))
    status, _, err = report(stored.path)
    assert status == 2
    assert "newer fitscope (format 99" in err
    assert err.count("\n") == 1
