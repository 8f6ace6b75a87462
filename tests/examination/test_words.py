"""What an examination says in its paragraph, and what it does not."""

from dataclasses import replace

from fitscope.examination.words import Findings, paragraph
from fitscope.report.look import badge
from fitscope.study.answer import Remedy, Rung
from fitscope.task import BINARY

LIKELY = Rung("256x2", 0.10, 0.45, 0.01, "overfit", 0.031, 0.006, 0.999, confidence=0.9)


def said(rung):
    return paragraph(Findings(BINARY, [rung]))


def test_no_sentence_rests_on_an_open_verdict():
    assert said(LIKELY).startswith("256x2 overfits, and that costs")
    for label, claim in (("overfit", "overfits"), ("underfit", "underfits")):
        open_ = replace(LIKELY, label=label, confidence=0.4)
        assert open_.decided is None
        assert claim not in said(open_)
        assert badge(open_.label, open_.confidence).label == "open"


def test_of_a_model_that_was_asked_about_the_cost_is_told():
    own = replace(LIKELY, model="mine", cost=0.012)
    found = Findings(BINARY, [own, LIKELY])
    assert paragraph(found).startswith("mine and 256x2 overfit, and of 256x2 that costs 0.031")
    assert paragraph(replace(found, own="mine")).startswith(
        "mine and 256x2 overfit, and of mine that costs 0.012"
    )


def test_what_training_on_costs_is_no_part_of_the_cost_of_a_model_left_at_its_best():
    early = Remedy("256x2", "early stopping", None, 0.2, (0.1, 0.3), 0.999)
    found = Findings(BINARY, [LIKELY], remedies=[early])
    assert "early stopping gets 0.2 of it back" in paragraph(found)
    assert "surely gets any of it back" in paragraph(replace(found, stopped=["256x2"]))
