"""The page of logs in a real browser."""

from __future__ import annotations

import pytest
from browser.test_page import cut_off, serious_faults, settle
from logs.made_up_logs import csv_text, losses

from fitscope.api.diagnose import diagnose_paths
from fitscope.report.logs_page.write import logs_page

TRAIN, VALIDATION = losses()
LONG = "a_name_that_says_every_setting_lr0.001_wd0.05.csv"


@pytest.fixture
def page_file(tmp_path):
    (tmp_path / LONG).write_text(csv_text({"loss": TRAIN, "val_loss": VALIDATION}))
    (tmp_path / "<b>same.csv").write_text(csv_text({"loss": TRAIN, "val_loss": TRAIN}))
    (tmp_path / "two.csv").write_text("epoch,val_loss\n1,0.5\n2,0.4\n")
    (tmp_path / "alone.csv").write_text(csv_text({"epoch": range(60), "loss": TRAIN}))
    file = tmp_path / "page.html"
    file.write_text(logs_page(diagnose_paths([tmp_path])), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [360, 1280])
def test_it_draws_every_run_and_says_nothing_wrong(page_file, visit, width):
    seen = visit(page_file, width=width, dark=width == 360)
    seen.drawn()
    assert seen.problems == []
    lines = seen.page.eval_on_selector_all(
        ".chart",
        "all => all.map(fitscope.shown).map(({ lines, marks }) => lines.length + marks.length)",
    )
    assert lines == [3, 4, 2], "curves, best epoch, onset"
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert cut_off(seen) == []
    seen.shoot(f"logs-{width}")


def test_a_long_name_has_a_line_of_its_own_on_a_phone(page_file, visit):
    name = visit(page_file, width=360).page.locator(".rows th", has_text=LONG).first
    lines = "name => name.clientHeight / parseFloat(getComputedStyle(name).lineHeight)"
    assert name.evaluate(lines) < 2.5


def test_a_curve_that_flees_keeps_its_dashes(tmp_path, visit):
    fled = [1.0, 0.6, *[0.5] * 40, 1e4, 1e7, 1e9]
    (tmp_path / "fled.csv").write_text(csv_text({"epoch": range(len(fled)), "val_loss": fled}))
    file = tmp_path / "page.html"
    file.write_text(logs_page(diagnose_paths([tmp_path])), encoding="utf-8")
    seen = visit(file, width=1280)
    seen.drawn()
    inked = seen.page.eval_on_selector(
        ".chart canvas",
        """canvas => {
          const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
          const pen = document.createElement("canvas").getContext("2d");
          pen.fillStyle = accent;
          pen.fillRect(0, 0, 1, 1);
          const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          const is = (i) => data[i + 3] > 128 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g)
            + Math.abs(data[i + 2] - b) < 90;
          const columns = [...Array(width).keys()].slice(width / 4, 3 * width / 4);
          const rows = [...Array(height).keys()];
          const inked = columns.filter((x) => rows.some((y) => is(4 * (y * width + x))));
          return inked.length / columns.length;
        }""",
    )
    assert 0.3 < inked < 0.9, "a dash of 5 and a gap of 3"


def test_nothing_serious_keeps_anybody_out(page_file, visit, axe):
    """axe-core on the narrow light page and on the wide dark one, with everything unfolded."""
    seen = visit(page_file, width=360)
    seen.drawn()
    for fold in seen.page.locator("summary").all():
        fold.click()
    for width, scheme in ((360, "light"), (1280, "dark")):
        seen.page.set_viewport_size({"width": width, "height": 800})
        seen.page.emulate_media(color_scheme=scheme)
        settle(seen)
        assert serious_faults(seen, axe) == []


def test_without_scripts_there_are_drawings(page_file, visit):
    seen = visit(page_file, scripts=False)
    assert seen.page.locator("svg.sketch").count() == 3
    assert seen.page.locator("[data-chart]").first.is_hidden()
