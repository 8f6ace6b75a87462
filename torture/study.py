"""A study folder damaged or edited: right, or refused in a line; never a changed verdict unsaid."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from torture.mutate import edit, spoil
from torture.pen import Case, called, wrong

TEXT = (
    "guide --data simulated --rows 300 --validation 200 --models Tiny,8 --repeats 2 "
    "--max-epochs 25 --batch-size 100"
)
WORDS = TEXT.split()
DRAWN = ("figures", "tensorboard", "report.html", ".lock")


def attempt(case: Case, folder: Path) -> str:
    """Damage a file of a study, and look at the study in one way or another."""
    random = Random(case["number"])
    study = folder / "study"
    shutil.copytree(whole(), study)
    files = sorted(p for p in study.rglob("*") if p.is_file() and p.name not in DRAWN)
    texts = [file for file in files if file.suffix == ".json"]
    meant = random.random() < 0.4  # an edit by somebody who has removed the checksums
    file = random.choice(texts if meant else files)
    if meant:
        (study / "SHA256SUMS").unlink()
        file.write_text(json.dumps(edit(json.loads(file.read_text()), random)))
    elif random.random() < 0.1:
        file.unlink()
    elif file.suffix == ".json" and random.random() < 0.5:
        file.write_text(json.dumps(edit(json.loads(file.read_text()), random)))
    else:
        file.write_bytes(spoil(file.read_bytes(), random))
    before = _outside(folder)
    what = random.choice(["report", "diagnose", "export", "page"])
    status, out, err = called(lambda: _look(what, study))
    where = f"{'edited' if meant else 'damaged'} {file.relative_to(study)}, {what}: "
    if found := wrong(status, out, err):
        return where + found
    if _outside(folder) != before:
        return where + "something was written outside of the folder"
    if not meant and status == 0 and not err and (said := _changed(study)):
        return where + said
    return ""


def _look(what: str, study: Path) -> int:
    from fitscope.cli.main import main

    if what == "page":
        from fitscope.errors import UserError
        from fitscope.report.live_page import PageServer

        with PageServer(study, 0) as server:
            try:
                server.page()
                server.news()
            except UserError as error:
                print(error, file=sys.stderr)
                return 2
        return 0
    words = {
        "report": ["report", str(study)],
        "diagnose": ["diagnose", str(study), "--json"],
        "export": ["export", str(study), "--histories", str(study.parent / "out.csv")],
    }
    sys.argv = ["fitscope", *words[what]]
    main()
    return 0


def _outside(folder: Path) -> set[str]:
    found = {str(path) for path in folder.iterdir() if path.name not in ("study", "out.csv")}
    return found | {str(path) for path in Path("/tmp").glob("up*")}


def _changed(study: Path) -> str:
    """Whether what results.json says is another verdict than that of the whole study."""
    try:
        mine = json.loads((study / "results.json").read_bytes())
    except (OSError, ValueError):
        return "results.json is damaged, and nothing was said"
    theirs = json.loads((whole() / "results.json").read_bytes())
    return "" if mine == theirs else "a verdict has changed, and nothing was said"


@cache
def whole() -> Path:
    """A small study, trained once for this process."""
    from fitscope.cli.main import main

    folder = Path(tempfile.mkdtemp(prefix="torture-whole-")) / "study"
    sys.argv = ["fitscope", *WORDS, "--out", str(folder)]
    status, _, err = called(main)
    assert status == 0, err
    shutil.rmtree(folder / "figures")
    return folder
