"""The closing table, on terminals and in pipes."""

import io
from dataclasses import replace

import numpy as np
import pytest
from report.made_up import GUIDE, verdict
from rich.console import Console

from fitscope.learners.hgb import HGB
from fitscope.report.console.table import print_table
from fitscope.report.lines import ranked
from fitscope.study.advice import Advice
from fitscope.study.estimate import Estimate
from fitscope.study.results import Results
from fitscope.task import BINARY, REGRESSION
from fitscope.verdicts.cost import Cost, Price

LOSS, SCORE = BINARY.loss.validation, BINARY.score.validation


def piped(stored, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    print_table(stored, Console(file=stream, force_terminal=False))
    return raw.getvalue().decode(encoding)


def row(text: str, model: str, whole: bool = False):
    table = text.split("\n\n")[0].splitlines()
    (line,) = [line for line in table if line.split()[:1] == [model]]
    return line if whole else line.split()


def test_one_line_a_model_lowest_cross_entropy_first(study):
    stored = study(epochs=50)
    text = piped(stored)
    runs = sorted(stored.results.runs, key=lambda run: run.best[LOSS])
    names = [line.split()[0] for line in text.splitlines()[1:8]]
    assert names == [run.model for run in runs]
    assert set(names) == set(GUIDE)
    for run in runs:
        cells = [cell for cell in row(text, run.model)[1:] if cell != "*"]
        expected = [f"{run.best[LOSS]:.4f}", f"{run.best[SCORE]:.4f}"]
        assert cells[:4] == [*expected, str(run.best_epoch), "50"]
    assert row(text, "Tiny")[-1] == "481"
    assert "803,329" in row(text, "Combined")


def test_the_lowest_cross_entropy_is_marked_and_no_more_is_claimed(study):
    stored = study(epochs=50)
    lowest = min(stored.results.runs, key=lambda run: run.best[LOSS]).model
    assert [line.name for line in ranked(stored) if line.best] == [lowest]
    text = piped(stored)
    assert [line.split()[0] for line in text.splitlines()[1:8] if " *" in line] == [lowest]
    assert (
        "one run a model: this compares the trained models on these rows; other seeds may\n"
        "rank them otherwise"
    ) in text


def judged(stored, cost=None, confidence=0.9996):
    """Verdicts, corrected scores and advice, made up: Tiny is best although its minimum is not."""
    models = [
        replace(
            model,
            best_corrected={
                LOSS: Estimate(0.61 + 0.01 * number, 0.0123),
                SCORE: Estimate(0.7, 0.0145),
            },
            verdict=verdict(
                model.name,
                "overfit" if model.name == "Large" else "good",
                confidence if number else 0.9,
                cost=cost if model.name == "Large" else None,
            ),
        )
        for number, model in enumerate(stored.results.models)
    ]
    advice = (
        Advice("Large overfits", "It [red]really[/red] does.", ("Large",), 0.97),
        Advice("Second", "not shown", (), None),
    )
    return replace(stored, results=Results(tuple(models), stored.results.runs, (), advice))


def test_verdicts_and_corrected_scores_rank_the_models(study):
    text = piped(judged(study(epochs=50)))
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[1:8]] == list(GUIDE)
    assert "Tiny *" in lines[1]
    assert "good 90 %" in lines[1]
    assert "0.6100 ± 0.0123" in lines[1]
    assert "overfit >99 %" in next(line for line in lines if line.startswith("Large"))
    assert "corrected" in text
    assert max(map(len, lines)) <= 80


def test_the_advice_follows_the_table(study):
    text = piped(judged(study(epochs=50)))
    assert text.index("Large overfits") > text.index("Combined")
    assert "It [red]really[/red] does." in text
    assert "Second" in text
    assert "not shown" not in text


def test_on_a_terminal_the_verdict_has_a_colour(study):
    out = io.StringIO()
    print_table(
        judged(study(epochs=50)),
        Console(file=out, width=120, force_terminal=True, color_system="standard"),
    )
    assert "\x1b[31m■ \x1b[0moverfit >99 %" in out.getvalue()
    assert "803,329" in out.getvalue(), "a wide terminal shows all columns"


def test_a_verdict_that_is_little_sure_has_an_outline_only(study):
    out = io.StringIO()
    stored = judged(study(epochs=50), confidence=0.52)
    print_table(stored, Console(file=out, width=120, force_terminal=True, color_system=None))
    text = out.getvalue()
    assert "□ overfit 52 %" in text
    assert "■ overfit" not in text


