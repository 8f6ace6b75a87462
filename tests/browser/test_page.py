"""report.html in a real browser: how it looks, whether its controls work, what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from browser.conftest import Visit
from report.made_up import GUIDE, document, write_study

import fitscope as fs
from fitscope.report.figures import draw_figures
from fitscope.report.page import page_data, render_page, write_page
from fitscope.report.series import smooth
from fitscope.study.folder import StoredStudy, read_started
from fitscope.study.results import Results

WIDTHS = (360, 800, 1600)
CURVES = "[data-chart=curves]"
NOTHING = Results()
METRICS = "Performance.getMetrics"
# How light the words beside a chart's axis are.
INK = """chart => {
  const canvas = chart.querySelector("canvas"), wide = 60;
  const { data } = canvas.getContext("2d").getImageData(0, 0, wide, canvas.height);
  let sum = 0, found = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) { sum += data[i]; found += 1; }
  return sum / found;
}"""
# Texts that are wider than the place that they stand in, and elements that hang over the page.
CUT = """[...document.querySelectorAll("main *")].filter(one => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  if (!box.width || !one.checkVisibility()) return false;
  if (one.closest(".hidden-text, pre, svg, .u-wrap")) return false;
  const narrow = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
  return narrow || (box.right > innerWidth + 1 && !one.closest(".command"));
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """report.html of a small study that was really trained: three models, twice each."""
    random = np.random.default_rng(0)
    x = random.normal(size=(500, 8)).astype(np.float32)
    y = ((x[:, 0] * x[:, 1] + 0.7 * random.normal(size=500)) > 0).astype(np.float32)
    split = fs.Split(x[:300], y[:300], x[300:], y[300:])
    study = fs.Study(split, plan=fs.Plan(batch_size=50, max_epochs=40, stopping=None))
    study.add("Tiny", fs.MLP(4), group=("sizes", "regularizers"))
    study.add("Large", fs.MLP(64, 64), group="sizes")
    study.add("L2", fs.MLP(64, 64, l2=1e-3), group="regularizers")
    folder = tmp_path_factory.mktemp("real") / "study"
    return study.run(repeats=2, out=folder, progress=False).report()


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """report.html of a guide with simulated histories."""
    stored = write_study(tmp_path_factory.mktemp("made") / "study", document(GUIDE, repeats=2), 120)
    return write_page(stored)


def traces(visit: Visit) -> list[int]:
    """Number of lines and marks in each view of the curves."""
    counted = "fitscope.shown(one).lines.length + fitscope.shown(one).marks.length"
    return visit.page.eval_on_selector_all(CURVES, f"all => all.map(one => {counted})")


def unfold(visit: Visit) -> None:
    """Open the section that holds the controls that few use."""
    visit.page.locator("[data-controls] summary").click()


def cut_off(visit: Visit) -> list[str]:
    """What cannot be read without scrolling sideways."""
    return visit.page.evaluate(CUT)


def settle(visit: Visit) -> None:
    """Wait until a change has been drawn: charts follow with the next frames."""
    visit.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame("
        "() => setTimeout(done, 60))))"
    )


def test_it_looks_right_at_every_width_light_and_dark(real, visit):
    """One visit: width and scheme change under the open page, as they do for people."""
    seen = visit(real, width=WIDTHS[0])
    for width in WIDTHS:
        seen.page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            seen.page.emulate_media(color_scheme=scheme)
            seen.drawn()
            settle(seen)
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            seen.shoot(f"report-{width}-{scheme}")
            ink = seen.page.eval_on_selector(CURVES, INK)
            assert (ink > 128) == (scheme == "dark")
            assert cut_off(seen) == []
    assert seen.problems == []


def test_each_chart_names_its_models(made_up, visit):
    """On paper colours mean nothing without their names; who is switched off is not printed."""
    seen = visit(made_up)
    seen.drawn()
    for group, names in (
        ("sizes", ["Tiny", "Small", "Medium", "Large"]),
        ("regularizers", ["Tiny", "L2", "Dropout", "Combined"]),
    ):
        figure = seen.page.locator(f"figure:has([data-group={group}])")
        assert figure.locator(".legend li").all_inner_texts() == names
        assert "validation" in figure.locator(".key").inner_text()
    assert len(seen.page.locator("#capacity .legend li").all()) == 7
    seen.page.locator("figure:has([data-group=sizes]) .legend").get_by_text("Small").click()
    settle(seen)
    assert seen.page.locator(".legend .off").all_inner_texts() == ["Small"]
    seen.page.emulate_media(media="print")
    assert seen.page.locator(".legend .off").first.is_hidden()
    assert seen.problems == []


def test_what_is_off_the_chart_is_told(tmp_path, visit):
    stored = write_study(tmp_path / "study", document(GUIDE, repeats=2), 400)
    seen = visit(write_page(stored))
    seen.drawn()
    told = seen.page.locator("figure:has([data-group=sizes]) .off-chart")
    top = seen.page.eval_on_selector(CURVES, "one => fitscope.shown(one).y.range[1]")
    (said,) = re.findall(r"Large rises to ([\d.]+) by epoch [\d,]+", told.inner_text())
    assert float(said) > top
    told.get_by_role("button").click()
    settle(seen)
    assert seen.page.eval_on_selector(CURVES, "one => fitscope.shown(one).y.range[1]") > float(said)
    assert told.inner_text().strip() == ""


@pytest.mark.usefixtures("drawn_figures")
def test_it_opens_fast(tmp_path, visit):
    """Seven models, five repeats: below 1.5 MB, drawn before anybody has scrolled."""
    stored = write_study(tmp_path / "study", document(GUIDE, repeats=5), 1_200)
    draw_figures(stored)
    file = write_page(stored)
    assert file.stat().st_size < 1_500_000
    sessions = []

    def watched(page):
        sessions.append(page.context.new_cdp_session(page))
        sessions[0].send("Performance.enable", {"timeDomain": "threadTicks"})  # of the processor

    page = visit(file, ready=watched).page
    measured = {one["name"]: one["value"] for one in sessions[0].send(METRICS)["metrics"]}
    assert 0 < measured["TaskDuration"] < 0.7
    unseen = "one => one.getBoundingClientRect().top > innerHeight && !one.querySelector('canvas')"
    open_charts = "[...document.querySelectorAll('.chart')].filter(one => one.clientWidth)"
    assert page.evaluate(f"{open_charts}.filter({unseen}).length") == 0


def serious_faults(seen, axe, where="document"):
    """What axe-core finds within a part of the page that would keep somebody out."""
    seen.page.evaluate(f"window.axe || {axe}")
    found = seen.page.evaluate(f"axe.run({where}, {{resultTypes: ['violations']}})")
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def test_nothing_serious_keeps_anybody_out(real, visit, axe):
    """axe-core on the narrow light page and on the wide dark one, with everything unfolded."""
    seen = visit(real, width=360)
    seen.drawn()
    for fold in seen.page.locator("summary").all():
        fold.click()
    for width, scheme in ((360, "light"), (1600, "dark")):
        seen.page.set_viewport_size({"width": width, "height": 800})
        seen.page.emulate_media(color_scheme=scheme)
        settle(seen)
        assert serious_faults(seen, axe) == []


def test_the_controls_work(made_up, visit):
    seen = visit(made_up, width=1600)
    page = seen.page
    seen.drawn()
    both = traces(seen)
    assert len(both) == 2
    unfold(seen)
    page.get_by_role("checkbox", name="Tiny").uncheck(force=True)
    settle(seen)
    assert all(now < before for now, before in zip(traces(seen), both, strict=True))
    page.get_by_role("checkbox", name="Tiny").check(force=True)
    page.get_by_role("checkbox", name="Large").uncheck(force=True)
    settle(seen)
    sizes, regularizers = traces(seen)
    assert sizes < both[0]
    assert regularizers == both[1]
    page.get_by_role("button", name="None").click()
    settle(seen)
    assert traces(seen) == [0, 0]
    page.get_by_role("button", name="All").click()

    chart = f"fitscope.shown(document.querySelector('{CURVES}'))"
    values = f"{chart}.lines.map(one => [...one.y].slice(0, 40))"
    before = page.evaluate(values)
    slider = page.get_by_role("slider", name="Smoothing")
    slider.focus()
    page.keyboard.press("End")
    settle(seen)
    assert page.locator("output").inner_text() == "100 epochs"
    assert slider.get_attribute("aria-valuetext") == "100 epochs"
    assert page.evaluate(values) != before

    axis = f"Boolean({chart}.x.log)"
    assert page.evaluate(axis) is False
    page.get_by_role("radio", name="log").check(force=True)
    settle(seen)
    assert page.evaluate(axis) is True
    page.get_by_role("radio", name="linear").check(force=True)
    page.get_by_label("Metric").select_option("accuracy")
    settle(seen)
    assert page.evaluate(f"{chart}.y.title") == "Accuracy, higher is better"
    page.get_by_role("checkbox", name="bands").uncheck(force=True)
    page.get_by_role("checkbox", name="validation").uncheck(force=True)
    settle(seen)
    assert traces(seen)[0] < both[0]

    summary = page.locator("#models summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#models details").first.get_attribute("open") is not None
    page.get_by_role("radio", name="last epoch").check(force=True)
    assert seen.problems == []


def test_zooming_one_view_zooms_the_other(made_up, visit):
    seen = visit(made_up, width=1600)
    page = seen.page
    seen.drawn()
    chart = page.locator(CURVES).first
    chart.scroll_into_view_if_needed()
    box = chart.locator(".u-over").first.bounding_box()
    assert box is not None
    x, y, width, height = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(x + 0.2 * width, y + 0.2 * height)
    page.mouse.down()
    page.mouse.move(x + 0.6 * width, y + 0.7 * height, steps=4)
    page.mouse.up()
    settle(seen)
    ranges = page.eval_on_selector_all(
        CURVES, "all => all.map(fitscope.shown).map(({ x, y }) => [...x.range, ...y.range])"
    )
    assert ranges[0] == pytest.approx(ranges[1])
    assert ranges[0][0] > 10
    page.get_by_role("button", name="Reset the zoom").click()
    settle(seen)
    assert page.evaluate(f"fitscope.shown(document.querySelector('{CURVES}')).x.range[0]") == 0
    assert seen.problems == []


def test_smoothing_is_the_figures_own(made_up, visit):
    seen = visit(made_up)
    random = np.random.default_rng(3)
    values = 0.5 + np.exp(-np.arange(200) / 30) + random.normal(0, 0.05, 200)
    values[60:63] = np.nan
    given = [float(value) if np.isfinite(value) else None for value in values]
    for std in (0, 1, 10, 50):
        found = seen.page.evaluate(
            "([values, std]) => { const at = values.map((_, i) => i); return [...fitscope.smooth("
            "values.map(v => v ?? NaN), at, at.map(() => 1), std, at)]; }",
            [given, std],
        )
        found = np.array([np.nan if value is None else value for value in found], float)
        np.testing.assert_allclose(found, smooth(values, std), atol=2e-6)


NASTY = {
    "<script>hacked = 1</script>": (GUIDE["Tiny"][0], ["one", "two"]),
    '<img src=x onerror=hacked=1> & "it\'s"': (GUIDE["Small"][0], ["one"]),
    "</script><svg onload=hacked=1>": (GUIDE["L2"][0], ["one"]),
    "<b>bold</b> 🦉 模型 \u2028": (GUIDE["Large"][0], ["two"]),
    "__proto__": (GUIDE["Medium"][0], ["two"]),
}


def test_names_are_shown_and_never_run(tmp_path, visit):
    stored = write_study(tmp_path / "study", document(NASTY, kind="study"), 30)
    seen = visit(write_page(stored), width=360)
    page = seen.page
    seen.drawn()
    assert page.evaluate("window.hacked") is None
    unfold(seen)
    for name in NASTY:
        shown = name.replace("\u2028", " ").strip()
        assert shown in page.locator("#results").inner_text()
        assert page.get_by_role("checkbox", name=shown).count() == 1
    assert "<script>" in page.locator("#capacity .legend").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert seen.problems == []


def test_two_hundred_models_stay_readable(tmp_path, visit):
    many = {f"model {number:03}": (fs.MLP(8 + number), ["models"]) for number in range(200)}
    seen = visit(write_page(write_study(tmp_path / "study", document(many, kind="study"), 30)))
    page = seen.page
    seen.drawn()
    unfold(seen)
    assert page.locator(".chip").count() == 200
    assert page.locator(".chip input:checked").count() == 8
    page.get_by_role("searchbox", name="Find").fill("model 01")
    assert page.locator(".chip:visible").count() == 10
    assert page.locator(".chip-list").bounding_box()["height"] < 200
    assert seen.problems == []


@pytest.mark.parametrize("case", ["one epoch", "unfinished", "diverged"])
def test_odd_studies_have_a_page(tmp_path, visit, case):
    made = document(GUIDE, repeats=2)
    stored = write_study(
        tmp_path / "study",
        made,
        1 if case == "one epoch" else 30,
        ["Large", "L2"] if case == "diverged" else [],
    )
    if case == "unfinished":
        stored.folder.results.unlink()
        stored.folder.histories.unlink()
    seen = visit(write_page(read_started(stored.folder.path)))
    seen.drawn()
    if case == "unfinished":
        assert "No run of this study has finished yet" in seen.page.locator("h1").inner_text()
    assert seen.problems == []


@pytest.mark.usefixtures("drawn_figures")
def test_without_scripts_the_drawn_figures_stand_in(tmp_path, visit):
    stored = write_study(tmp_path / "study", document({"Tiny": GUIDE["Tiny"]}), 20)
    draw_figures(stored)
    page = visit(write_page(stored), scripts=False).page
    assert page.locator("noscript svg[role=img]").count() == 4
    for fold in page.locator("details.chapter:has(noscript) > summary").all():
        fold.click()
    for drawing in page.locator("noscript svg[role=img]").all():
        assert drawing.bounding_box()["width"] > 200
    assert page.locator("#results td").count() > 3


def test_it_prints_and_goes_on(made_up, visit):
    seen = visit(made_up, dark=True)
    seen.drawn()
    assert len(seen.page.pdf(format="A4")) > 50_000
    settle(seen)
    assert not seen.page.evaluate("document.documentElement.classList.contains('printing')")
    assert seen.problems == []


def test_a_served_page_follows_the_study(tmp_path, visit):
    """At first no run has finished, then all of them have, and the study is over."""
    stored = write_study(tmp_path / "study", document(GUIDE, repeats=2), 30)
    begun = StoredStudy(stored.folder, stored.document, stored.histories.head(0), NOTHING)
    html = render_page(begun, live=True)
    news = json.dumps(page_data(stored, live=False))
    asked: list[str] = []

    def serve(page):
        page.route(
            "http://study.test/", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        page.route("http://study.test/data.json", answer)

    def answer(route):
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=304, body="")
        else:
            route.fulfill(body=news, content_type="application/json")

    seen = visit("http://study.test/", width=1600, ready=serve)
    page = seen.page
    status = page.locator("[data-status]")
    assert "0 of 14 runs finished, 0 epochs" in status.inner_text()
    assert page.locator("#capacity").count() == 0
    layers = page.locator("#models details").last
    layers.locator("summary").click()
    layers.locator("summary").focus()
    status.filter(has_text="14 of 14 runs finished").wait_for()
    assert "no finished run" not in page.locator("#results").inner_text()
    assert page.locator("#models details").last.get_attribute("open") is not None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    order = page.eval_on_selector_all("main > [id]", "all => all.map(one => one.id)")
    assert order[order.index("curves") + 1] == "capacity"
    assert page.get_by_role("navigation").get_by_role("link", name="Capacity").count() == 1
    seen.drawn()
    count = len(asked)
    page.wait_for_timeout(1_800)
    assert len(asked) == count  # a study that is over has no more news
    assert seen.problems == []
