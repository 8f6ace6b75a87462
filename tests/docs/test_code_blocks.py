"""Every code block of README.md and docs/ is run, page by page and from top to bottom.

- Python blocks, with and without `>>>`, share one namespace a page. What a block with `>>>` says
  it prints, it must print.
- `fitscope ...` lines of `sh` and `console` blocks are run in this process, in the page's folder.
  Those that serve until Ctrl-C, or change the reader's shell, are parsed: a wrong option fails.
- `make ...` lines must name a target that exists (`make -n`).
- Everything else must say why it is not run: `<!-- not run: reason -->` before the block. Its
  `fitscope ...` lines are parsed all the same.

All of it runs as it is written, but for three things: a study is made small on its way to training,
so is a file of simulated rows on its way to the disk, and an examination trains nothing. HIGGS'
rows are made up and come from a server of this test.
"""

import doctest
import functools
import gzip
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHELL = ("sh", "console", "bash")
SHOWN = ("", "text", "json", "csv", "html", "toml", "yaml")
SERVES = ("tensorboard", "watch")
CHANGES_THE_SHELL = ("--install-completion", "--show-completion")
COMMAND = re.compile(r"^\s*(\$ |fitscope |make |python3? |pip )", re.MULTILINE)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, its line, and why it is not run, if it says so."""

    language: str
    text: str
    line: int
    excuse: str | None


def blocks(page):
    found, excuse = [], None
    for token in MarkdownIt().parse(page.read_text()):
        if token.type == "fence" and not token.info.startswith("{"):
            language = token.info.split()[0] if token.info.strip() else ""
            found.append(Block(language, token.content, token.map[0] + 1, excuse))
        said = re.search(r"<!--\s*not run:\s*(.+?)\s*-->", token.content, re.DOTALL)
        excuse = said.group(1) if said and token.type == "html_block" else None
    return found


def commands(block):
    """The command lines of a shell block as words, without comments, pipes and redirections."""
    text = block.text.replace("\\\n", " ")
    for line in text.splitlines():
        if block.language == "yaml":  # of a workflow: its own commands alone
            line = line.strip() if line.strip().startswith("fitscope ") else ""
        if block.language == "console":
            if not line.startswith("$ "):
                continue
            line = line[2:]
        words = shlex.split(line, comments=True)
        for stop in ("|", ">", ">>", "&&"):
            words = words[: words.index(stop)] if stop in words else words
        if words:
            yield words


def test_every_block_is_run_or_says_why_not():
    for page in PAGES:
        for block in blocks(page):
            where = f"{page.relative_to(ROOT)}:{block.line}"
            assert block.language in ("python", *SHELL, *SHOWN), f"{where}: {block.language}?"
            if block.language in SHOWN:
                assert block.excuse or not COMMAND.search(block.text), (
                    f"{where}: a block with commands is sh or console, and run"
                )
            if block.language in (*SHELL, "yaml") and block.excuse:
                for words in commands(block):
                    if words[0] == "fitscope":
                        parse(words[1:], where)
            if block.language == "json":
                json.loads(block.text)
            if block.language == "python":
                assert "+SKIP" not in block.text, f"{where}: <!-- not run: reason --> instead"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Made-up rows in the published layout, on a server on this machine."""
    import polars as pl

    folder = tmp_path_factory.mktemp("served")
    random = np.random.default_rng(5)
    x = random.normal(size=(11_500, 28)).astype(np.float32)
    y = x[:, 0] * x[:, 1] + random.normal(size=len(x)) > 0
    table = pl.DataFrame(np.column_stack([y, x]))
    text = table.write_csv(include_header=False, float_precision=9)
    (folder / "HIGGS.csv.gz").write_bytes(gzip.compress(text.encode(), 1))

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/HIGGS.csv.gz", folder / "HIGGS.csv.gz"
        server.shutdown()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Where studies are kept that have been trained already."""
    return tmp_path_factory.mktemp("trained")


@pytest.fixture
def place(tmp_path, monkeypatch, address, shelf):
    """A reader's folder, with rows at hand and studies that take no time."""
    url, file = address
    (tmp_path / "HIGGS.csv.gz").symlink_to(file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FITSCOPE_HIGGS_URL", url)
    monkeypatch.setenv("FITSCOPE_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    small_studies(monkeypatch, shelf)
    drawn_examinations(monkeypatch)
    few_simulated_rows(monkeypatch)
    return tmp_path


def small_studies(monkeypatch, shelf):
    """Let every study train narrow networks for a few epochs on few rows; equal studies once."""
    from fitscope.study import execute
    from fitscope.study.folder import read_study
    from fitscope.study.training_folder import check_folder

    real = execute.execute

    def small(definition, path, *, resume=False, **options):
        definition = made_small(definition)
        known = [definition.models, definition.plan, definition.repeats, definition.seed]
        if definition.kind != "guide":  # the guide's rows are much alike
            known.append(definition.splits[0].fingerprint)
        stored = shelf / hashlib.sha256(repr(known).encode()).hexdigest()
        if resume and (path / "results.json").exists():
            return read_study(path)  # which other rows than the small ones would not fit
        check_folder(path, resume)
        if stored.exists():
            shutil.copytree(stored, path, dirs_exist_ok=True)
            return read_study(path)
        trained = real(definition, path, **options | {"jobs": 1})  # a worker starts for seconds
        shutil.copytree(path, stored)
        return trained

    monkeypatch.setattr(execute, "execute", small)


def drawn_examinations(monkeypatch):
    """Let an examination leave a folder like any other, of a network that was never trained."""
    from serving.made_up import drawn

    from fitscope.examination import run
    from fitscope.examination.rows import prepare_table
    from fitscope.study.folder import read_study

    def examination(options, folder, *, given=None, **_):
        return read_study(drawn(folder, prepare_table(options, given)))

    monkeypatch.setattr(run, "run_examination", examination)


def few_simulated_rows(monkeypatch):
    """Let files of simulated rows hold few of them."""
    from fitscope.higgs import simulated_file

    real = simulated_file.write_simulated
    few = lambda rows, *rest, **named: real(min(rows, 1_000), *rest, **named)  # noqa: E731
    monkeypatch.setattr(simulated_file, "write_simulated", few)


def made_small(definition):
    (split,), plan = definition.splits, definition.plan
    rows = {
        name: getattr(split, name)[: 150 if "validation" in name else 200]
        for name in ("x_train", "y_train", "x_validation", "y_validation")
    }
    models = {name: (narrow(model), to) for name, (model, to) in definition.models.items()}
    few = {"max_epochs": min(plan.max_epochs, 12), "batch_size": min(plan.batch_size, 100)}
    return replace(
        definition,
        splits=(replace(split, **rows, checked=True),),
        plan=replace(plan, **few),
        models=models,
        repeats=1,
    )


def narrow(model):
    from fitscope.learners.hgb import HGB
    from fitscope.learners.mlp.network import MLP

    if isinstance(model, HGB):
        return replace(model, max_iter=min(model.max_iter, 12))
    if not isinstance(model, MLP):
        return model
    rest = {name: value for name, value in model.as_dict().items() if name != "hidden"}
    return MLP(*[min(units, 8) for units in model.hidden[:2]], **rest)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_blocks(page, place, monkeypatch, capsys):
    runnable = [b for b in blocks(page) if b.language in ("python", *SHELL) and not b.excuse]
    namespace = {"__name__": "__main__"}
    for block in runnable:
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.language == "python":
            run_python(block, namespace, where)
            continue
        for words in commands(block):
            run_command(words, place, where, monkeypatch, capsys)


def run_python(block, namespace, where):
    if ">>>" not in block.text:
        exec(compile(block.text, where, "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(block.text, {}, where, where, 0)
    test.globs = namespace
    said = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append, clear_globs=False)
    assert outcome.failed == 0, "".join(said)


def run_command(words, place, where, monkeypatch, capsys):
    line = shlex.join(words)
    if words[0] == "make":
        checked = subprocess.run(
            ["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, f"{where}: {line}: {checked.stderr}"
        return
    assert words[0] == "fitscope", f"{where}: {line}: say <!-- not run: reason --> before it"
    if words[1] in CHANGES_THE_SHELL:
        return
    if words[1] in SERVES:
        parse(words[1:], where)
        return
    if "--data" in words and words[words.index("--data") + 1].endswith(".csv.gz"):
        named = place / words[words.index("--data") + 1]
        if not named.exists():
            named.symlink_to(place / "HIGGS.csv.gz")
    status, said = call(words, monkeypatch, capsys)
    assert status == 0, f"{where}: {line}: {said}"


def call(words, monkeypatch, capsys):
    from fitscope.cli import main as cli

    monkeypatch.setattr(sys, "argv", words)
    capsys.readouterr()
    try:
        cli.main()
        status = 0
    except SystemExit as end:
        status = end.code or 0
    return status, capsys.readouterr().err


def parse(words, where):
    """Let the command line read the words without doing what they say; a wrong one fails."""
    import click

    from fitscope.cli.main import app

    group = app
    try:
        context = group.make_context("fitscope", list(words))
        while hasattr(group, "commands"):
            name, group, words = group.resolve_command(context, list(words))
            context = group.make_context(name, list(words), parent=context)
    except click.UsageError as error:
        raise AssertionError(f"{where}: {error.format_message()}") from error


def test_a_wrong_option_would_be_found():
    with pytest.raises(AssertionError, match="No such option"):
        parse(["tensorboard", "runs/guide", "--colour", "red"], "here")
