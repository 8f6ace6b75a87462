"""report.html: complete, self-contained, and safe whatever models are called."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from report.made_up import GUIDE, document, verdict

from fitscope.diagnosis.compare import Difference
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.report.page import page_data
from fitscope.report.page.view import View, views_of
from fitscope.report.page.views.capacity import compared
from fitscope.report.page.views.curves.packed import BUDGET, FEWEST, points
from fitscope.report.presentation import presentation_of
from fitscope.report.rebuild import write_report
from fitscope.report.series import binned, bins
from fitscope.study.advice import Advice
from fitscope.study.folder import read_started, read_study, write_results
from fitscope.study.results import Results
from fitscope.task import BINARY, MULTICLASS, REGRESSION
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.cost import Cost, Price

LOSS, SCORE = BINARY.loss.validation, BINARY.score.validation

COST = Cost(Price(0.031, 0.006, 0.98, "its best epoch"), Price(0.004, 0.006, 0.7, "L2"))
NASTY = {
    "<script>alert(\"1\")</script> & 'quotes'": (GUIDE["Tiny"][0], ["one"]),
    "</svg><img src=x onerror=alert(1)>": (GUIDE["Large"][0], ["one"]),
    "{{ 7 * 7 }} url(#a) #1b1f24": (GUIDE["L2"][0], ["one"]),
}
VOID = {"meta", "br", "img", "input", "link"}
UNSEEN = {"script", "style"}


class Page(HTMLParser):
    """Elements, their attributes and the text that is seen; checks that tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in UNSEEN:
            if self.open[-1] == "script":
                self.scripts.append(data)
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def having(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.found if name in attributes]


