"""`fitscope diagnose` in continuous integration: statuses, JSON schema, JUnit, Markdown."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from logs.made_up_logs import csv_text, losses
from markdown_it import MarkdownIt

from fitscope.api.schema import json_schema
from fitscope.verdicts.check import CODES

TRAIN, VALIDATION = losses()
ROOT = Path(__file__).parents[2]


@pytest.fixture
def call(call):
    return lambda *words: call("diagnose", *words)


@pytest.fixture
def runs(tmp_path):
    """An overfit run, a good one that validates on its training rows, one of training alone."""
    folder = tmp_path / "runs"
    folder.mkdir()
    both = TRAIN
    (folder / "over.csv").write_text(csv_text({"loss": TRAIN, "val_loss": VALIDATION}))
    (folder / "same|<b>.csv").write_text(csv_text({"loss": both, "val_loss": both}))
    (folder / "alone.csv").write_text(csv_text({"epoch": range(60), "loss": TRAIN}))
    return folder


@pytest.mark.parametrize(
    ("wanted", "status", "named"),
    [
        ("overfit", 3, "over.csv (overfit)"),
        ("unstable,underfit", 0, None),
        ("FS202", 3, "same|<b>.csv (FS202)"),
        ("fs2xx", 3, "alone.csv (FS206)"),
        ("FS1xx, too-few", 0, None),
        ("unread", 3, "alone.csv (unread)"),
        ("overfit,FS202", 3, "over.csv (overfit), "),
    ],
)
def test_fail_on(wanted, status, named, call, runs):
    ended, _, error = call(runs, "--fail-on", wanted)
    assert ended == status
    last = error.splitlines()[-1]
    assert ("--fail-on" in last) == bool(status)
    assert named is None or named in last


def test_an_unknown_word_is_an_error_of_one_line(call, runs):
    status, printed, error = call(runs, "--fail-on", "overfitt")
    assert (status, printed, error.count("\n")) == (2, "", 1)
    assert "overfitt" in error


@pytest.mark.parametrize("code", ["FS299", "FS3xx"])
def test_a_code_that_no_check_has_would_never_fail(code, call, runs):
    status, printed, error = call(runs, "--fail-on", code)
    assert (status, printed) == (2, "")
    assert f"--fail-on {code}: there is no check of this code" in error


def test_every_code_has_a_page():
    pages = {page.stem.upper() for page in (ROOT / "docs" / "checks").glob("fs*.md")}
    assert pages == set(CODES)


def test_files_are_written_although_nobody_reads_what_is_printed(runs, tmp_path):
    """`fitscope diagnose ... | head -1` closes what is printed to."""
    page, xml = tmp_path / "new" / "page.html", tmp_path / "tests.xml"
    command = [sys.executable, "-m", "fitscope.cli.main", "diagnose", str(runs)]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        options = ["--page", str(page), "--junit", str(xml)]
        subprocess.run([*command, *options], stdout=closed, check=False)
    assert page.exists()
    assert xml.exists()


def test_an_open_verdict_fails_nothing():
    from dataclasses import replace

    import fitscope as fs
    from fitscope.verdicts.failing import FailOn, failures

    verdict = fs.diagnose({"loss": TRAIN, "val_loss": VALIDATION})
    wanted = FailOn.parse("overfit")
    assert failures(verdict, wanted) == ("overfit",)
    assert failures(replace(verdict, confidence=0.4), wanted) == ()


def test_the_document_suits_its_published_schema(call, runs):
    schema = json.loads((ROOT / "docs" / "diagnose.schema.json").read_text())
    assert schema == json_schema(), "run: make schema"
    Draft202012Validator.check_schema(schema)
    document = json.loads(call(runs, "--json")[1])
    assert len(document) == 3
    Draft202012Validator(schema).validate(document)
    del document[0]["verdict"]
    assert not Draft202012Validator(schema).is_valid(document)


def test_status_3_does_not_spoil_the_document(call, runs):
    status, printed, _ = call(runs, "--json", "--fail-on", "overfit")
    assert (status, len(json.loads(printed))) == (3, 3)


def test_junit(call, runs, tmp_path):
    file = tmp_path / "build" / "junit.xml"
    assert call(runs, "--junit", file, "--fail-on", "overfit,FS202")[0] == 3
    suite = ElementTree.parse(file).getroot().find("testsuite")
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["3", "2", "1"]
    cases = {case.get("name").rpartition("/")[2]: case for case in suite}
    assert cases["over.csv"].find("failure").get("message").endswith("found: overfit")
    assert "rose" in cases["over.csv"].find("failure").text
    assert cases["same|<b>.csv"].find("failure").get("type") == "FS202"
    assert "training only" in cases["alone.csv"].find("error").get("message")
    assert call(runs, "--junit", file)[0] == 0
    suite = ElementTree.parse(file).getroot().find("testsuite")
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")


def test_junit_of_names_that_xml_cannot_hold(call, tmp_path):
    log = tmp_path / "a\x1b[0m\x02.csv"
    log.write_text(csv_text({"loss": TRAIN, "val_loss": VALIDATION}))
    call(log, "--junit", tmp_path / "j.xml")
    assert ElementTree.parse(tmp_path / "j.xml").getroot().find("testsuite").get("tests") == "1"


def test_markdown(call, runs):
    status, printed, error = call(runs, "--markdown", "--fail-on", "overfit")
    assert status == 3
    assert printed.startswith("**fitscope: 1 good, 1 overfit and 1 not judged; 1 of 3 fail**")
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(printed)
    assert html.count("<tr>") == 3, "a heading and a line each"
    assert html.index("over.csv") < html.index("same|"), "what fails comes first"
    assert "<b>" not in html
    assert html.count("<details>") == html.count("</details>") == 2
    assert "FS202" in html
    assert error.splitlines() == [f"fitscope: --fail-on: {runs / 'over.csv'} (overfit)"]


def test_one_document_at_a_time(call, runs):
    status, printed, error = call(runs, "--json", "--markdown")
    assert (status, printed, error.count("\n")) == (2, "", 1)


def test_checks_are_shown_with_and_without_a_verdict(call, runs):
    printed = " ".join(call(runs)[1].split())
    assert "FS202 (problem): Training and validation are the same to the last digit." in printed
    assert "FS206 (note): Training alone was logged." in printed
    assert np.all([word in printed for word in ("Found beside it:", "no verdict")])


def test_while_a_log_is_watched_standard_output_holds_the_document_alone(call, runs):
    options = ("--watch", "--json", "--fail-on", "overfit")
    status, printed, error = call(runs / "over.csv", *options)
    assert status == 3
    assert json.loads(printed)[0]["verdict"] == "overfit"
    assert ": overfit from epoch" in error.splitlines()[0]
