"""What notebooks show of a study: its models before it runs, and how far it is meanwhile."""

import re
from dataclasses import replace

import numpy as np
import pytest
from report.made_up import GUIDE, document, verdict

from fitscope.api.study import Study
from fitscope.data.source import Source
from fitscope.data.split import Split
from fitscope.diagnosis.compare import Difference
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.report.notebook.progress import EVERY, NotebookView
from fitscope.report.notebook.result import result_html
from fitscope.stopping import EvidenceStopping
from fitscope.study.events import RunFinished, RunProgress, RunStarted
from fitscope.task import BINARY
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.comparisons import Comparisons
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.many import Unread, Verdicts

SCORE = "val_binary_crossentropy"


def plain(html):
    return re.sub(r"<[^>]+>", " ", html)


class Output:
    """An output of a cell: everything that was ever shown in it."""

    def __init__(self):
        self.shown = []

    def display(self, bundle, *, raw, display_id):
        assert raw
        assert display_id
        self.shown.append(bundle)
        return self

    def update(self, bundle, *, raw):
        assert raw
        self.shown.append(bundle)


@pytest.fixture
def output(monkeypatch):
    pytest.importorskip("IPython")
    output = Output()
    monkeypatch.setattr("IPython.display.display", output.display)
    return output


def epochs(model, first, scores):
    metrics = {"loss": scores, SCORE: scores}
    best = int(np.argmin(scores))
    return RunProgress(model, 0, first, metrics, first + best, {SCORE: min(scores)}, 2.0)


def test_progress_changes_in_place_and_one_line_remains(output):
    models = {"Tiny": GUIDE["Tiny"], "<b>Large</b>": GUIDE["Large"]}
    now = [0.0]
    with NotebookView(document(models), clock=lambda: now[0]) as view:
        view(RunStarted("Tiny", 0, 0))
        now[0] += EVERY
        view(epochs("Tiny", 0, [0.7, 0.65, 0.66]))
        meanwhile = plain(output.shown[-1]["text/html"])
        assert re.search(r"Tiny\s+0 of 1\s+3\s+0\.6600\s+0\.6500\s+1\b", meanwhile)
        assert "0 of 2 runs finished" in meanwhile
        assert "&lt;b&gt;Large" in output.shown[-1]["text/html"], "names are shown, not executed"
        before = len(output.shown)
        view(epochs("Tiny", 3, [0.66, 0.67]))
        assert len(output.shown) == before, "not more often than the eye needs"
        for model in models:
            view(RunFinished(model, 0, 5, 1, {SCORE: 0.65}, "max epochs", 2.0))
    last = output.shown[-1]
    assert "2 of 2 runs finished" in last["text/plain"]
    assert "Simulated" in last["text/plain"]
    assert "<table" not in last["text/html"]


def test_an_interrupted_study_leaves_how_far_it_was(output):
    def interrupted():
        with NotebookView(document({"Tiny": GUIDE["Tiny"]})) as view:
            view(epochs("Tiny", 0, [0.7, 0.65]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "0.6500" in output.shown[-1]["text/html"]


def test_a_study_shows_its_models_rows_and_plan():
    x, y = np.zeros((30, 28), np.float32), np.arange(30) % 2
    source = Source("simulated", "simulated:0", simulated=True)
    study = Study(Split(x[:20], y[:20], x[20:], y[20:], source=source), Plan(stopping=None))
    assert "no models yet" in study._repr_html_()
    study.add("Tiny", MLP(16))
    study.add("<i>", MLP(64, 64, l2=1e-3, dropout=0.5), group=("a", "b"))
    text = plain(study._repr_html_())
    assert re.search(r"Tiny\s+units 16\s+none\s+481 parameters\s+models", text)
    assert re.search(
        r"&lt;i&gt;\s+units 64 · 64\s+L2 0\.001, dropout 0\.5\s+6,081 parameters\s+a, b", text
    )
    assert "20 training and 10 validation rows of 28 features, simulated" in text
    assert "no early stopping" in text
    study.plan = Plan(stopping=EvidenceStopping(patience=50))
    assert "stopping by verdict on val_binary_crossentropy, patience 50" in study._repr_html_()


def test_a_result_says_costs_and_how_little_is_sure(study):
    stored = study({"Tiny": GUIDE["Tiny"], "<i>boosting</i>": (HGB(), ["models"])}, kind="study")
    cost = Cost(training_on=Price(0.031, 0.006, 0.98))
    tiny, boosting = stored.results.models
    models = (
        replace(tiny, verdict=verdict("Tiny", "overfit", 0.52)),
        replace(boosting, verdict=verdict(boosting.name, "overfit", 0.99, cost=cost)),
    )
    html = result_html(replace(stored, results=replace(stored.results, models=models)))
    text = plain(html)
    assert re.search(r"□\s+overfit 52 %", text)
    assert re.search(r"■\s+overfit 99 %", text)
    assert "0.0310 ± 0.0060" in text
    assert "3,100 leaves" in text
    assert "<i>" not in html
    models = (replace(tiny, verdict=verdict("Tiny", "overfit", 0.37)), models[1])
    text = plain(result_html(replace(stored, results=replace(stored.results, models=models))))
    assert re.search(r"□\s+open", text)
    assert "37 %" not in text


def test_whoever_asks_for_html_gets_it_from_here():
    """The api says how results are drawn; the floors below hold none of it."""
    import fitscope.api.drawn  # noqa: F401

    low = Difference(-0.02, 0.005, (-0.03, -0.01), p=0.001, p_corrected=0.003)
    pair = Comparison("<b>", "Large", "models", (5, 5), {BINARY.loss.validation: low})
    for shown, said in (
        (pair, "-0.0300 to -0.0100"),
        (Comparisons([pair]), "validation cross-entropy"),
        (verdict(), "The loss rose &amp; rose."),
        (Verdicts([verdict()], [Unread("<a>", "why")]), "not judged: why"),
        (MLP(4).summary(3), "Total params"),
    ):
        html = shown._repr_html_()
        assert said in html
        assert "<b>Large" not in html.replace("<b>Large</b>:", "")
        assert "<a>" not in html
