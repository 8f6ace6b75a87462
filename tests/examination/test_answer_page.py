"""The page of an examination: the answer first, every figure in text, safe and sound names."""

import json
import re
from dataclasses import replace

import pytest
from examination.made_up_answer import (
    ANSWER,
    PLAIN,
    REMEDIES,
    RUNGS,
    SWEEP,
    UNPREDICTABLE,
    write_examination,
)
from report.test_report_page import Page

from fitscope.examination.brief import brief
from fitscope.examination.lines import ladder
from fitscope.report.page import page_data, write_page
from fitscope.report.rebuild import write_report
from fitscope.task import BINARY, REGRESSION

OWN = ["answer", "ladder", "remedies", "more_data", "checks", "columns"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    found = write_examination(tmp_path_factory.mktemp("page") / "study", epochs=12)
    write_report(found)
    return found


def page(stored) -> Page:
    return Page(stored.folder.page.read_text(encoding="utf-8"))


def names(stored) -> list[str]:
    return [section["name"] for section in page_data(stored)["sections"]]


def test_the_answer_stands_first_in_the_place_of_the_headline(stored):
    found = names(stored)
    assert found[:6] == OWN
    assert "headline" not in found
    for name in ("results", "curves", "models", "comparisons", "rows", "record", "method"):
        if name != "comparisons":  # made-up histories have no rows to compare on
            assert name in found


def test_without_an_answer_the_usual_headline_stands_there(tmp_path):
    begun = write_examination(tmp_path / "study", answer=None, epochs=8)
    found = names(begun)
    assert found[0] == "headline"
    assert not set(found) & set(OWN)


def test_early_stopping_takes_nothing_away_from_a_model_that_was_stopped(stored):
    lines = ladder(stored)
    early = replace(REMEDIES[0], remedy="early stopping", difference=0.05, interval=(0.03, 0.07))
    answer = replace(ANSWER, remedies=(early, *REMEDIES))
    _, left = brief(answer, lines, BINARY)
    _, stopped = brief(answer, lines, BINARY, stopped=[early.over])
    assert "early stopping takes 0.050 of it away" in left[0]
    assert "early stopping" not in stopped[0]
    assert "of it away" in stopped[0]


def test_every_figure_of_the_charts_is_in_a_table(stored):
    text = page(stored).text
    for rung in RUNGS:
        assert rung.model in text
        assert f"{rung.validation:.4f} ± {rung.error:.4f}" in text
        assert f"{rung.gap:+.4f}" in text
    for remedy in REMEDIES:
        assert f"{remedy.difference:+.4f}" in text
        assert f"{remedy.interval[0]:+.4f} to {remedy.interval[1]:+.4f}" in text
    for (mean, error), size in zip(ANSWER.more_data.losses, ANSWER.more_data.sizes, strict=True):
        assert f"{size:,} {mean:.4f} ± {error:.4f}" in text
    assert "0.1882 0.1791 to 0.1972" in text
    assert "28,000" in text


def test_the_answer_says_what_matters(stored):
    text = page(stored).text
    for said in (
        "The richest network, 1024x3, overfits, and that costs 0.035 ± 0.006",
        "Take boosting",
        "0.1812 to 0.2211",
        "What the time did not allow",
        "2 more minutes would decide them",
    ):
        assert said in text
    assert text.index("Problem") < text.index("Warning , FS104".replace(" ,", ","))
    assert "docs/checks/fs101.md" in text


@pytest.mark.usefixtures("drawn_figures")
def test_names_of_columns_cannot_break_it(stored):
    found = page(stored)
    assert not {tag for tag, _ in found.found} & {"b", "img"}
    assert "<b>area</b> code & more" in found.text
    data = next(script for script in found.scripts if script.startswith('{"live"'))
    assert json.loads(data)["sections"]


@pytest.mark.usefixtures("drawn_figures")
def test_without_scripts_each_chart_has_its_drawing(stored):
    found = page(stored)
    labels = [
        attributes["aria-label"] or ""
        for tag, attributes in found.found
        if tag == "svg" and "aria-label" in attributes
    ]
    for start in ("Validation cross-entropy of 16 against training rows",):
        assert sum(label.startswith(start) for label in labels) == 1, start
    drawings = [one.get("class") or "" for tag, one in found.found if tag == "svg"]
    drawn = [css for css in drawings if css.startswith("drawing")]
    assert len(drawn) == len(RUNGS) + len(REMEDIES)
    ids = found.having("id")
    assert len(ids) == len(set(ids))
    for href in found.having("href"):
        assert href.removeprefix("#") in ids


def test_an_answer_that_says_little_has_a_page(tmp_path):
    found = write_examination(tmp_path / "study", answer=PLAIN, epochs=8)
    write_page(found)
    text = page(found).text
    assert "Nothing beats a constant" in text
    assert names(found)[:3] == ["answer", "ladder", "checks"]
    assert "Nothing was found that would spoil the answer" in text


def test_what_cannot_be_predicted_is_not_drawn(tmp_path):
    answer = replace(ANSWER, more_data=UNPREDICTABLE)
    found = write_examination(tmp_path / "study", answer=answer, epochs=8)
    sections = {one["name"]: one for one in page_data(found)["sections"]}
    more = sections["more_data"]
    assert more["data"]["line"] is None
    assert more["data"]["predicted"] == []
    text = re.sub(r"\s+", " ", more["html"])
    assert "not predictable</strong>: it does not fall from one size to the next. What" in text


def test_double_descent_is_told_first_and_every_width_stands_in_a_table(tmp_path):
    found = write_examination(tmp_path / "study", replace(ANSWER, sweep=SWEEP), epochs=30)
    write_page(found)
    text = page(found).text
    assert names(found)[:3] == ["answer", "sweep", "ladder"]
    assert "Double descent is seen in width; take boosting" in text
    assert "Validation error is 0.240 at 4 units, 0.360 at 64 and 0.250 at 1,024." in text
    assert SWEEP.words in text
    for width in SWEEP.widths:
        level, error = width.last["error"]
        assert f"{width.parameters:,} {width.train['error']:.4f}".rstrip("0") in text
        assert f"{level:.4f} ± {error:.4f}" in text
    data = {one["name"]: one for one in page_data(found)["sections"]}["sweep"]["data"]
    assert data["fits"] == 64
    assert [line["model"] for line in data["epochs"]] == ["4", "64x2", "1024x3"]
    assert [point["last"] for point in data["measures"][0]["points"]] == [
        0.24,
        0.31,
        0.36,
        0.28,
        0.25,
    ]


def test_a_regression_is_told_in_its_own_units(tmp_path):
    rungs = tuple(
        replace(rung, train=5e3 * rung.train, validation=5e3 * rung.validation, error=40.0)
        for rung in RUNGS
    )
    answer = replace(ANSWER, metric=REGRESSION.loss.name, rungs=rungs, test={}, remedies=())
    found = write_examination(tmp_path / "study", answer=answer, epochs=8, task=REGRESSION)
    write_page(found)
    text = page(found).text
    assert "1,021.5 ± 40.0" in text
    assert "Validation squared error" in text
