"""Verdicts as text and as HTML."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest

import fitscope.api  # noqa: F401  it says how verdicts are drawn
from fitscope.history import History
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.many import Unread, Verdicts
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import facts

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


def test_a_cost_within_error_is_said_as_nothing():
    at = np.arange(60)
    train = np.exp(-at / 10)
    found = diagnose(History("run", "loss", at, train, 0.4 + train))
    assert found.cost is not None
    assert found.cost.within_error
    assert dict(facts(found))["cost of training on"].startswith("0 within error")
