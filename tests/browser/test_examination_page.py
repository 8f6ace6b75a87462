"""The page of an examination in a real browser: its charts, at every width, for everybody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from browser.test_page import cut_off, serious_faults, settle
from examination.made_up_answer import (
    ANSWER,
    REMEDIES,
    RUNGS,
    SWEEP,
    UNPREDICTABLE,
    write_examination,
)
from sketched import drawn

from fitscope.report.page import page_data, render_page, write_page
from fitscope.report.rebuild import write_report

ODD = replace(
    ANSWER,
    rungs=tuple(
        replace(rung, validation=40.0, label=None) if rung.model == "1024x3" else rung
        for rung in RUNGS
    ),
    remedies=tuple(replace(one, remedy=f"<i onload=hacked=1>{one.remedy}</i>") for one in REMEDIES),
    more_data=UNPREDICTABLE,
)

LADDER = "#ladder .drawing"
# Where the validation dot of each drawing stands, in points of the page.
DOTS = """all => all.map(one => {
  const dot = [...one.querySelectorAll(".dot:not(.hole):not(.open)")].at(-1);
  return Number(dot.getAttribute("x1"));
})"""

PARTS = (
    "{include: [['#answer'], ['#ladder'], ['#remedies'], ['#more_data'], ['#checks'], "
    "['#columns']]}"
)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """report.html of a made-up examination."""
    stored = write_examination(tmp_path_factory.mktemp("made") / "study", epochs=30)
    with drawn():
        write_report(stored)
    return stored.folder.page


def nothing_is_cut_off(seen, width, scheme):
    """Of an open page whose width and scheme change, as they do for people."""
    seen.page.set_viewport_size({"width": width, "height": 800})
    seen.page.emulate_media(color_scheme=scheme)
    seen.drawn()
    settle(seen)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert cut_off(seen) == []


def test_it_looks_right_narrow_and_wide_light_and_dark(made_up, visit):
    seen = visit(made_up, width=360)
    for width, scheme in ((360, "dark"), (1280, "light")):
        nothing_is_cut_off(seen, width, scheme)
        seen.shoot(f"answer-{width}-{scheme}")
    assert len(seen.page.pdf(format="A4")) > 50_000
    assert seen.problems == []


def test_nothing_serious_keeps_anybody_out(made_up, visit, axe):
    """axe-core on the sections of an examination, with everything unfolded."""
    seen = visit(made_up, width=360)
    seen.drawn()
    for folded in seen.page.locator("#columns summary").all():
        folded.click()
    for width, scheme in ((360, "light"), (1280, "dark")):
        seen.page.set_viewport_size({"width": width, "height": 800})
        seen.page.emulate_media(color_scheme=scheme)
        settle(seen)
        assert serious_faults(seen, axe, PARTS) == []


def test_each_chart_shows_the_figures_of_its_table(made_up, visit):
    seen = visit(made_up, width=1280)
    seen.drawn()
    for fold in seen.page.locator("#remedies summary").all():
        fold.click()
    dots = seen.page.eval_on_selector_all(LADDER, DOTS)
    values = [rung.validation for rung in RUNGS]
    assert np.corrcoef(dots, values)[0, 1] > 0.999, "dots stand where the figures say"
    dots = seen.page.eval_on_selector_all("#remedies .drawing", DOTS)
    told = seen.page.locator("#remedies td:nth-child(3)").all_inner_texts()
    assert len(dots) == len(REMEDIES)
    assert np.corrcoef(dots, [float(text.split()[0]) for text in told])[0, 1] > 0.999
    curve = "fitscope.shown(document.querySelector('[data-chart=more-data]')).lines"
    assert seen.page.evaluate(f"[...{curve}[1].y]") == [mean for mean, _ in ANSWER.more_data.losses]
    assert seen.page.evaluate(f"{curve}[0].x.at(-1)") == pytest.approx(28_000)
    assert "early stopping" in seen.page.locator("#remedies th[scope=row]").all_inner_texts()
    assert seen.problems == []


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """report.html of a made-up examination with a sweep."""
    folder = tmp_path_factory.mktemp("swept") / "study"
    stored = write_examination(folder, replace(ANSWER, sweep=SWEEP), epochs=30)
    write_report(stored)
    return stored.folder.page


def test_a_sweep_keeps_nobody_out(swept, visit, axe):
    seen = visit(swept, width=1280)
    seen.drawn()
    settle(seen)
    assert serious_faults(seen, axe, "{include: [['#sweep']]}") == []


def test_a_sweep_is_drawn_as_its_table_says_narrow_and_wide(swept, visit):
    seen = visit(swept, width=360)
    seen.drawn()
    curve = "fitscope.shown(document.querySelectorAll('[data-chart=sweep-width]')[0]).lines"
    levels = [width.last["error"][0] for width in SWEEP.widths]
    assert seen.page.evaluate(f"[...{curve}[2].y]") == levels
    key = seen.page.locator("[data-key=sweep-epochs] span").all_inner_texts()
    assert [text.strip() for text in key] == ["4", "64x2", "1024x3"]
    for width, scheme in ((360, "light"), (1280, "dark")):
        nothing_is_cut_off(seen, width, scheme)
    assert seen.problems == []


def test_odd_answers_are_drawn_and_names_never_run(tmp_path, visit):
    stored = write_examination(tmp_path / "study", answer=ODD, epochs=8)
    seen = visit(write_page(stored), width=360)
    seen.drawn()
    assert seen.page.evaluate("window.hacked") is None
    assert seen.page.locator("#ladder .far").all_inner_texts() == ["40.000 →"]
    assert cut_off(seen) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert seen.problems == []


def test_without_scripts_the_drawn_figures_stand_in(made_up, visit):
    page = visit(made_up, scripts=False).page
    for drawings in (
        page.locator("#more_data noscript svg[role=img]").all(),
        page.locator("#ladder .drawing").all(),
    ):
        assert drawings
        assert all(drawing.bounding_box()["width"] > 200 for drawing in drawings)


def test_the_answer_takes_the_headlines_place_while_the_page_is_open(tmp_path, visit):
    """The headline of a study that runs goes when the answer comes."""
    done = write_examination(tmp_path / "study", epochs=8)
    begun = replace(done, results=replace(done.results, answer=None))
    html = render_page(begun, live=True)

    def serve(page):
        page.route(
            "http://study.test/", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        page.route("http://study.test/data.json", lambda route: route.fulfill(json=page_data(done)))

    seen = visit("http://study.test/", ready=serve)
    assert seen.page.locator("#headline").count() == 1
    seen.page.locator("#answer h1").filter(has_text="take ").wait_for()
    assert seen.page.locator("#headline").count() == 0
    order = seen.page.eval_on_selector_all("main > [id]", "all => all.map(one => one.id)")
    assert order[:3] == ["answer", "ladder", "remedies"]
    seen.drawn()
    assert seen.problems == []
