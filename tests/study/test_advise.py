"""Every sentence of the advice follows from a verdict or a comparison that is sure."""

from __future__ import annotations

import pytest
from report.made_up import GUIDE, document

from fitscope.learners.mlp.description import MLP
from fitscope.study.advise import METRIC, advise

SCORES = {"Tiny": 0.587, "Large": 0.604, "L2": 0.574, "Combined": 0.538}


def results(
    labels: dict[str, str], sure: float = 0.999, about: str = "models", scores=SCORES
) -> dict:
    def verdict(name: str, label: str) -> dict:
        return {
            "verdict": label,
            "confidence": 0.97,
            "best_epoch": 20,
            "onset_epoch": 25 if label == "overfit" else None,
            "evidence": {"rise": 0.4, "reference_kind": "Combined"},
            "explanation": f"Explanation of {name}.",
            "advice": ["Try this."],
        }

    names = list(labels)
    models = [
        {
            "name": name,
            "verdict": verdict(name, label),
            "best_corrected": {METRIC: [scores[name], 0.013]},
        }
        for name, label in labels.items()
    ]
    pairs = [
        {
            "a": a,
            "b": b,
            "about": about,
            "metrics": {
                METRIC: {
                    "difference": scores[a] - scores[b],
                    "interval": [scores[a] - scores[b] - 0.01, scores[a] - scores[b] + 0.01],
                    "sign_chance_corrected": sure,
                }
            },
        }
        for number, a in enumerate(names)
        for b in names[number + 1 :]
    ]
    return {"models": models, "comparisons": pairs}


def told(labels: dict[str, str], models=GUIDE, **options) -> list[dict]:
    made = document({name: models[name] for name in labels}, repeats=3)
    return advise(made, results(labels, **options))


def test_what_is_wrong_what_mends_it_and_how_sure():
    first, *rest = told({"Tiny": "underfit", "Large": "overfit", "L2": "good", "Combined": "good"})
    assert first["title"] == "Large overfits from about epoch 25 (97 % sure); L2 + dropout mends it"
    assert (
        "Combined reaches 0.066 lower cross-entropy (95 % interval 0.056 to 0.076)"
        in (first["text"])
    )
    assert "than Large at its best epoch" in first["text"]
    assert "L2 0.030" in first["text"]
    assert first["models"][:2] == ["Large", "Combined"]
    assert first["confidence"] == 0.97
    assert rest[0]["title"] == "Tiny underfits (97 % sure)"
    assert rest[0]["text"].startswith("Combined fits the training rows better")


def test_what_is_not_sure_is_not_claimed():
    first, *rest = told({"Large": "overfit", "Combined": "good"}, sure=0.96)
    assert first["title"] == "Large overfits from about epoch 25 (97 % sure)"
    assert "No other model here is surely better" in first["text"]
    assert "stop at about epoch 20" in first["text"]
    assert rest[-1]["title"] == "Combined is lowest, but not surely better than Large"
    assert "0.066 (95 % interval 0.056 to 0.076)" in rest[-1]["text"]


def test_a_remedy_that_overfits_too_only_helps():
    first, second = told({"Large": "overfit", "L2": "overfit"})
    assert first["title"].endswith("; L2 helps, and overfits too")
    assert second["title"] == "L2 overfits too"


def test_a_smaller_network_is_called_that():
    (first,) = told({"Tiny": "good", "Large": "overfit"})
    assert first["title"].endswith("; a smaller network (Tiny) mends it")
    assert "Tiny reaches 0.017 lower" in first["text"]


def test_one_run_a_model_says_so():
    first = told({"Tiny": "good", "Large": "overfit"}, about="networks")[0]
    assert "trained networks on these rows" in first["text"]


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
            "No model overfits; Combined is lowest, but not surely better than the next",
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
    assert found[0]["title"] == title
    assert len(found) <= 3
    for entry in found:
        assert entry["text"]
        assert set(entry["models"]) <= set(labels)


def test_nothing_is_said_without_verdicts():
    made = document({"Tiny": GUIDE["Tiny"]})
    models = [{"name": "Tiny", "verdict": None, "best_corrected": None}]
    assert advise(made, {"models": models, "comparisons": []}) == []


def test_any_names_and_many_models():
    odd = {f"model\n{n} <b>": (MLP(8 * (n + 1)), ["all"]) for n in range(30)}
    labels = dict.fromkeys(odd, "overfit")
    scores = {name: 0.6 + 0.001 * n for n, name in enumerate(odd)}
    found = told(labels, models=odd, scores=scores)
    for entry in found:
        assert "\n" not in entry["title"] + entry["text"]
        assert len(entry["title"]) < 160
    assert "26 more" in found[1]["title"]


def test_the_quick_protocol_is_named_in_the_headline() -> None:
    models = {name: GUIDE[name] for name in ("Tiny", "Large")}
    labels = {"Tiny": "good", "Large": "overfit"}
    said = {
        quick: advise(document(models, quick=quick), results(labels))[0]["text"]
        for quick in (True, False)
    }
    assert "quick protocol" in said[True]
    assert "quick protocol" not in said[False]
