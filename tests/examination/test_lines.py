"""The answer as lines: what is told of each rung and remedy, and where drawings end."""

from dataclasses import replace

import pytest
from examination.made_up_answer import ANSWER, LADDER, MORE, RUNGS, UNPREDICTABLE, write_examination
from hypothesis import given
from hypothesis import strategies as st

from fitscope.examination.brief import brief
from fitscope.examination.continuation import continuation
from fitscope.examination.figures import answer_figures
from fitscope.examination.frames import bought_frame, ladder_frame
from fitscope.examination.lines import bought, ladder
from fitscope.examination.notebook import examination_html
from fitscope.examination.page.views.ladder import content as ladder_view
from fitscope.examination.page.views.more_data import content as more_view
from fitscope.examination.page.views.remedies import content as remedies_view
from fitscope.examination.treatments import treatments
from fitscope.study.answer import Gain, Interval, MoreData, Recommended


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return write_examination(tmp_path_factory.mktemp("lines") / "study", epochs=8)


def test_the_ladder_holds_the_rungs_and_nothing_that_was_tried(stored):
    lines = ladder(stored)
    assert [line.rung.model for line in lines] == list(LADDER)
    assert [line.rung for line in lines if line.taken] == [RUNGS[-1]]
    assert lines[3].interval == pytest.approx((0.2043 - 1.96 * 0.0081, 0.2043 + 1.96 * 0.0081))


def test_a_remedied_model_that_is_to_be_taken_stands_beside_them(stored):
    better = replace(ANSWER, recommended=Recommended("16, dropout 0.1", "It is the best."))
    lines = ladder(replace(stored, results=replace(stored.results, answer=better)))
    assert [line.rung.model for line in lines] == [*LADDER, "16, dropout 0.1"]
    assert [line.taken for line in lines] == [False] * len(LADDER) + [True]


def test_what_a_gap_costs_is_said_by_the_rule_for_all_costs(stored):
    costs = [line.cost.short if line.cost else None for line in ladder(stored)]
    assert costs == [
        None,
        "nothing",
        "nothing",
        "nothing",
        "perhaps 0.0034",
        "0.0098 ± 0.0031",
        "0.0348 ± 0.0062",
        "nothing",
    ]


def test_an_open_verdict_is_shown_as_that_beside_its_cost(stored):
    rungs = tuple(
        replace(rung, confidence=0.4) if rung.model == "64x2" else rung for rung in ANSWER.rungs
    )
    results = replace(stored.results, answer=replace(ANSWER, rungs=rungs))
    lines = {line.rung.model: line for line in ladder(replace(stored, results=results))}
    assert (lines["64x2"].badge.label, lines["64x2"].judged) == ("open", True)
    assert lines["64x2"].cost is not None
    assert (lines["constant"].badge.label, lines["constant"].judged) == ("none", False)


def test_a_cost_is_shown_without_a_verdict_but_not_of_a_curve_that_was_too_short(stored):
    for label, shown in ((None, True), ("too few", False)):
        rungs = tuple(
            replace(rung, label=label) if rung.model == "64x2" else rung for rung in ANSWER.rungs
        )
        results = replace(stored.results, answer=replace(ANSWER, rungs=rungs))
        lines = {line.rung.model: line for line in ladder(replace(stored, results=results))}
        assert (lines["64x2"].cost is not None) == shown


def test_frames_hold_what_is_drawn(stored):
    low, high = ladder_frame(ladder(stored))
    assert low < 0.0049
    assert high > 0.5836 + 1.96 * 0.0049
    low, high = bought_frame(bought(ANSWER))
    assert low < -0.0149 < 0.0390 < high


def test_what_does_far_worse_than_the_rest_does_not_squeeze_it(stored):
    lines = ladder(stored)
    lost = replace(lines[-2], rung=replace(lines[-2].rung, validation=40.0))
    assert ladder_frame([*lines[:-2], lost, lines[-1]]) == ladder_frame([*lines[:-2], lines[-1]])
    easy = replace(lines[0], rung=replace(lines[0].rung, train=2.0, validation=2.0))
    assert ladder_frame([easy, *lines[1:]]) == ladder_frame(lines[1:])
    assert ladder_frame(lines[:1]) < (0.58, 0.6), "the only one is always drawn"


@given(
    doubling=st.floats(-0.1, 0.1),
    tenfold=st.floats(-0.3, 0.3),
    half=st.floats(0.0, 0.2),
)
def test_the_continuation_goes_through_what_is_predicted(doubling, tenfold, half):
    gains = [Gain(gain, (gain - half, gain + half * 2), 0.9) for gain in (doubling, tenfold)]
    found = MoreData("16", True, (100, 300), ((0.5, None), (0.4, None)), *gains)
    line = continuation(found)
    assert line is not None
    assert line.rows[0] == 300
    assert line.rows[-1] == pytest.approx(3_000)
    assert line.losses[0] == line.low[0] == line.high[0] == 0.4
    assert line.losses[-1] == pytest.approx(0.4 - tenfold)
    assert line.low[-1] == pytest.approx(0.4 - tenfold - 2 * half)
    assert line.high[-1] == pytest.approx(0.4 - tenfold + half)
    assert line.losses[line.rows.index(600)] == pytest.approx(0.4 - doubling)


def test_it_is_the_power_law_where_the_gains_follow_one():
    floor, share, exponent = 0.3, 2.0, 0.4

    def loss(rows):
        return floor + share * rows**-exponent

    gains = [Gain(loss(500) - loss(500 * times), (0.0, 0.1), 0.9) for times in (2, 10)]
    sizes = (100, 500)
    found = MoreData("16", True, sizes, tuple((loss(size), None) for size in sizes), *gains)
    line = continuation(found)
    assert line is not None
    assert line.losses == pytest.approx([loss(rows) for rows in line.rows])


def test_nothing_is_drawn_beyond_what_is_predicted():
    assert continuation(UNPREDICTABLE) is None
    line = continuation(replace(MORE, tenfold=None))
    assert line is not None
    assert line.rows[-1] == pytest.approx(2 * MORE.sizes[-1])


def test_columns_are_grouped_by_what_was_done():
    groups = treatments(ANSWER.columns)
    assert sum(len(group.columns) for group in groups) == len(ANSWER.columns)
    assert [group.used for group in groups] == sorted((g.used for g in groups), reverse=True)
    titles = [group.title for group in groups]
    assert titles[0] == "Numbers: scaled and clipped"
    assert titles[-3:] == [
        "Left out: text or identifier",
        "Left out: constant",
        "Left out: same as another column",
    ]


def test_where_accuracy_decides_losses_and_misses_are_called_what_they_are(stored):
    """Rungs show cross-entropies as ever; remedies and more rows were measured by misses."""
    answer = replace(ANSWER, metric="accuracy", validation=Interval(0.93, 0.91, 0.95))
    stored = replace(stored, results=replace(stored.results, answer=answer))
    assert ladder_view(stored)["metric"] == "cross-entropy"
    assert remedies_view(stored)["metric"] == more_view(stored)["metric"] == "misclassification"
    assert "losses are cross-entropy" in examination_html(stored)
    captions = " ".join(one.caption + one.title for one in answer_figures(stored))
    assert "validation misclassification each change took away" in captions
    assert "Training and validation cross-entropy of each rung" in captions
    _, said = brief(answer, ladder(stored), stored.document.task)
    assert any("of misclassification away" in sentence for sentence in said)
