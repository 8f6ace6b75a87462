"""Plain output: the guide's dots, one run after the other whatever the order of events."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.made_up import GUIDE, document, made_up_history
from rich.console import Console

from fitscope.report.console.live import LiveView
from fitscope.report.console.plain import EpochDots
from fitscope.report.console.watching import watching
from fitscope.study.events import Event, RunFinished, RunProgress, RunStarted

BEST = {"val_binary_crossentropy": 0.5806, "val_accuracy": 0.68}


def reference(history: dict[str, np.ndarray]) -> str:
    """What `tfdocs.modeling.EpochDots` prints for these epochs, in its own words."""
    out = io.StringIO()
    for epoch in range(len(history["loss"])):
        logs = {name: x[epoch] for name, x in history.items() if name != "learning_rate"}
        if epoch % 100 == 0:
            print(file=out)
            print(f"Epoch: {epoch:d}, ", end="", file=out)
            for name, value in sorted(logs.items()):
                print(f"{name}:{value:0.4f}", end=",  ", file=out)
            print(file=out)
        print(".", end="", file=out)
    return out.getvalue()


def progress(model: str, repeat: int, start: int, stop: int) -> RunProgress:
    history = made_up_history(model, repeat, 1_000)
    metrics = {name: values[start:stop].tolist() for name, values in history.items()}
    return RunProgress(model, repeat, start, metrics, start, BEST, 1.0)


def events(model: str, repeat: int, stops: list[int]) -> list[Event]:
    found: list[Event] = [RunStarted(model, repeat, 0)]
    for start, stop in zip([0, *stops], stops, strict=False):
        found.append(progress(model, repeat, start, stop))
    return [*found, RunFinished(model, repeat, stops[-1], 99, BEST, "early stopping", 5.21)]


def printed(told: list[Event], repeats: int = 1, models=("Tiny", "Small")) -> str:
    out = io.StringIO()
    with EpochDots(document({name: GUIDE[name] for name in models}, repeats), out) as dots:
        for event in told:
            dots(event)
    return out.getvalue()


def test_a_run_reads_as_in_the_guide():
    text = printed(events("Tiny", 0, [1, 100, 250]))
    history = {name: x[:250] for name, x in made_up_history("Tiny", 0, 1_000).items()}
    assert text == (
        f'\nModel: "Tiny"\n481 parameters\n{reference(history)}\n'
        "250 epochs in 5.2 s, ended by early stopping; "
        "best epoch 99: val_binary_crossentropy 0.5806, val_accuracy 0.6800\n"
    )


@settings(deadline=None)
@given(st.data())
def test_runs_side_by_side_read_as_one_after_the_other(data):
    runs = [("Tiny", 0), ("Tiny", 1), ("Small", 0), ("Small", 1)]
    queues = [events(*run, [30, 130, 210]) for run in runs]
    expected = printed([event for queue in queues for event in queue], repeats=2)
    waiting = [list(queue) for queue in queues]
    told = [queue.pop(0) for queue in waiting]  # all start before any gets on
    while any(waiting):
        queue = data.draw(st.sampled_from([queue for queue in waiting if queue]))
        told.append(queue.pop(0))
    assert printed(told, repeats=2) == expected


def test_nothing_waits_for_a_run_that_has_not_started():
    out = io.StringIO()
    dots = EpochDots(document({name: GUIDE[name] for name in ("Tiny", "Small")}), out)
    dots(RunStarted("Small", 0, 0))
    dots(progress("Small", 0, 0, 5))
    assert out.getvalue().endswith(".....")
    dots(RunStarted("Tiny", 0, 0))
    dots(progress("Tiny", 0, 0, 5))
    assert "Tiny" not in out.getvalue()


def test_each_repeat_has_a_heading_but_its_size_is_told_once():
    text = printed([*events("Tiny", 0, [5]), *events("Tiny", 1, [5])], repeats=2)
    assert 'Model: "Tiny", repeat 1 of 2\n' in text
    assert 'Model: "Tiny", repeat 2 of 2\n' in text
    assert text.count("481 parameters") == 1


def test_a_resumed_run_says_where_it_goes_on():
    text = printed([RunStarted("Tiny", 0, 150), progress("Tiny", 0, 150, 160)])
    assert "goes on at epoch 150\n.........." in text


def test_an_earlier_run_is_told_in_two_lines():
    finished = RunFinished("Tiny", 0, 1338, 1137, BEST, "early stopping", 96.4, stored=True)
    assert printed([finished]) == (
        '\nModel: "Tiny"\nfinished earlier: 1,338 epochs in 1:36 min, ended by early stopping; '
        "best epoch 1,137: val_binary_crossentropy 0.5806, val_accuracy 0.6800\n"
    )


def test_after_an_interruption_finished_runs_are_still_told():
    text = printed([*events("Tiny", 0, [20])[:-1], *events("Small", 0, [20])])
    assert text.index('"Tiny"') < text.index('"Small"')
    assert text.endswith("val_accuracy 0.6800\n")


def test_signs_that_the_stream_lacks_do_not_stop_the_study():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    dots = EpochDots(document({"模型": GUIDE["Tiny"]}), out)
    dots(RunStarted("模型", 0, 0))
    dots(RunFinished("模型", 0, 5, 2, BEST, "max epochs", 1.0))
    assert b'Model: "??"' in raw.getvalue()


@pytest.mark.parametrize(("terminal", "kind"), [(True, LiveView), (False, EpochDots)])
def test_the_live_view_is_for_terminals_only(terminal, kind):
    console = Console(file=io.StringIO(), force_terminal=terminal, _environ={"TERM": "xterm"})
    assert isinstance(watching(document({"Tiny": GUIDE["Tiny"]}), console), kind)
