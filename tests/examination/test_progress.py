"""What an examination tells where its output is piped."""

import io

import pytest
from rich.console import Console
from study.test_document import document

from fitscope.examination.progress import Progress
from fitscope.study.events import RunFailed, RunFinished
from fitscope.task import BINARY


@pytest.fixture
def in_folds():
    """study.json of networks that are trained on five folds."""
    made = document()
    return made.model_copy(update={"data": made.data.model_copy(update={"folds": 5})})


def finished(model, repeat, loss, epochs=30, stored=False):
    at_best = {BINARY.loss.validation: loss}
    return RunFinished(model, repeat, epochs, epochs - 1, at_best, "max epochs", 0.5, stored)


def lines(document, events):
    told = io.StringIO()
    progress = Progress(Console(file=told, width=200), budget=60)
    with progress.watch(document) as observer:
        for event in events:
            observer(event)
    return [line.split(" s   ", 1)[1] for line in told.getvalue().splitlines()], progress.best


def test_a_round_of_folds_is_one_line_and_its_mean_the_loss(in_folds):
    losses = [0.5, 0.3, 0.7, 0.6, 0.4]
    runs = [finished("Tiny", at, loss, 30 + at) for at, loss in enumerate(losses)]
    others = [finished("Large", at, 0.1 + 0.3 * at) for at in (2, 0, 4, 1, 3)]
    told, best = lines(in_folds, [*runs[:3], *others, *runs[3:]])
    assert told == [
        "Large: cross-entropy 0.7000, mean of 5 folds, 30 epochs, 2.5 s",
        "Tiny: cross-entropy 0.5000, mean of 5 folds, 30 to 34 epochs, 2.5 s",
    ]
    assert best == (pytest.approx(0.5), "Tiny"), "not that of Large on an easy fold"


def test_a_round_that_lacks_a_fold_is_told_in_the_end_and_is_not_the_lowest(in_folds):
    runs = [finished("Tiny", at, 0.5) for at in range(4)]
    told, best = lines(in_folds, [*runs, RunFailed("Tiny", 4, "no memory")])
    assert told == [
        "Tiny: failed: no memory",
        "Tiny: cross-entropy 0.5000, mean of 4 folds, 30 epochs, 2.0 s",
    ]
    assert best is None


def test_rounds_are_told_apart_and_what_was_stored_is_not_told(in_folds):
    stored = [finished("Tiny", at, 0.4, stored=True) for at in range(5)]
    told, best = lines(in_folds, [*stored, *(finished("Tiny", 5 + at, 0.6) for at in range(5))])
    assert told == ["Tiny: cross-entropy 0.6000, mean of 5 folds, 30 epochs, 2.5 s"]
    assert best == (pytest.approx(0.4), "Tiny")


def test_without_folds_each_run_has_its_line():
    told, best = lines(document(), [finished("Tiny", at, 0.5 - at / 10, 1) for at in range(2)])
    assert told == [f"Tiny: cross-entropy 0.{n}000, 1 epoch, 0.5 s" for n in (5, 4)]
    assert best == (pytest.approx(0.4), "Tiny")
