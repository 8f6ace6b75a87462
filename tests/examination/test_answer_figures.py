"""Figures of an answer: which there are, what is drawn, that nothing lies upon another."""

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
from matplotlib.colors import to_hex
from report.test_figures import drawn, every_text_can_be_read

from fitscope.report.figures import plan_figures
from fitscope.report.look import LOOKS, NONE

LONG = replace(
    ANSWER,
    rungs=tuple(
        replace(rung, validation=40.0) if rung.model == "1024x3" else rung for rung in RUNGS
    ),
    remedies=tuple(
        replace(one, remedy=f"{one.remedy}, with $x^2$ more words than a line can hold")
        for one in REMEDIES
    ),
    more_data=UNPREDICTABLE,
)


def own(stored):
    return {
        planned.name: planned
        for planned in plan_figures(stored)
        if planned.section in ("ladder", "remedies", "more_data", "sweep")
    }


def test_there_is_one_of_the_ladder_one_a_model_that_was_mended_and_one_of_more_rows(tmp_path):
    stored = write_examination(tmp_path / "study", epochs=8)
    assert list(own(stored)) == ["ladder-losses", "bought-1024x3", "bought-16", "more-data"]
    stored = write_examination(tmp_path / "other", answer=None, epochs=8)
    assert list(own(stored)) == []


def test_a_sweep_has_one_figure_a_measure_and_one_along_epochs(tmp_path):
    stored = write_examination(tmp_path / "study", replace(ANSWER, sweep=SWEEP), epochs=30)
    figures = own(stored)
    assert list(figures)[-3:] == [
        "sweep-width-error",
        "sweep-width-binary_crossentropy",
        "sweep-epochs",
    ]
    ax = drawn(figures["sweep-width-error"], stored).axes[0]
    lines = [line.get_ydata().tolist() for line in ax.get_lines() if len(line.get_ydata()) == 5]
    assert [width.train["error"] for width in SWEEP.widths] in lines
    assert [width.last["error"][0] for width in SWEEP.widths] in lines
    ax = drawn(figures["sweep-epochs"], stored).axes[0]
    assert [line.get_label() for line in ax.get_lines()] == ["4", "64x2", "1024x3"]


def test_a_rung_stands_where_its_losses_are_in_the_colour_of_its_verdict(tmp_path):
    stored = write_examination(tmp_path / "study", epochs=8)
    ax = drawn(own(stored)["ladder-losses"], stored).axes[0]
    dots = [line for line in ax.get_lines() if line.get_marker() == "o"]
    at = {(line.get_xdata()[0], line.get_ydata()[0]): line for line in dots}
    for place, rung in enumerate(RUNGS):
        assert (rung.train, place) in at
        full = at[rung.validation, place]
        look = LOOKS[rung.label] if rung.label else NONE
        assert to_hex(full.get_markerfacecolor()) == look.light[0]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [rung.model for rung in RUNGS]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the plainest one is on top"


@pytest.mark.parametrize("answer", [ANSWER, LONG, replace(PLAIN, sweep=SWEEP)])
def test_no_text_is_cut_off_and_none_lies_upon_another(tmp_path, answer):
    stored = write_examination(tmp_path / "study", answer=answer, epochs=8)
    for planned in own(stored).values():
        every_text_can_be_read(planned, stored)
