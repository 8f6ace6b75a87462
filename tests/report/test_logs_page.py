"""The page of logs: what it shows, and that names in it stay names."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from logs.made_up_logs import csv_text, losses

from fitscope.api.diagnose import diagnose_paths
from fitscope.report.logs_page.write import logs_page
from fitscope.verdicts.many import Verdicts

TRAIN, VALIDATION = losses()


class Seen(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.ids, self.links = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []


def data_of(page):
    return json.loads(re.search(r'id="fitscope-data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "over.csv").write_text(csv_text({"loss": TRAIN, "val_loss": VALIDATION}))
    (tmp_path / "x<img src=a>.csv").write_text(csv_text({"loss": TRAIN, "val_loss": TRAIN}))
    (tmp_path / "alone.csv").write_text(csv_text({"epoch": range(60), "loss": TRAIN}))
    return tmp_path


def test_one_run(folder):
    (verdict,) = found = diagnose_paths([folder / "over.csv"])
    page = logs_page(found)
    seen = Seen(page)
    assert verdict.explanation.replace(" %", "\u00a0%") in page
    assert "`" not in "".join(re.findall(r"<p>.*?</p>", page)), "a page is no Markdown"
    assert all(advice in page for advice in verdict.advice)
    assert re.search(r"<h1>Overfit from epoch \d+ .*\d\u00a0% sure</h1>", page)
    (run,) = next(s for s in data_of(page)["sections"] if s["name"] == "runs")["data"]["runs"]
    assert (run["best"], run["onset"]) == (verdict.best_epoch, verdict.onset_epoch)
    np.testing.assert_allclose(run["validation"]["y"], VALIDATION, rtol=1e-5)
    assert len(seen.ids) == len(set(seen.ids))
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)
    assert not [link for link in seen.links if not link.startswith("#")], "nothing from outside"


def test_a_folder(folder):
    found = diagnose_paths([folder])
    page = logs_page(found)
    seen = Seen(page)
    assert "2 runs: 1\u00a0good, 1\u00a0overfit and 1\u00a0not\u00a0judged" in page
    assert [tag for tag, _ in seen.tags].count("img") == 0, "names are shown as they are"
    assert "x&lt;img src=a&gt;" in page
    assert "FS202" in page
    assert "FS206" in page, "what training alone tells"
    assert len([1 for tag, values in seen.tags if values.get("data-chart") == "run"]) == 2
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)


def test_nothing_judged(tmp_path):
    (tmp_path / "a.csv").write_text("")
    page = logs_page(diagnose_paths([tmp_path]))
    assert "Nothing could be judged" in page
    assert "an empty file" in page


def test_long_histories_and_many_runs_stay_small(tmp_path):
    epochs = np.arange(20_000)
    loss = 1 + np.exp(-epochs / 1000)
    (tmp_path / "long.csv").write_text(csv_text({"epoch": epochs, "loss": loss, "val_loss": loss}))
    (run,) = next(
        s for s in data_of(logs_page(diagnose_paths([tmp_path])))["sections"] if s["name"] == "runs"
    )["data"]["runs"]
    assert len(run["validation"]["x"]) <= 400
    assert run["log"]
    assert (run["validation"]["x"][0], run["validation"]["x"][-1]) == (0, 19_999)


def test_many_runs_are_in_the_table_and_folded_away_one_by_one(folder):
    found = diagnose_paths([folder / "over.csv"])
    noted = replace(found[0], evidence=replace(found[0].evidence, notes=("simulated rows.", "one")))
    other = replace(noted, evidence=replace(noted.evidence, notes=("simulated rows.",)))
    page = logs_page(Verdicts([noted, *[other] * 10]))
    assert page.count("Simulated rows.<") == 1, "said once, with one full stop"
    assert page.count(">One.<") == 1
    folded = '<details class="chapter" data-key="runs">'
    assert folded in page
    assert "11 runs, one by one" in page
    assert folded not in logs_page(Verdicts([noted, other]))
