"""The closing table, on terminals and in pipes."""

import io
import json

import numpy as np
import pytest
from report.made_up import GUIDE
from rich.console import Console

from fitscope.report.console.table import print_table
from fitscope.report.scores import scores
from fitscope.study.folder import read_study


def piped(stored, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    print_table(stored, Console(file=stream, force_terminal=False))
    return raw.getvalue().decode(encoding)


def row(text: str, model: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.split()[:1] == [model]]
    return line.split()


def test_one_line_a_model_lowest_cross_entropy_first(study):
    stored = study(epochs=50)
    text = piped(stored)
    runs = sorted(stored.results["runs"], key=lambda run: run["best"]["val_binary_crossentropy"])
    names = [line.split()[0] for line in text.splitlines()[1:8]]
    assert names == [run["model"] for run in runs]
    assert set(names) == set(GUIDE)
    for run in runs:
        best = run["best"]
        cells = [cell for cell in row(text, run["model"])[1:] if cell != "*"]
        expected = [f"{best['val_binary_crossentropy']:.4f}", f"{best['val_accuracy']:.4f}"]
        assert cells[:4] == [*expected, str(run["best_epoch"]), "50"]
    assert row(text, "Tiny")[-1] == "481"
    assert "803,329" in row(text, "Combined")


def test_the_lowest_cross_entropy_is_marked_and_no_more_is_claimed(study):
    stored = study(epochs=50)
    lowest = min(stored.results["runs"], key=lambda run: run["best"]["val_binary_crossentropy"])[
        "model"
    ]
    assert [line.model for line in scores(stored) if line.best] == [lowest]
    text = piped(stored)
    assert [line.split()[0] for line in text.splitlines()[1:8] if " *" in line] == [lowest]
    assert "not the models" in text


def judged(stored):
    """Verdicts, corrected scores and advice, made up: Tiny is best although its minimum is not."""
    for number, model in enumerate(stored.results["models"]):
        model["best_corrected"] = {
            "val_binary_crossentropy": [0.61 + 0.01 * number, 0.0123],
            "val_accuracy": [0.7, 0.0145],
        }
        label = "overfit" if model["name"] == "Large" else "good"
        model["verdict"] = {"verdict": label, "confidence": 0.9996 if number else 0.9}
    stored.results["advice"] = [
        {"title": "Large overfits", "text": "It [red]really[/red] does.", "models": ["Large"]},
        {"title": "Second", "text": "not shown", "models": []},
    ]
    return stored


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
    assert "\x1b[31moverfit >99 %" in out.getvalue()
    assert "803,329" in out.getvalue(), "a wide terminal shows all columns"


def test_repeats_show_mean_and_standard_error(study):
    stored = study({"Tiny": GUIDE["Tiny"], "L2": GUIDE["L2"]}, repeats=3, epochs=50)
    values = [
        run["best"]["val_binary_crossentropy"]
        for run in stored.results["runs"]
        if run["model"] == "Tiny"
    ]
    text = piped(stored)
    assert f"{np.mean(values):.4f} ± {np.std(values, ddof=1) / np.sqrt(3):.4f}" in text
    assert "50–64" in row(text, "Tiny")
    assert "not the models" not in text


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
        stored.results["models"][1]["best"] = {"val_binary_crossentropy": [absent, None]}
        text = piped(stored)
        assert row(text, "Large")[1:3] == ["none", "none"]
        assert "Large: 1 of 1 runs diverged" in text
        assert "*" not in text


def test_an_unfinished_study_says_what_is_missing(study):
    stored = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, repeats=2)
    results = stored.results
    results["models"] = results["models"][:1]
    results["runs"] = results["runs"][:1]
    stored.folder.results.write_text(json.dumps(results))
    text = piped(read_study(stored.folder.path))
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
