"""The live view: what it says, that it fits, and that its bound on the time left is one."""

import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.made_up import GUIDE, document
from rich.cells import cell_len
from rich.console import Console

from fitscope.report.console.live import LiveView, view
from fitscope.report.console.progress import Progress
from fitscope.report.look import colours
from fitscope.study.events import RunFinished, RunProgress, RunStarted

LONG = "a rather long name of a model, 模型 [red]"


def trained(model: str, repeat: int, epochs: int, best_epoch: int, seconds: float) -> RunProgress:
    score = [0.61] * 10
    metrics = {"loss": score, "val_binary_crossentropy": score}
    best = {"val_binary_crossentropy": 0.5987}
    return RunProgress(model, repeat, epochs - 10, metrics, best_epoch, best, seconds)


def done(model: str, repeat: int, stopped: str = "early stopping") -> RunFinished:
    best = {"val_binary_crossentropy": 0.58 + 0.001 * repeat}
    return RunFinished(model, repeat, 1_338, 1_137, best, stopped, 13.38)


def at(models, repeats: int, finished: int, training: int, patience: int | None = 200) -> Progress:
    progress = Progress.at_start(document(models, repeats, patience=patience))
    keys = list(progress.runs)
    for model, repeat in keys[:finished]:
        progress = progress.after(done(model, repeat, "diverged" if repeat == 2 else "max epochs"))
    for model, repeat in keys[finished : finished + training]:
        progress = progress.after(RunStarted(model, repeat, 0))
        if repeat % 3 != 1:
            progress = progress.after(trained(model, repeat, 320, 280, 53.1))
    return progress


def lines(progress: Progress, width: int, height: int, said: tuple[str, ...] = ()) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=False)
    palette = colours(model for model, _ in progress.runs)
    console.print(view(progress, 65.0, width, height, palette, said))
    return console.file.getvalue().splitlines()  # pyright: ignore[reportAttributeAccessIssue]


def test_one_row_a_run_with_everything_that_matters():
    text = lines(at(GUIDE, 1, 2, 1), 120, 40)
    tiny, medium = (next(x for x in text if name in x).split() for name in ("Tiny", "Medium"))
    assert tiny == ["■", "Tiny", "1/1", "1,338", "max", "epochs", "0.5800", "1,137", "100",
                    "13.4", "s"]  # fmt: skip
    assert medium == ["■", "Medium", "1/1", "320", "0.6100", "0.5987", "280", "39/200", "6.03",
                      "53.1", "s"]  # fmt: skip
    assert any("2 of 7 runs finished · 1:05 min · at least" in line for line in text)


@settings(deadline=None)
@given(
    st.sampled_from([GUIDE, {LONG: GUIDE["Tiny"], **GUIDE}]),
    st.integers(1, 12),
    st.data(),
    st.integers(60, 200),
    st.integers(9, 60),
)
def test_it_fits_every_terminal(models, repeats, data, width, height):
    total = len(models) * repeats
    finished = data.draw(st.integers(0, total))
    training = data.draw(st.integers(0, total - finished))
    text = lines(at(models, repeats, finished, training), width, height, ("Simulated: ...",))
    assert len(text) <= height
    assert max(map(cell_len, text)) <= width
    assert any(f"{finished} of {total} runs finished" in line for line in text)


def test_at_60_columns_the_scores_are_whole():
    text = "\n".join(lines(at(GUIDE, 10, 33, 2), 60, 24))
    assert "0.5842 ± 0.0009" not in text
    assert "0.5845 ± 0.0010" in text
    assert "0.5987" in text
    assert "…" not in text


def test_many_finished_runs_collapse_into_one_line_a_model():
    text = lines(at(GUIDE, 10, 33, 2), 100, 24)
    (tiny,) = [line for line in text if "Tiny" in line]
    assert "×10" in tiny
    assert "1 diverged" in tiny
    assert sum("Large" in line for line in text) == 3  # three finished, two training
    assert any("35 waiting" in line for line in text)


def test_the_time_left_is_what_patience_leaves():
    progress = at({"Tiny": GUIDE["Tiny"]}, 1, 0, 1)
    # 320 epochs trained, the best is number 280: at most 200 - 39 = 161 more without a better one.
    assert progress.seconds_left() == pytest.approx(161 * 53.1 / 320)


def test_without_early_stopping_the_time_left_is_that_of_all_epochs():
    progress = at({"Tiny": GUIDE["Tiny"]}, 1, 0, 1, patience=None)
    assert progress.seconds_left() == pytest.approx((10_000 - 320) * 53.1 / 320)
    assert any("about" in line for line in lines(progress, 100, 20))


def test_before_anything_is_timed_no_time_is_told():
    progress = at({"Tiny": GUIDE["Tiny"]}, 1, 0, 0).after(RunStarted("Tiny", 0, 0))
    assert progress.seconds_left() is None
    assert not any("left" in line for line in lines(progress, 100, 20))


def test_waiting_models_cost_what_models_of_their_size_cost():
    progress = Progress.at_start(document({name: GUIDE[name] for name in ("Tiny", "Large")}))
    progress = progress.after(trained("Tiny", 0, 100, 99, 1.0))
    # Large has not been timed: an epoch costs at least what one of Tiny costs.
    assert progress.seconds_left() == pytest.approx((200 + 201) * 0.01)
    other = Progress.at_start(document({name: GUIDE[name] for name in ("Tiny", "Large")}))
    other = other.after(trained("Large", 0, 100, 99, 10.0))
    assert other.seconds_left() == pytest.approx((200 + 201 * 481 / 803_329) * 0.1)


@settings(deadline=None)
@given(st.integers(10, 300), st.floats(0.01, 100), st.integers(1, 4))
def test_the_bound_falls_to_nothing(epochs, seconds, repeats):
    progress = Progress.at_start(document({"Tiny": GUIDE["Tiny"]}, repeats))
    for repeat in range(repeats):
        progress = progress.after(trained("Tiny", repeat, epochs, epochs - 1, seconds))
    before = progress.seconds_left()
    assert before is not None
    assert before == pytest.approx(200 * seconds / epochs)
    for repeat in range(repeats):
        progress = progress.after(done("Tiny", repeat))
    assert progress.seconds_left() == 0


def test_a_diverged_run_is_shown_as_such():
    progress = at({"Tiny": GUIDE["Tiny"]}, 1, 0, 1)
    lost = RunFinished("Tiny", 0, 12, 0, {"val_binary_crossentropy": math.nan}, "diverged", 1.0)
    (row,) = [line for line in lines(progress.after(lost), 60, 20) if "Tiny" in line]
    assert "diverged" in row
    assert "none" in row


def test_the_view_follows_the_events_on_a_terminal():
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=30)
    now = iter(range(1_000))
    with LiveView(document(GUIDE), console, clock=lambda: float(next(now))) as live:
        live(RunStarted("Tiny", 0, 0))
        live(trained("Tiny", 0, 320, 280, 53.1))
        live.live.refresh()
    text = console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert "0.5987" in text
    assert "Simulated: these rows were generated" in text
