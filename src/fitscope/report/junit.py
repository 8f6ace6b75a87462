"""Verdicts as JUnit's XML, which every system of continuous integration shows."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as xml

from fitscope.report.words import shown
from fitscope.verdicts.failing import FailOn, failures
from fitscope.verdicts.many import Unread, Verdicts
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import check_words, headline, paragraph

LONGEST = 4_000  # signs of a text


def junit(found: Verdicts, wanted: FailOn) -> str:
    """One test case a source: failed by what `--fail-on` names, an error where nothing was read.

    Args:
        found: the verdicts, and what could not be judged.
        wanted: what is not to be found.
    """
    cases = [_case(one, failures(one, wanted)) for one in (*found, *found.unread)]
    suite = xml.Element(
        "testsuite",
        name="fitscope diagnose",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
    )
    suite.extend(cases)
    suites = xml.Element("testsuites")
    suites.append(suite)
    xml.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml.tostring(suites, encoding="unicode")}\n'


def _case(one: Verdict | Unread, failed: Sequence[str]) -> xml.Element:
    case = xml.Element("testcase", classname="fitscope", name=shown(one.source, LONGEST))
    said = f"not judged: {one.error}" if isinstance(one, Unread) else headline(one)
    text = "\n".join(map(check_words, one.checks)) if isinstance(one, Unread) else paragraph(one)
    if failed:
        message = f"{said}; found: {', '.join(failed)}"
        part = xml.SubElement(case, "failure", message=_plain(message), type=failed[0])
    elif isinstance(one, Unread):
        part = xml.SubElement(case, "error", message=_plain(said), type="unread")
    else:
        part = xml.SubElement(case, "system-out")
    part.text = "\n".join(map(_plain, text.splitlines()))
    return case


def _plain(line: str) -> str:
    """One line without signs that XML cannot hold."""
    return shown(line, LONGEST)
