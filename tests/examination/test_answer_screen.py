"""What a terminal or a pipe shows of an examination: one screen before, one at the end."""

import io
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
import pytest
from examination.made_up_answer import ANSWER, CHECKS, PLAIN, RUNGS, SWEEP, write_examination
from rich.console import Console

from fitscope.data.prepared import prepare
from fitscope.examination.console.closing import print_answer
from fitscope.examination.console.read import print_checks, print_read
from fitscope.report.console.text import printed

SCREEN = 40  # lines


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return write_examination(tmp_path_factory.mktemp("screen") / "study", epochs=8)


@pytest.fixture(scope="module")
def prepared():
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {f"feature [red]{at}[/red]": random.normal(size=400) for at in range(30)}
        | {
            "income": [None if at % 9 == 0 else float(at) for at in range(400)],
            "state": random.choice(list("abcdefgh"), 400),
            "one": ["x"] * 400,
            "churn": random.choice(["no", "yes"], 400),
        }
    )
    return prepare(frame, "churn", folds=1)


def piped(draw, *given) -> list[str]:
    out = io.StringIO()
    printed(partial(draw, *given), Console(file=out, force_terminal=False), 80)
    return out.getvalue().splitlines()


def on_terminal(width: int, draw, *given) -> list[str]:
    out = io.StringIO()
    draw(*given, Console(file=out, width=width, force_terminal=True, color_system=None))
    return out.getvalue().splitlines()


def test_in_a_pipe_it_is_plain_and_at_most_80_columns_wide(stored, prepared, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for lines in (
        piped(print_read, prepared),
        piped(print_checks, CHECKS),
        piped(print_answer, stored),
    ):
        assert max(map(len, lines)) <= 80
        assert not any("\x1b" in line for line in lines)
        assert all(line == line.rstrip() for line in lines)
        assert len(lines) <= SCREEN


@pytest.mark.parametrize("width", [60, 80, 200])
def test_terminals_of_any_width_show_whole_figures(stored, prepared, width):
    lines = on_terminal(width, print_answer, stored)
    assert max(map(len, lines)) <= width
    table = {line.split()[0]: line for line in lines if line.split()[:1]}
    for rung in RUNGS:
        assert f"{rung.validation:.4f}" in table[rung.model]
        assert (rung.label or "") in table[rung.model]
    for other in (
        on_terminal(width, print_read, prepared),
        on_terminal(width, print_checks, CHECKS),
    ):
        assert max(map(len, other)) <= width


def test_the_answer_has_all_its_parts(stored):
    text = " ".join(" ".join(piped(print_answer, stored)).split())
    for said in (
        "1024x3 0.0049 0.2391 ± 0.0132 +0.2342 0.0348 ± 0.0062 overfit",
        "boosting * 0.0871",
        "* the model to take",
        "dropout 0.25 +0.0271 +0.0189 to +0.0353 helps, >99 % sure",
        "and 6 more: 3 helped, 1 did harm",
        "Test cross-entropy 0.2010 (0.1812 to 0.2211), accuracy 0.9212",
        "twice the rows take away 0.0161 (0.0071 to 0.0252)",
        "Left out 4 strengths of weight decay",
    ):
        assert said in text


def test_whether_double_descent_is_seen_is_told_in_a_line(tmp_path):
    from fitscope.examination.examination import Examination

    found = write_examination(tmp_path / "study", replace(PLAIN, sweep=SWEEP), epochs=8)
    said = "Double descent is seen in width: Validation error is 0.240 at 4 units"
    assert f"Sweep {said}" in " ".join(" ".join(piped(print_answer, found)).split())
    assert said in Examination(found)._repr_html_()
    none = replace(SWEEP, turns=())
    found = write_examination(tmp_path / "other", replace(PLAIN, sweep=none), epochs=8)
    assert "No double descent is seen" in " ".join(piped(print_answer, found))


def test_an_answer_that_says_little_is_short(tmp_path):
    found = write_examination(tmp_path / "study", answer=PLAIN, epochs=8)
    lines = piped(print_answer, found)
    assert lines[0] == "Nothing beats a constant."
    assert len(lines) == 4


def test_what_was_read_is_told_by_treatment(prepared):
    text = " ".join(" ".join(piped(print_read, prepared)).split())
    for said in (
        "400 rows, 34 columns",
        "churn is to be predicted: one of two labels, no, yes",
        "80 test",
        "32 columns are used",
        f"30 Numbers: {prepared.columns[0].treatment} feature [red]0[/red]",
        "1 Left out: constant one",
    ):
        assert said in text


def test_the_gravest_check_comes_first_and_says_what_to_do():
    lines = piped(print_checks, CHECKS)
    assert lines[0].startswith("✖ Problem FS101: A column gives the target away")
    assert "drop it: --drop total_churn_calls" in " ".join(" ".join(lines).split())
    assert lines[-1] == "● Note FS102: A column is an identifier (customer_id)"
    assert piped(print_checks, ()) == ["The checks on the table found nothing."]


def test_a_notebook_shows_the_answer(stored):
    from fitscope.examination.examination import Examination

    html = Examination(stored)._repr_html_()
    assert ANSWER.words.split(".")[0] in html
    assert "<b>area" not in html
    for rung in RUNGS:
        assert f"{rung.validation:.4f} ± {rung.error:.4f}" in html
    assert html.count("<table") == 3
