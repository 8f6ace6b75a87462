"""Every sentence of the advice follows from a verdict or a comparison that is sure."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from report.made_up import GUIDE, document
from sklearn.ensemble import RandomForestClassifier

from fitscope.diagnosis.compare import Difference
from fitscope.learners import as_learner
from fitscope.learners.base import Size
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.study.advice import Advice
from fitscope.study.advise import advise
from fitscope.study.estimate import Estimate
from fitscope.study.results import ModelResult, Results
from fitscope.task import BINARY
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.verdict import Verdict

METRIC = BINARY.loss.validation
MODELS = {name: learner for name, (learner, _) in GUIDE.items()}
SCORES = {"Tiny": 0.587, "Large": 0.604, "L2": 0.574, "Combined": 0.538}


def verdict(name: str, label: str, confidence: float = 0.97, **evidence) -> Verdict:
    found = {"rise": 0.4, "reference_kind": "Combined"} | evidence
    onset = 25 if label == "overfit" else None
    return Verdict(
        name, label, confidence, 20, onset, 60, Evidence(**found), f"Explanation of {name}.",
        ("Try this.",),
    )  # fmt: skip


def results(
    labels: dict[str, str | Verdict], sure: float = 0.999, about: str = "models", scores=SCORES
) -> Results:
    models = tuple(
        ModelResult(
            name, (), Size(made.parameters(28), "parameters"), 3, {},
            {METRIC: Estimate(scores[name], 0.013)},
            label if isinstance(label, Verdict) else verdict(name, label),
        )
        for name, label in labels.items()
        for made in (MODELS[name],)
    )  # fmt: skip
    pairs = []
    for a, b in combinations(labels, 2):
        value = scores[a] - scores[b]
        p = 2 * (1 - sure)
        found = Difference(value, 0.005, (value - 0.01, value + 0.01), p, p)
        pairs.append(Comparison(a, b, about, (3, 3), {METRIC: found}))
    return Results(models, (), tuple(pairs))


def told(labels: dict[str, str | Verdict], models=GUIDE, **options) -> list[Advice]:
    made = document({name: models[name] for name in labels}, repeats=3)
    return advise(made, results(labels, **options))


def test_what_is_wrong_what_mends_it_and_how_sure():
    first, *rest = told({"Tiny": "underfit", "Large": "overfit", "L2": "good", "Combined": "good"})
    assert first.title == "Large overfits from about epoch 25 (97 % sure); L2 + dropout mends it"
    assert "Combined is 0.066 lower in cross-entropy than Large at its best epoch" in first.text
    assert "than Large at its best epoch" in first.text
    assert "L2 0.030" in first.text
    assert first.models[:2] == ("Large", "Combined")
    assert first.confidence == 0.97
    assert rest[0].title == "Tiny learns less than this table allows (97 % sure)"
    assert rest[0].text.startswith("Combined fits the training rows better")


def test_what_is_not_sure_is_not_claimed():
    first, *rest = told({"Large": "overfit", "Combined": "good"}, sure=0.96)
    assert first.title == "Large overfits from about epoch 25 (97 % sure)"
    assert "No other model here is surely better" in first.text
    assert "stop at about epoch 20" in first.text
    assert rest[-1].title == "Combined is lowest, but not surely better than Large"
    assert "0.066 (95 % interval 0.056 to 0.076)" in rest[-1].text


def test_a_remedy_that_overfits_too_only_helps():
    first, second = told({"Large": "overfit", "L2": "overfit"})
    assert first.title.endswith("; L2 helps, and overfits too")
    assert second.title == "L2 overfits too"


def test_a_smaller_network_is_called_that():
    (first,) = told({"Tiny": "good", "Large": "overfit"})
    assert first.title.endswith("; a smaller model (Tiny) mends it")
    assert "Tiny is 0.017 lower" in first.text


def test_one_run_a_model_says_so():
    first = told({"Tiny": "good", "Large": "overfit"}, about="networks")[0]
    assert "trained runs on these rows" in first.text


@pytest.mark.parametrize(
    ("labels", "sure", "title"),
    [
        (
            {"Tiny": "good", "Combined": "good"},
            0.99,
            "No model overfits; Combined is the best of 2",
        ),
        (
            {"Tiny": "good", "Combined": "good"},
            0.9,
            "No model overfits; take Combined: it is lowest, if not surely the best",
        ),
        (
            {"Tiny": "good", "Combined": "improving"},
            0.99,
            "No model overfits; Combined is lowest and still improves: train longer",
        ),
        ({"Tiny": "good"}, 0.99, "Tiny fits well (97 % sure)"),
        ({"Tiny": "improving"}, 0.99, "Tiny still improves at its last epoch (97 % sure)"),
        ({"Tiny": "underfit"}, 0.99, "Tiny underfits (97 % sure)"),
        ({"Tiny": "unstable"}, 0.99, "Tiny is unstable (97 % sure)"),
        ({"Tiny": "underfit", "L2": "underfit"}, 0.99, "Tiny and L2 underfit (97 % sure)"),
        (
            {"Tiny": "underfit", "L2": "unstable"},
            0.99,
            "Tiny and L2 underfit or were unstable (97 % sure)",
        ),
    ],
)
def test_headlines(labels, sure, title):
    found = told(labels, sure=sure)
    assert found[0].title == title
    assert len(found) <= 3
    for entry in found:
        assert entry.text
        assert set(entry.models) <= set(labels)


def test_nothing_is_said_without_verdicts():
    made = document({"Tiny": GUIDE["Tiny"]})
    (model,) = results({"Tiny": "good"}).models
    assert advise(made, Results((replace(model, verdict=None, best_corrected=None),))) == []


def test_any_names_and_many_models():
    odd = {f"model\n{n} <b>": (MLP(8 * (n + 1)), ["all"]) for n in range(30)}
    MODELS.update({name: learner for name, (learner, _) in odd.items()})
    labels = dict.fromkeys(odd, "overfit")
    scores = {name: 0.6 + 0.001 * n for n, name in enumerate(odd)}
    found = told(labels, models=odd, scores=scores)
    for entry in found:
        assert "\n" not in entry.title + entry.text
        assert len(entry.title) < 160
    assert "26 more" in found[1].title


def test_the_quick_protocol_is_named_in_the_headline() -> None:
    models = {name: GUIDE[name] for name in ("Tiny", "Large")}
    labels = {"Tiny": "good", "Large": "overfit"}
    said = {
        quick: advise(document(models, quick=quick), results(labels))[0].text
        for quick in (True, False)
    }
    assert "quick protocol" in said[True]
    assert "quick protocol" not in said[False]


def test_nothing_is_denied_that_is_only_unproven():
    doubtful = verdict("Tiny", "good", 0.8)
    first = told({"Tiny": doubtful, "Combined": "good"})[0]
    assert first.title == "No model is shown to overfit; Combined is the best of 2"


def test_what_these_rows_show_and_what_others_would_are_two_statements():
    rises = verdict(
        "Large", "good", 0.52, rise_probability=0.997, rise_probability_elsewhere=0.72,
        needed=0.02,
    )  # fmt: skip
    for labels in ({"Large": rises}, {"Large": rises, "Combined": "good"}):
        first = told(labels)[0]
        assert first.title == "Large overfits on these validation rows; on other rows that is open"
        assert "Large ends 0.400 above its best. On these validation rows that is >99 % sure; " in (
            first.text
        )
        assert "that other rows would show it, too, 72 %." in first.text


def test_no_title_rests_on_less_than_one_half():
    unsure = verdict("Large", "overfit", 0.47)
    first, *rest = told({"Large": unsure, "Combined": "good"})
    assert first.title == "No model is shown to overfit; Combined is the best of 2"
    assert [entry.title for entry in rest] == ["The verdict on Large is open"]
    assert rest[0].text.startswith("Large: overfit is likeliest, at 47 %")
    alone = told({"Large": unsure})[0]
    assert (alone.title, alone.confidence) == ("The verdict on Large is open", None)
    neither = told({"Large": unsure, "Tiny": verdict("Tiny", "underfit", 0.4)})[0]
    assert neither.title == "The verdict on Large and Tiny is open"


def test_a_gap_that_costs_nothing_is_said_to():
    free = Cost(None, Price(0.002, 0.004, 0.69, "Tiny"))
    gap = verdict("Large", "good", gap=0.12, gap_error=0.01, needed=0.02)
    entries = told({"Tiny": "good", "Large": replace(gap, cost=free)})
    assert entries[1].title == "Large has a gap that costs nothing (>99 % sure)"
    assert entries[1].text == "Large: gap 0.120, cost 0.0020 ± 0.0040 against Tiny."
    assert entries[1].confidence is not None
    assert entries[1].confidence > 0.99


def test_a_gap_whose_cost_is_not_excluded_is_not_said_to_be_free():
    unclear = Cost(None, Price(0.026, 0.025, 0.71, "Tiny"))
    gap = verdict("Large", "good", gap=0.12, gap_error=0.01, needed=0.02)
    entries = told({"Tiny": "good", "Large": replace(gap, cost=unclear)})
    assert not any("gap" in one.title for one in entries)


def test_overfitting_says_what_it_costs_and_by_comparison_names_no_epoch():
    cost = Cost(Price(0.4, 0.01, 0.99, "its best epoch"), Price(0.066, 0.005, 0.99, "Combined"))
    large = replace(verdict("Large", "overfit"), onset_epoch=None, cost=cost)
    first = told({"Large": large, "Combined": "good"})[0]
    assert first.title == "Large overfits (97 % sure); L2 + dropout mends it"
    assert "costs it 0.0660 ± 0.0050 at its best epoch, against Combined, " in first.text
    assert "and 0.400 ± 0.010 for training on after it" in first.text


def test_a_run_that_came_apart_does_not_overfit():
    apart = verdict("Large", "unstable", 0.99, rise=1e17, rise_probability=0.999, needed=0.1)
    assert told({"Large": apart})[0].title == "Large is unstable (99 % sure)"
    first, second = told({"Large": apart, "Combined": "good"})[:2]
    assert first.title == "No model is shown to overfit; Combined is the best of 2"
    assert second.title == "Large trained unstably (99 % sure)"
    for entry in (first, second):
        assert "larger" not in entry.text


def test_of_models_that_cannot_be_told_apart_the_plainest_is_to_be_taken():
    scores = {"Tiny": 0.541, "Large": 0.539, "Combined": 0.538}
    first, *rest = told(dict.fromkeys(scores, "good"), sure=0.6, scores=scores)
    assert first.title == "No model overfits; take Tiny, the plainest of 3 that may be the best"
    assert first.text == (
        "Its cross-entropy less that of Combined is 0.003 (95 % interval -0.007 to 0.013). "
        "More repeats or more validation rows would tell them apart."
    )
    assert first.models == ("Tiny", "Combined", "Large")
    assert rest == []
    large = {name: scores[name] for name in ("Large", "Combined")}
    first = told(dict.fromkeys(large, "good"), sure=0.6, scores=large)[0]
    assert first.title == "No model overfits; take Large, the plainest of 2 that may be the best"


def test_learners_of_another_kind_may_be_as_good():
    models = {"Tiny": GUIDE["Tiny"], "Small": GUIDE["Small"], "Trees": (HGB(), ["models"])}
    MODELS["Trees"] = MLP()  # only for its size
    scores = {"Tiny": 0.538, "Small": 0.539, "Trees": 0.541}
    first = told(dict.fromkeys(models, "good"), models=models, sure=0.6, scores=scores)[0]
    assert first.title == "No model overfits; take Tiny, the plainest of 2 that may be the best"
    assert first.text.startswith("No other one is lower. Its cross-entropy less that of Small is ")
    assert " As good, as far as can be told: Trees." in first.text


def test_rounds_and_the_first_step_in_headlines():
    models = {"Trees": (HGB(), ["models"])}
    MODELS["Trees"] = MLP()
    late = verdict("Trees", "overfit", 0.97)
    first = told({"Trees": late}, models=models, scores={"Trees": 0.6})[0]
    assert first.title == "Trees overfits from about round 25 (97 % sure)"
    assert "Left to train it ends 0.400 above its best: stop at about round 20." in first.text
    early = replace(late, best_epoch=0, onset_epoch=0)
    first = told({"Trees": early}, models=models, scores={"Trees": 0.6})[0]
    assert first.title == "Trees overfits from its first round on (97 % sure)"
    assert ": its first round is its best, so lower the learning rate." in first.text


def test_a_model_without_a_curve_has_no_sure_headline_alone():
    models = {"Forest": (as_learner(RandomForestClassifier()), ["models"])}
    MODELS["Forest"] = MLP()
    first, *_ = told(
        {"Forest": verdict("Forest", "too few", 0.99)}, models=models, scores={"Forest": 0.6}
    )
    assert first.title == "Forest alone cannot be judged: it is trained in one step"
    assert (first.text, first.confidence) == ("Explanation of Forest.", None)


def test_figures_of_sentences_have_three_digits_at_most():
    scores = {"Large": 3_408.1234, "Combined": 3_283.9876}
    large = verdict("Large", "overfit", rise=281.526)
    first = told({"Large": large, "Combined": "good"}, sure=0.96, scores=scores)[0]
    assert "Left to train it ends 282 above its best" in first.text
    assert "reaches 124 lower cross-entropy (95 % interval 124 to 124)" in first.text
