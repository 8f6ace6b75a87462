"""What an examination says in its paragraph, and what it does not."""

from dataclasses import replace

from fitscope.examination.words import Findings, paragraph
from fitscope.report.look import badge
from fitscope.study.answer import Rung
from fitscope.task import BINARY

LIKELY = Rung("256x2", 0.10, 0.45, 0.01, "overfit", 0.031, 0.006, 0.999, confidence=0.9)


def said(rung):
    return paragraph(Findings(BINARY, BINARY.loss.name, [rung]))


def test_no_sentence_rests_on_an_open_verdict():
    assert said(LIKELY).startswith("256x2 overfits, and that costs")
    for label, claim in (("overfit", "overfits"), ("underfit", "underfits")):
        open_ = replace(LIKELY, label=label, confidence=0.4)
        assert open_.decided is None
        assert claim not in said(open_)
        assert badge(open_.label, open_.confidence).label == "open"
