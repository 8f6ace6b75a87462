"""The figures of a study: which, what is drawn, and that nothing is cut off."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from matplotlib import pyplot, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from report.made_up import GUIDE, verdict

from fitscope.api.result import Result
from fitscope.errors import UserError
from fitscope.report.figures import _figure, draw_figures, plan_figures
from fitscope.report.look import FIGURE
from fitscope.report.marks import Mark
from fitscope.report.plot import plot_histories
from fitscope.report.presentation import palette_of

GUIDE_FIGURES = [
    "feature-histogram",
    "learning-rate",
    "sizes-tiny",
    "sizes",
    "regularizers-l2",
    "regularizers-dropout",
    "regularizers-combined",
]
ODD = {
    'A <b>bold</b> & "quoted" name of $x^2$, and rather long': (GUIDE["Tiny"][0], ["ab"]),
    "_hidden": (GUIDE["Large"][0], ["ab", "c-d"]),
    "two\nlines \x07 模型": (GUIDE["L2"][0], ["ab"]),
}


def axes() -> Axes:
    figure = Figure()
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def drawn(planned, stored) -> Figure:
    with rc_context(FIGURE):
        return _figure(planned, stored)


def written(figure: Figure) -> list[Text]:
    """All texts of a figure that are on paper: Matplotlib keeps tick labels beyond the axes."""
    ax = figure.axes[0]
    texts = [*figure.texts, *ax.texts, ax.xaxis.label, ax.yaxis.label]
    legend = ax.get_legend()
    texts += legend.get_texts() if legend else []
    for axis, (low, high) in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text for text in texts if text.get_text()]


def every_text_can_be_read(planned, stored):
    """Within the paper, and none upon another."""
    figure = drawn(planned, stored)
    figure.canvas.draw()
    whole = figure.bbox
    boxes = [text.get_window_extent() for text in written(figure)]
    for number, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= whole.x1
        assert box.y1 <= whole.y1
        for other in boxes[:number]:
            assert not box.padded(-1).overlaps(other), planned.name


def curves(ax: Axes) -> list[tuple[str, str]]:
    return [(line.get_color(), line.get_linestyle()) for line in ax.get_lines()]


@pytest.mark.usefixtures("drawn_figures")
def test_the_guide_gets_its_figures_as_png_and_svg(study):
    stored = study()
    files = draw_figures(stored)
    assert [file.name for file in files] == [
        f"{name}.{ending}" for name in GUIDE_FIGURES for ending in ("png", "svg")
    ]
    assert sorted(stored.folder.figures.iterdir()) == sorted(files)
    for file in files:
        if file.suffix == ".png":
            assert file.read_bytes().startswith(b"\x89PNG")
        else:
            assert ElementTree.parse(file).getroot().tag.endswith("svg")


@pytest.mark.usefixtures("drawn_figures")
def test_the_same_study_gives_the_same_bytes_and_leaves_no_pyplot_figure(study):
    from matplotlib import pyplot

    stored, before = study({"Tiny": GUIDE["Tiny"]}), pyplot.get_fignums()
    first = {file: file.read_bytes() for file in draw_figures(stored)}
    assert {file: file.read_bytes() for file in draw_figures(stored)} == first
    assert pyplot.get_fignums() == before


def test_which_models_each_figure_shows(study):
    stored = study(epochs=30)
    palette = palette_of(stored.document)
    shown = {
        planned.name: [
            name
            for name in GUIDE
            if (palette[name], "--") in curves(drawn(planned, stored).axes[0])
        ]
        for planned in plan_figures(stored)
    }
    assert shown["sizes-tiny"] == ["Tiny"]
    assert shown["sizes"] == ["Tiny", "Small", "Medium", "Large"]
    assert shown["regularizers-l2"] == ["Tiny", "L2"]
    assert shown["regularizers-dropout"] == ["Tiny", "L2", "Dropout"]
    assert shown["regularizers-combined"] == ["Tiny", "L2", "Dropout", "Combined"]


def test_axes_of_the_guide(study):
    stored = study(epochs=300)
    found = {planned.name: drawn(planned, stored).axes[0] for planned in plan_figures(stored)}
    for name in GUIDE_FIGURES[2:]:
        assert found[name].get_ylim() == (0.5, 0.7)
    assert found["sizes"].get_xscale() == "log"
    assert found["sizes"].get_xlim() == (5, 299)
    assert found["sizes-tiny"].get_xscale() == "linear"
    rate = found["learning-rate"]
    assert rate.get_xlim() == (0, 5000)
    epochs, rates = rate.get_lines()[0].get_data()
    assert np.interp(1000, epochs, rates) == pytest.approx(5e-4)
    assert np.interp(2000, epochs, rates) == pytest.approx(1e-3 / 3)
    bars = found["feature-histogram"].patches[0].get_data()
    np.testing.assert_array_equal(bars.values, stored.document.histogram.counts)


@pytest.mark.usefixtures("drawn_figures")
def test_other_groups_get_one_figure_each_and_a_range_of_their_own(study):
    stored = study(ODD, kind="study", epochs=40)
    names = [planned.name for planned in plan_figures(stored)]
    assert len(set(names)) == len(names) == 4
    assert all(re.fullmatch("[a-z0-9._-]+", name) for name in names)
    files = draw_figures(stored)
    assert {file.parent for file in files} == {stored.folder.figures}


@pytest.mark.parametrize(("simulated", "quick"), [(True, False), (False, True)])
def test_every_figure_says_what_must_be_said(study, simulated, quick):
    stored = study({"Tiny": GUIDE["Tiny"]}, simulated=simulated, quick=quick)
    for planned in plan_figures(stored):
        text = " ".join(text.get_text() for text in written(drawn(planned, stored)))
        assert ("Simulated" in text) == simulated
        assert ("the ranking needs the full one" in text) == quick


@pytest.mark.parametrize("simulated", [True, False])
def test_a_plot_in_a_notebook_says_it_too(study, simulated):
    ax = Result(study({"Tiny": GUIDE["Tiny"]}, simulated=simulated)).plot()
    assert any("Simulated" in text.get_text() for text in ax.texts) == simulated
    pyplot.close("all")


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize(
    ("models", "options"),
    [
        (GUIDE, {"repeats": 3, "quick": True}),
        (ODD, {"kind": "study"}),
        ({f"model {n}": (GUIDE["Tiny"][0], ["all"]) for n in range(20)}, {"kind": "study"}),
        (GUIDE, {"epochs": 1}),
        (GUIDE, {"repeats": 3, "diverged": ["Tiny", "Large"]}),
    ],
)
def test_no_text_is_cut_off_and_none_lies_upon_another(study, models, options):
    stored = study(models, **options)
    for planned in plan_figures(stored):
        every_text_can_be_read(planned, stored)


def test_axes_that_are_given_are_drawn_on_and_come_back(study):
    stored, ax = study(epochs=40), axes()
    palette = palette_of(stored.document)
    assert plot_histories(stored.histories, ["Large", "Tiny"], ax=ax, colours=palette) is ax
    assert curves(ax) == [
        (palette["Large"], "-"),
        (palette["Large"], "--"),
        (palette["Tiny"], "-"),
        (palette["Tiny"], "--"),
    ]
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "Large",
        "Tiny",
        "training",
        "validation",
    ]


def test_without_smoothing_the_lines_are_the_history(study):
    stored, ax = study({"Tiny": GUIDE["Tiny"]}, epochs=40), axes()
    plot_histories(stored.histories, smoothing_std=0, metric="accuracy", ax=ax)
    for line, column in zip(ax.get_lines(), ("accuracy", "val_accuracy"), strict=True):
        np.testing.assert_allclose(line.get_ydata(), stored.histories[column])


def test_a_long_line_keeps_its_ends_and_its_early_epochs(study):
    stored, ax = study({"Tiny": GUIDE["Tiny"]}, epochs=9_000), axes()
    plot_histories(stored.histories, ax=ax, log_epochs=True)
    at = np.asarray(ax.get_lines()[0].get_xdata())
    assert len(at) < 1_300
    assert at[0] == 0
    assert at[-1] == 8_999
    assert set(range(20)) <= set(at)


def test_lines_of_many_models_are_as_many_points_as_those_of_a_few(study):
    few = study({"Tiny": GUIDE["Tiny"]}, epochs=4_000).histories
    names = [f"mlp {units}" for units in range(14)]
    many = pl.concat([few.with_columns(model=pl.lit(name)) for name in names])
    ax = axes()
    plot_histories(many, ax=ax)
    lines = [np.asarray(line.get_xdata()) for line in ax.get_lines()]
    assert len(lines) == 28
    assert sum(map(len, lines)) < 6_200
    assert all((line[0], line[-1]) == (0, 3_999) for line in lines)


def test_bands_only_where_two_runs_remain(study):
    stored, ax = study({"Tiny": GUIDE["Tiny"]}, epochs=40, repeats=3), axes()
    plot_histories(stored.histories, ax=ax)
    assert len(ax.collections) == 2
    for band in ax.collections:
        assert band.get_paths()[0].vertices[:, 0].max() == 46  # of 40, 47 and 54 epochs


def test_best_epoch_and_onset_are_marked_on_the_validation_curve(study):
    stored, ax = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, epochs=80), axes()
    marks = {"Tiny": Mark(50, None), "Large": Mark(20, 33)}
    palette = palette_of(stored.document)
    plot_histories(stored.histories, smoothing_std=0, ax=ax, marks=marks, colours=palette)
    found = [(*one.get_offsets()[0], one.get_facecolor()[0]) for one in ax.collections]
    dashed = {
        line.get_color(): line.get_ydata()
        for line in ax.get_lines()
        if line.get_linestyle() == "--"
    }
    for (epoch, value, colour), (at, name) in zip(
        found, ((50, "Tiny"), (20, "Large"), (33, "Large")), strict=True
    ):
        assert epoch == at
        assert value == dashed[palette[name]][at]
        assert to_hex(colour) == palette[name]
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][-2:] == [
        "best epoch",
        "overfits from here",
    ]


def test_figures_of_a_judged_study_say_what_the_marks_are(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=80)
    plain = [planned.caption for planned in plan_figures(stored)]
    (tiny,) = stored.results.models
    judged = replace(tiny, verdict=verdict("Tiny", "good", best_epoch=40, onset_epoch=None))
    stored = replace(stored, results=replace(stored.results, models=(judged,)))
    captions = [planned.caption for planned in plan_figures(stored)]
    assert "Dots mark the best epoch." in captions[-1]
    assert captions[:2] == plain[:2], "no curves, no marks"
    assert len(drawn(plan_figures(stored)[-1], stored).axes[0].collections) == 1


def test_raw_curves_are_drawn_on_demand(study):
    stored, ax = study({"Tiny": GUIDE["Tiny"]}, repeats=2, epochs=40), axes()
    plot_histories(stored.histories, ax=ax, raw=True)
    assert len(ax.get_lines()) == 2 * (1 + 2)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"models": ["Huge"]}, "no model 'Huge'"),
        ({"metric": "auc"}, "unknown metric 'auc'"),
        ({"metric": "epoch"}, "unknown metric 'epoch'"),
        ({"smoothing_std": -1}, "smoothing_std"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(study, options, told):
    with pytest.raises(UserError, match=told) as caught:
        plot_histories(study(epochs=5).histories, ax=axes(), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("value", "seen"), [(0.66, True), (5.0, False), (None, False)])
def test_the_constant_prediction_is_drawn_where_it_is_in_sight(study, value, seen):
    stored, ax = study({"Tiny": GUIDE["Tiny"]}, epochs=80), axes()
    plot_histories(stored.histories, ax=ax, reference=value)
    told = [text.get_text() for text in ax.texts]
    assert ("constant prediction" in told) == seen
    levels = [set(line.get_ydata()) for line in ax.get_lines() if line.get_linestyle() == ":"]
    assert levels == ([{value}] if seen else [])
