"""report.html: complete, self-contained, and safe whatever models are called."""

import json
import re
from html.parser import HTMLParser

import pytest
from report.made_up import GUIDE

from fitscope.report.rebuild import write_report
from fitscope.study.folder import read_study

NASTY = {
    "<script>alert(\"1\")</script> & 'quotes'": (GUIDE["Tiny"][0], ["one"]),
    "</svg><img src=x onerror=alert(1)>": (GUIDE["Large"][0], ["one"]),
    "{{ 7 * 7 }} url(#a) #1b1f24": (GUIDE["L2"][0], ["one"]),
}
VOID = {"meta", "br", "img", "input", "link"}


class Page(HTMLParser):
    """Elements, their attributes and all text of a page; checks that tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
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
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(stored) -> Page:
    write_report(stored)
    return Page(stored.folder.page.read_text(encoding="utf-8"))


def test_the_page_of_the_guide(study):
    stored = study(repeats=3, epochs=40, quick=True)
    found = page(stored)
    drawings = [attributes for tag, attributes in found.found if tag == "svg"]
    assert len(drawings) == 7
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert len(drawing["aria-label"] or "") > 20
        assert drawing["viewbox"]
    ids = [attributes["id"] for _, attributes in found.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in found.found:
        for value in (attributes.get("xlink:href"), attributes.get("clip-path")):
            if value is not None:
                assert value.strip("url()").removeprefix("#") in ids
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
    ):
        assert said in found.text


def test_the_page_needs_no_network(study):
    found = page(study({"Tiny": GUIDE["Tiny"]}))
    assert not {tag for tag, _ in found.found} & {"script", "link", "img", "iframe", "object"}
    for tag, attributes in found.found:
        for name, value in attributes.items():
            if not name.startswith("xmlns"):
                assert "//" not in (value or ""), (tag, name, value)
    assert not re.search(r"url\((?!#)|@import", found.text)


def test_names_cannot_break_the_page(study):
    found = page(study(NASTY, kind="study", epochs=10))
    assert not {tag for tag, _ in found.found} & {"script", "img", "b"}
    assert not any(name.startswith("on") for _, attributes in found.found for name in attributes)
    assert "<script>alert(\"1\")</script> & 'quotes'" in found.text
    assert "{{ 7 * 7 }} url(#a) #1b1f24" in found.text


def test_measured_rows_of_the_full_protocol_need_no_notice(study):
    text = page(study({"Tiny": GUIDE["Tiny"]}, simulated=False)).text
    assert "imulated" not in text.replace("--data simulated", "")
    assert "Quick" not in text
    assert "lowest" not in text  # one model is not compared with anything


@pytest.mark.parametrize("keep", [0, 1])
def test_an_unfinished_study_has_a_page_too(study, keep):
    stored = study({"Tiny": GUIDE["Tiny"], "Large": GUIDE["Large"]}, epochs=5)
    results = stored.results
    results["models"], results["runs"] = results["models"][:keep], results["runs"][:keep]
    stored.folder.results.write_text(json.dumps(results))
    kept = [run["model"] for run in results["runs"]]
    stored.histories.filter(stored.histories["model"].is_in(kept)).write_parquet(
        stored.folder.histories
    )
    assert "not finished: " in page(read_study(stored.folder.path)).text


def test_a_second_time_gives_the_same_page(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=5)
    write_report(stored)
    first = stored.folder.page.read_bytes()
    write_report(stored)
    assert stored.folder.page.read_bytes() == first
