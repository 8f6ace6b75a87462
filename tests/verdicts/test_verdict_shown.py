"""Verdicts as text and as HTML."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import fitscope.api.drawn  # noqa: F401
from fitscope.history import History
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.cost_words import cost_words
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.many import Unread, Verdicts
from fitscope.verdicts.pooled import pooled
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import facts, headline

NAME = "<script>alert('x')</script> & \"co\""


@pytest.fixture
def verdict():
    at = np.arange(60)
    train = np.exp(-at / 10)
    history = History(NAME, "loss", at, train, 0.4 + train + 0.01 * np.maximum(at - 25, 0))
    found = diagnose(history)
    return Verdict(**{**vars(found), "history": history, "advice": ("Stop <early>.",)})


class Balanced(HTMLParser):
    """Every element that is opened is closed, and nothing is a script."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.seen = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def parsed(html):
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert not parser.open
    assert "script" not in [tag for tag, _ in parser.seen]
    return parser


def test_text(verdict):
    text = str(verdict)
    assert verdict.explanation in " ".join(text.split())
    assert f"overfit from epoch {verdict.onset_epoch}" in text
    assert max(map(len, text.splitlines())) <= 79
    assert "overfit" in repr(verdict)
    assert "\n" not in repr(verdict)


def test_html(verdict):
    page = parsed(verdict._repr_html_())
    assert NAME in page.text
    assert verdict.explanation in page.text
    assert "Stop <early>." in page.text
    curves = [attrs["points"] for tag, attrs in page.seen if tag == "polyline"]
    assert len(curves) == 2
    points = np.array([[float(x) for x in p.split(",")] for p in curves[1].split()])
    assert len(points) == 60
    assert np.all(np.diff(points[:, 0]) > 0)
    lowest = points[np.argmax(points[:, 1]), 0]
    marks = [float(attrs["x1"]) for tag, attrs in page.seen if tag == "line"]
    assert marks[0] == pytest.approx(lowest, abs=20), "the best epoch is where the curve is lowest"
    assert marks[1] >= marks[0], "no rise begins before the best epoch"


@pytest.mark.parametrize("validation", [[np.nan, 1.0, np.inf], [1.0, 1.0, 1.0]])
def test_html_of_odd_curves(validation):
    history = History("odd", "loss", np.arange(3), None, np.array(validation))
    found = Verdict("odd", "unstable", 0.5, 0, None, 3, Evidence(), "Odd.", (), history)
    assert "nan" not in parsed(found._repr_html_()).text
    parsed(Verdict("odd", "good", 1.0, 0, None, 3, Evidence(), "Odd.", ())._repr_html_())


def test_several(verdict):
    found = Verdicts([verdict, verdict], [Unread("a<b", "an empty file")])
    page = parsed(found._repr_html_())
    assert page.text.count("overfit from epoch") == 2
    assert "a<b: not judged: an empty file" in page.text
    assert len(repr(found).splitlines()) == 3
    assert str(found).count("overfit from epoch") == 2


def test_the_dictionary_is_json_and_comes_back(verdict):
    odd = Verdict(**{**vars(verdict), "evidence": Evidence(rise=float("nan"), gap=0.5)})
    text = json.dumps(odd.as_dict(), allow_nan=False)
    stored = json.loads(text)["evidence"]
    assert (stored["rise"], stored["gap"]) == (None, 0.5)
    again = Verdict.from_dict(json.loads(json.dumps(verdict.as_dict())))
    assert again.as_dict() == verdict.as_dict()
    assert again.history is None


def test_a_cost_and_typed_evidence_come_back(verdict):
    price = Price(0.03, 0.01, 0.97, "its best epoch")
    told = Verdict(**{**vars(verdict), "cost": Cost(price, None)})
    again = Verdict.from_dict(json.loads(json.dumps(told.as_dict())))
    assert again.cost == told.cost
    assert again.evidence == told.evidence
    assert isinstance(again.evidence, Evidence)
    assert again.evidence["rise"] == again.evidence.rise
    with pytest.raises(KeyError):
        again.evidence["as_dict"]


def test_a_verdict_of_an_older_version_can_be_read(verdict):
    stored = verdict.as_dict()
    del stored["cost"]
    for name in ("step", "needed", "learnt", "rise_probability_elsewhere", "notes"):
        del stored["evidence"][name]
    old = Verdict.from_dict(stored)
    assert old.cost is None
    assert old.evidence.rise == verdict.evidence.rise
    assert (old.evidence.step, old.evidence.notes, old.evidence.needed) == ("epoch", (), None)


def test_no_headline_rests_on_less_than_one_half(verdict):
    unsure = Verdict(**{**vars(verdict), "confidence": 0.47, "label": "good", "onset_epoch": None})
    assert "undecided" in repr(unsure)
    assert "undecided" not in repr(verdict)