def test_a_label_less_likely_than_not_is_not_shown(study):
    text = piped(judged(study(epochs=50), confidence=0.37))
    assert row(text, "Large")[1] == "open"
    assert "37 %" not in text


def test_what_overfitting_costs_stands_beside_the_score(study):
    stored = study(epochs=50)
    dear = Cost(training_on=Price(0.031, 0.006, 0.98))
    assert "0.0310 ± 0.0060" in row(piped(judged(stored, dear)), "Large", whole=True)
    unclear = Cost(training_on=Price(0.031, 0.02, 0.93))
    assert "perhaps 0.031 " in row(piped(judged(stored, unclear)), "Large", whole=True)
    free = Cost(training_on=Price(0.004, 0.006, 0.7))
    assert "nothing" in row(piped(judged(stored, free)), "Large")


def test_learners_of_two_kinds_and_large_losses(study):
    models = {"network": GUIDE["Tiny"], "boosting": (HGB(), ["models"])}
    stored = study(models, kind="study", task=REGRESSION)
    out = io.StringIO()
    print_table(stored, Console(file=out, width=120, force_terminal=True, color_system=None))
    text = out.getvalue()
    assert "Val squared error" in text
    assert "Best step" in text
    assert "3,100 leaves" in text
    low = min(run.best[REGRESSION.loss.validation] for run in stored.results.runs)
    assert f"{low:,.1f}" in text
    runs = [
        replace(run, best={**run.best, REGRESSION.loss.validation: 2.4362872e21})
        for run in stored.results.runs
    ]
    best = {REGRESSION.loss.validation: Estimate(2.436e21)}
    huge = [replace(model, best=best) for model in stored.results.models]
    lost = replace(stored, results=Results(tuple(huge), tuple(runs)))
    assert "2.436e21" in piped(lost)


def test_repeats_show_mean_and_standard_error(study):
    stored = study({"Tiny": GUIDE["Tiny"], "L2": GUIDE["L2"]}, repeats=3, epochs=50)
    values = [run.best[LOSS] for run in stored.results.runs_of("Tiny")]
    text = piped(stored)
    assert f"{np.mean(values):.4f} ± {np.std(values, ddof=1) / np.sqrt(3):.4f}" in text
    assert "50–64" in row(text, "Tiny")
    assert "other seeds" not in text


def test_in_a_pipe_it_is_plain_and_at_most_80_columns_wide(study, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    long = {"a name [red]with marks[/red] that goes on and on": GUIDE["Tiny"], **GUIDE}
    stored = judged(study(long, repeats=3, epochs=1_100))
    text = piped(stored)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80
    assert "[red]" in text


def test_a_narrow_terminal_keeps_the_scores_whole(study):
    out = io.StringIO()
    stored = judged(study(repeats=3, epochs=1_100))
    print_table(stored, Console(file=out, width=60, force_terminal=True, color_system=None))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    assert sum(" ± 0" in line for line in lines) == 7


def test_a_diverged_model_has_no_score_and_is_named(study):
    stored = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, diverged=["Large"])
    for absent in (None, float("nan")):
        tiny, large = stored.results.models
        large = replace(large, best={LOSS: Estimate(absent)})
        text = piped(replace(stored, results=replace(stored.results, models=(tiny, large))))
        assert row(text, "Large")[1:3] == ["none", "none"]
        assert "Large: 1 of 1 runs diverged" in text
        assert "*" not in text


def test_an_unfinished_study_says_what_is_missing(study):
    stored = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, repeats=2)
    results = Results(stored.results.models[:1], stored.results.runs[:1])
    text = piped(replace(stored, results=results))
    assert "Tiny: 1 of 2 runs finished so far" in text
    assert "not finished: Large" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_old_encodings_do_not_stop_it(study, encoding):
    text = piped(study({"模型": GUIDE["Tiny"], "Tiny": GUIDE["Tiny"]}, repeats=2), encoding)
    assert "??" in text


@pytest.mark.parametrize("simulated", [True, False])
def test_it_says_simulated_and_quick(study, simulated):
    text = piped(study({"Tiny": GUIDE["Tiny"]}, simulated=simulated, quick=not simulated))
    assert ("Simulated" in text) == simulated
    assert ("the ranking needs the full one" in text) == (not simulated)