def page(stored) -> Page:
    write_report(stored)
    return Page(stored.folder.page.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("drawn_figures")
def test_the_page_of_the_guide(study):
    stored = study(repeats=3, epochs=40, quick=True)
    found = page(stored)
    drawings = [attributes for tag, attributes in found.found if tag == "svg"]
    assert sum(one.get("class") == "sketch" for one in drawings) == 7
    assert sum("class" not in one for one in drawings) == 4  # curves of two groups, rates, rows
    for drawing in drawings:
        assert drawing["viewbox"]
        assert drawing.get("aria-hidden") == "true" or len(drawing["aria-label"] or "") > 20
    ids = found.having("id")
    assert len(ids) == len(set(ids))
    for value in (*found.having("xlink:href"), *found.having("clip-path"), *found.having("href")):
        assert value.removeprefix("url(").removesuffix(")").removeprefix("#") in ids
    for value in (*found.having("aria-labelledby"),):
        assert value in ids
    for said in (
        *GUIDE,
        "reached the lowest validation cross-entropy of 7 models",
        "Simulated: these rows were generated, not measured.",
        "the ranking needs the full one",
        "0.001 / (1 + 1 × epoch / 1,000)",
        "200 epochs without a better val_binary_crossentropy",
        "10,000 training, 1,000 validation",
        "3 a model, seed 7",
        "fitscope guide --data simulated",
        "Overfitting",
        "dense_4 (Dense)",
    ):
        assert said.lower() in found.text.lower()


@pytest.mark.usefixtures("drawn_figures")
def test_the_page_needs_no_network_and_is_small_enough_to_send(study):
    stored = study({"Tiny": GUIDE["Tiny"]})
    found = page(stored)
    assert not {tag for tag, _ in found.found} & {"link", "img", "iframe", "object", "base"}
    for tag, attributes in found.found:
        for name, value in attributes.items():
            if not name.startswith("xmlns"):
                assert "//" not in (value or ""), (tag, name, value)
    assert not found.having("src")
    assert stored.folder.page.stat().st_size < 400_000


def test_only_its_own_scripts_may_run(study):
    found = page(study({"Tiny": GUIDE["Tiny"]}))
    policy = next(content for content in found.having("content") if "default-src" in content)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    scripts = [script for script in found.scripts if not script.startswith('{"live"')]
    assert [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    ] == allowed
    assert "unsafe" not in policy.split("style-src")[0]


@pytest.mark.usefixtures("drawn_figures")
def test_names_cannot_break_the_page(study):
    found = page(study(NASTY, kind="study", epochs=10))
    assert not {tag for tag, _ in found.found} & {"img", "b"}
    assert not any(name.startswith("on") for _, attributes in found.found for name in attributes)
    assert "<script>alert(\"1\")</script> & 'quotes'" in found.text
    assert "{{ 7 * 7 }} url(#a) #1b1f24" in found.text
    data = next(script for script in found.scripts if script.startswith('{"live"'))
    assert "<" not in data
    assert [model["name"] for model in json.loads(data)["models"]] == list(NASTY)


def test_measured_rows_of_the_full_protocol_need_no_notice(study):
    text = page(study({"Tiny": GUIDE["Tiny"]}, simulated=False)).text
    assert "imulated" not in text.replace("--data simulated", "")
    assert "Quick" not in text
    assert "reached the lowest" not in text  # one model is not compared with anything


def test_what_is_diagnosed_leads_the_page(study):
    stored = study(repeats=2, epochs=40)
    models = [
        replace(model, verdict=verdict(cost=COST)) if model.name == "Large" else model
        for model in stored.results.models
    ]
    pair = Comparison(
        "Large",
        "L2",
        "models",
        (2, 2),
        {
            LOSS: Difference(0.03, 0.01, (0.01, 0.05), p=0.02, p_corrected=0.02),
            SCORE: Difference(-0.02, 0.01, (-0.04, 0.0), p=0.05, p_corrected=0.05),
        },
    )
    advice = Advice("Large <overfits>", "Use dropout.", ("Large",), 0.97)
    results = Results(tuple(models), stored.results.runs, (pair,), (advice,))
    write_results(stored.folder, results)
    text = page(read_study(stored.folder.path)).text
    for said in (
        "Large <overfits>",
        "97 % sure",
        "The loss rose & rose.",
        "Over Large, what they were tried on",
        "-0.0300",
        "-0.0500 to -0.0100",
        "99 % sure",
        "+2.00",
        "Overfitting costs",
        "Overfitting costs 0.0350 ± 0.0085",
        "0.0310 ± 0.0060, against its best epoch",
        "nothing (>99 % sure), against L2",
    ):
        assert said in text


def test_a_label_less_likely_than_not_stands_in_the_evidence_only(study):
    stored = study({"Large": GUIDE["Large"], "boosting": (HGB(), ["models"])}, kind="study")
    models = [
        replace(model, verdict=verdict(model.name, "overfit", 0.37))
        for model in stored.results.models
    ]
    found = page(replace(stored, results=replace(stored.results, models=tuple(models))))
    badges = [value for value in found.having("class") if value.startswith("badge")]
    assert badges.count("badge open unsure") == 4  # two lines of the table, two cards
    assert "Likeliest overfit, 37 %" in found.text
    assert "37 % sure" not in found.text
    assert "How “overfit” is found" in found.text
    assert "Overfits from" not in found.text.partition("Model by model")[0]
    assert "2 open" in found.text
    for said in ("803,329 parameters", "3,100 leaves"):
        assert said in found.text  # the unit below its number


def test_views_are_found_by_themselves_and_their_data_is_plain(study):
    """Views are found by looking into their folder: each is a package with a VIEW."""
    for kind in ("guide", "study"):
        for view in views_of(presentation_of(kind)):
            assert isinstance(view, View)
            assert (files(view.package) / "view.html.j2").is_file()
    data = page_data(study({"Tiny": GUIDE["Tiny"]}, kind="study", repeats=2, epochs=10))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert [section["name"] for section in data["sections"]][:3] == [
        "headline",
        "results",
        "curves",
    ]


BOTH = {
    "small": (MLP(8), ["models"]),
    "large": (MLP(64, 64), ["models"]),
    "dropout": (MLP(64, 64, dropout=0.5), ["models"]),
    "boosting": (HGB(), ["models"]),
    "few leaves": (HGB(max_leaf_nodes=4), ["models"]),
}


@pytest.mark.parametrize(
    "task", [BINARY, MULTICLASS.of(["cat", "dog", "<owl>"]), REGRESSION], ids=lambda one: one.kind
)
def test_learners_of_two_kinds_on_any_task(study, task):
    found = page(study(BOTH, kind="study", task=task, epochs=30))
    for said in (
        f"Validation {task.loss.words}",
        f"Validation {task.score.words}",
        "Best step",
        "best round",
        "max_leaf_nodes",
        f"{HGB().size(28, task).count:,}",
        "dense_2 (Dense)",
        "Models whose size is counted otherwise are left out",
    ):
        assert said.lower() in found.text.lower()
    others = {one.loss.words for one in (BINARY, MULTICLASS, REGRESSION)} - {task.loss.words}
    for words in others:
        assert words not in found.text.lower()
    told = {"binary": "Label 1", "multiclass": "<owl> on 33.3 %", "regression": "mean 152.10"}
    for kind, words in told.items():
        assert (words in found.text) == (kind == task.kind)
    assert not re.search(r"\d{12}", found.text.replace("0" * 64, ""))


@pytest.mark.parametrize("own", [None, 32])
def test_a_batch_size_of_its_own_is_said(study, own):
    text = page(study({"a": (MLP(4, batch_size=own), ["sizes"])}, epochs=20)).text
    assert ("uses 500 rows where a model has no batch size of its own" in text) == bool(own)


@pytest.mark.parametrize("longest", [1, 7, 200, 10_000])
@pytest.mark.parametrize("curves", [1, 42, 1_200, 30_000])
def test_bins_cover_every_epoch_within_the_budget(longest, curves):
    edges = bins(longest, points(curves)).tolist()
    assert edges[0] == 0
    assert edges[-1] == longest
    assert all(before < after for before, after in pairwise(edges))
    assert len(edges) - 1 <= max(BUDGET // curves, FEWEST) + 2


def test_binned_values_keep_the_mean():
    random = np.random.default_rng(0)
    values = random.normal(size=997)
    edges = bins(1_500, points(4_000)).tolist()
    found = binned(values, edges)
    widths = np.diff([edge for edge in edges if edge < 997] + [997])
    assert len(found) == len(widths)
    assert np.sum(found * widths) == pytest.approx(values.sum())


@pytest.mark.parametrize("keep", [0, 1])
def test_an_unfinished_study_has_a_page_too(study, keep):
    stored = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, epochs=5)
    results = Results(stored.results.models[:keep], stored.results.runs[:keep])
    write_results(stored.folder, results)
    kept = [run.model for run in results.runs]
    stored.histories.filter(stored.histories["model"].is_in(kept)).write_parquet(
        stored.folder.histories
    )
    assert "Not finished: " in page(read_study(stored.folder.path)).text


def test_before_the_first_finished_run_the_page_says_so(study):
    stored = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, epochs=5)
    stored.folder.results.unlink()
    stored.folder.histories.unlink()
    started = read_started(stored.folder.path)
    assert started.results == Results()
    assert started.histories.height == 0
    assert set(started.histories.columns) == set(stored.histories.columns)
    text = page(started).text
    assert "No run of this study has finished yet" in text
    assert "no finished run yet" in text


def test_of_as_many_sizes_of_two_units_those_of_the_first_model_are_compared():
    """Whatever the process hashes strings with: a page that is made again is the same."""
    networks = {"narrow": (MLP(8), ["models"]), "wide": (MLP(64), ["models"])}
    trees = {"few": (HGB(max_leaf_nodes=4), ["models"]), "many": (HGB(), ["models"])}
    for first, then in ((networks, trees), (trees, networks)):
        found = compared(document({**first, **then}, kind="study"))
        assert [entry.name for entry in found] == list(first)


def test_a_second_time_gives_the_same_page(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=5)
    write_report(stored)
    first = stored.folder.page.read_bytes()
    write_report(stored)
    assert stored.folder.page.read_bytes() == first