def test_rounds_are_called_rounds():
    at = np.arange(60)
    train = np.exp(-at / 10)
    rises = 0.4 + train + 0.01 * np.maximum(at - 25, 0)
    text = str(diagnose(History("trees", "loss", at, train, rises, step="round")))
    assert "overfit from round" in text
    assert "epoch" not in text


def test_a_cost_that_the_data_exclude_is_said_as_nothing():
    at = np.arange(60)
    train = np.exp(-at / 10)
    found = diagnose(History("run", "loss", at, train, 0.4 + train))
    told = dict(facts(found))
    assert told["cost of training on"] == "nothing (>99 % sure), against its best epoch"


def test_sentences_use_the_words_of_a_metric_and_its_name_stays_in_json():
    at = np.arange(60)
    train = np.exp(-at / 10)
    name, words = "sparse_categorical_crossentropy", "cross-entropy"
    logged = History("run", name, at, train, 0.4 + train)
    told = diagnose(replace(logged, words=words))
    for one in (told, pooled("model", [told, told])):
        assert "alidation cross-entropy " in one.explanation
        assert "_" not in str(one)
        assert dict(facts(one))["metric"] == words
        assert one.as_dict()["evidence"]["metric"] == name
    assert f"Validation {name} " in diagnose(logged).explanation


@pytest.mark.parametrize(
    ("value", "error", "chance", "short", "full"),
    [
        (0.002, 0.004, 0.69, "nothing", "nothing (>99 % sure)"),
        (0.005, 0.008, 0.73, "nothing", "nothing (97 % sure)"),
        (0.005, 0.001, 0.999, "nothing", "nothing (>99 % sure)"),  # surely there, and too little
        (-0.3, 0.05, 0.0, "nothing", "nothing (>99 % sure)"),
        (0.61, 0.28, 0.985, "0.61 ± 0.28", "0.61 ± 0.28"),
        (0.026, 0.025, 0.71, "perhaps 0.026", "perhaps 0.026 ± 0.025 (71 %)"),
        (0.15, 0.13, 0.76, "perhaps 0.15", "perhaps 0.15 ± 0.13 (76 %)"),
        (406.98, 242.55, 0.9, "perhaps 407", "perhaps 407 ± 243 (90 %)"),
        (-0.01, 0.05, 0.42, "perhaps up to 0.082", "perhaps up to 0.082 (42 %)"),
    ],
)
def test_one_rule_for_what_a_cost_is_called(value, error, chance, short, full):
    for cost in (Price(value, error, chance), Cost(richness=Price(value, error, chance))):
        told = cost_words(cost, needed=0.02)
        assert (told.short, told.full) == (short, full)
    assert not cost_words(Price(0.002, 0.004, 0.69), needed=None).nothing


def test_both_parts_of_a_cost_count():
    parts = Price(0.012, 0.001, 0.99), Price(0.013, 0.001, 0.99)
    assert all(cost_words(part, 0.02).nothing for part in parts)
    assert cost_words(Cost(*parts), 0.02).full == "0.0250 ± 0.0014"
    kept = Price(0.0, 0.0, 0.0, "its best epoch, which is kept")
    assert cost_words(Cost(kept, None), None).full == "nothing (>99 % sure)"


def test_pooled_runs_speak_of_their_own_steps_and_in_words():
    at = np.arange(60)
    train = np.exp(-at / 10)
    runs = [
        diagnose(
            History(
                "run",
                "mean_squared_error",
                at,
                train,
                0.4 + train + 0.01 * np.maximum(at - bend, 0),
                step="round",
                words="squared error",
            )
        )
        for bend in (24, 30)
    ]
    low, high = (one.onset_epoch for one in runs)
    found = pooled("Trees", runs)
    assert low != high
    assert found.explanation.startswith(
        f"2 of 2 runs overfit, from rounds {low} to {high} on: validation squared error is at best "
    )
    assert "epoch" not in str(found)


def test_the_likeliest_label_of_an_open_verdict_is_evidence(verdict):
    assert "likeliest" not in dict(facts(verdict))
    unsure = replace(verdict, confidence=0.37)
    assert dict(facts(unsure))["likeliest"] == "overfit, 37 %"
    assert (unsure.undecided, unsure.onset_shown) == (True, None)
    assert headline(unsure) == "undecided: overfit is likeliest, 37 % sure"
    assert unsure.as_dict()["verdict"] == "overfit"


def test_of_a_run_that_ran_away_no_noise_is_told_as_an_error():
    """The noise of what it fled to says nothing of the epochs before."""
    at = np.arange(40)
    falls = 0.4 + 1.5 * 0.8**at
    apart = np.where(at > 20, falls * 3.0 ** np.maximum(at - 20, 0), falls)
    found = diagnose(History("run", "loss", at, apart, apart))
    told = dict(facts(found))
    assert "diverged" in found.explanation
    assert told["best"].split(" at ")[0] == told["logged best"]
    assert f"at best {told['best']}." in found.explanation
    assert found.best_epoch == int(apart.argmin())
    assert "as good" not in told
