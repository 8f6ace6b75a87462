"""The site builds without a warning, asks nobody for anything, and leaves nothing public out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import fitscope
from fitscope.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
FETCHED = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["'](?:https?:)?//""")
LINKED = re.compile(r"""<link\b(?![^>]*rel=["']canonical)[^>]*\bhref=["'](?:https?:)?//""")
STYLED = re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//""")

# Furo draws the navigation anew for each page, which takes as long as reading all of them; it
# holds nothing but links between pages.
BUILD = """
import sys, furo
from sphinx.cmd.build import main
furo._compute_navigation_tree = lambda context: ""
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; a warning is an error, as in `make docs`."""
    folder = tmp_path_factory.mktemp("site")
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    words = ["-W", "--keep-going", "-q", "-E", "-b", "html"]
    words += ["-d", str(folder / "doctrees"), str(ROOT / "docs")]
    built = subprocess.run(
        [sys.executable, "-c", BUILD, *words, str(folder / "html")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder / "html"


def test_no_page_fetches_anything(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        text = page.read_text()
        assert not FETCHED.search(text), f"{page.name}: {FETCHED.search(text)}"
        assert not LINKED.search(text), f"{page.name}: {LINKED.search(text)}"
    for style in site.rglob("*.css"):
        assert not STYLED.search(style.read_text()), style.name


def test_every_command_is_described(site):
    text = re.sub("<[^>]+>", "", (site / "commands.html").read_text())

    def names(command, name):
        if isinstance(command, click.Group):
            context = click.Context(command)
            for part in command.list_commands(context):
                yield f"{name} {part}"
                yield from names(command.get_command(context, part), f"{name} {part}")

    described = list(names(app, "fitscope"))
    assert len(described) > 6
    assert [name for name in described if f"{name}¶" not in text] == []
    assert "--patience" in text


def test_everything_public_is_described(site):
    text = (site / "reference.html").read_text()
    for name in set(fitscope.__all__) - {
        "__version__",
        "callbacks",
        "datasets",
        "sklearn",
        "stopping",
    }:
        assert f'id="fitscope.{name}"' in text, f"{name} is missing in docs/reference.md"
    callbacks = [f"callbacks.{name}" for name in fitscope.callbacks.__all__]
    estimators = [f"sklearn.{name}" for name in fitscope.sklearn.__all__]
    for name in (
        *callbacks,
        *estimators,
        "datasets.higgs",
        "datasets.simulated_higgs",
        "stopping.EvidenceStopping",
    ):
        assert f'id="fitscope.{name}"' in text
