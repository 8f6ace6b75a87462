"""Time fitscope beside TensorFlow, Keras on JAX and PyTorch on the guide's work.

    make bench                                    everything, in hours; writes benchmarks/README.md
    python benchmarks/run.py --quick              fewer rounds; prints the page
    python benchmarks/run.py --only fitscope,tf.keras    some of it; prints the page

The others live in an environment of their own (.bench), which is made if it is not there.
Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import environment
import page
import startup
from guide import FEATURES, MODELS, TRAIN, VALIDATION
from race import Contestant, race

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ROWS = ROOT.parent / "shared" / "data" / "HIGGS-11k.csv.gz"
TRAINERS = {
    "fitscope": page.FITSCOPE,
    "fitscope-bfloat16": page.FITSCOPE_HALF,
    "tf.keras": page.TF_KERAS,
    "keras-jax": page.KERAS_JAX,
    "torch": page.TORCH,
    "torch-bfloat16": page.TORCH_HALF,
    "torch-tuned": page.TORCH_TUNED,
    "products": page.PRODUCTS,
}
PARTS = (*TRAINERS, "repeats", "reading", "startup", "tables", "watching")
OURS = {"fitscope", "fitscope-bfloat16", "products"}
PEERS = set(TRAINERS) - OURS | {"reading"}


def main() -> None:
    options = parse()
    wanted = options.only or PARTS
    busy = environment.load()
    if busy > 0.5:
        say(f"other programs run here (load {busy:.1f}): the figures will be noisy")
    ours = options.fitscope_python or str(ROOT / ".venv" / "bin" / "python")
    if not Path(ours).exists():
        sys.exit(f"{ours}: not there; run make bench, or name another by --fitscope-python")
    theirs = options.peers_python or ""
    if not theirs and PEERS & set(wanted):
        jax = "from importlib.metadata import version; print(version('jax'))"
        theirs = environment.build_peers(ROOT / ".bench", ask(ours, "-c", jax).strip())
    with tempfile.TemporaryDirectory() as folder:
        rows, described = choose_rows(options.data, Path(folder))
        figures = page.Figures(about(described, busy, options.quick))
        contestants = line_up(wanted, ours, theirs, rows)
        if contestants:
            rounds, epochs, seconds = (2, 2, 0.2) if options.quick else (5, 5, 0.5)
            times = race(contestants, list(MODELS), rounds, epochs, seconds, say)
            figures.times = times
            timed = rounds * epochs
            figures.about["timed"] = f"{rounds} rounds, {timed} epochs of each model or more"
            figures.about["versions"] = ", ".join(f"{k} {v}" for k, v in times.versions.items())
            if times.failures:
                reasons = (f"{name} ({reason})" for name, reason in times.failures.items())
                figures.about["dropped out"] = "; ".join(reasons)
        if "repeats" in wanted:
            rounds, epochs = ("1", "300") if options.quick else ("3", "2000")
            say("8 repeats of Tiny against 1")
            printed = ask(ours, HERE / "repeats.py", rows, rounds, epochs)
            figures.repeats = [json.loads(line) for line in printed.splitlines()]
        if "reading" in wanted:
            size = ["--rows", "30000", "--rounds", "2"] if options.quick else []
            say("reading gzip CSV")
            figures.reading = ask(ours, HERE / "reading.py", "--peers", theirs, *size)
        if "startup" in wanted:
            say("starting fresh processes")
            figures.startup = startup.measure(ours, 5 if options.quick else 15)
        if "tables" in wanted:
            say("models of real tables: an examination, scikit-learn's and RealMLP")
            size = (
                ["--splits", "1", "--tables", "Chile", "--budget", "60s"] if options.quick else []
            )
            figures.tables = ask(ours, HERE / "tables.py", *size)
        if "watching" in wanted:
            say("boosting and Keras' own models under the instrument")
            size = ["--rounds", "1"] if options.quick else []
            parts = [ask(ours, HERE / "boosting.py"), ask(ours, HERE / "keras_own.py", *size)]
            figures.watching = "\n\n".join(part.strip() for part in parts)

    text = page.page(figures)
    if options.quick or options.only:
        print("\n" + text)
    else:
        (HERE / "README.md").write_text(text, encoding="utf-8")
        print(f"\n{text}\nwritten to {HERE / 'README.md'}")
    if figures.times.failures:
        sys.exit("dropped out: " + ", ".join(figures.times.failures))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, coarser figures")
    parser.add_argument("--only", type=names, help=f"comma-separated, of {', '.join(PARTS)}")
    parser.add_argument("--data", type=Path, help="gzip CSV in the published HIGGS layout")
    parser.add_argument(
        "--fitscope-python",
        default=os.environ.get("BENCH_FITSCOPE_PYTHON"),
        help="interpreter that has fitscope (or BENCH_FITSCOPE_PYTHON); .venv's if left out",
    )
    parser.add_argument(
        "--peers-python",
        default=os.environ.get("BENCH_PEERS_PYTHON"),
        help="interpreter that has the others (or BENCH_PEERS_PYTHON); .bench's if left out",
    )
    return parser.parse_args()


def names(text: str) -> list[str]:
    chosen = [name.strip() for name in text.split(",")]
    for name in chosen:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(PARTS)}")
    return chosen


def choose_rows(wanted: Path | None, folder: Path) -> tuple[str, str]:
    """The file to train on and what it is; rows are generated if there is no file."""
    if wanted is not None and not wanted.is_file():
        sys.exit(f"{wanted}: no such file; leave --data out to train on generated rows")
    file = wanted or (ROWS if ROWS.is_file() else None)
    if file is not None:
        return str(file.resolve()), f"the first {VALIDATION + TRAIN:,} of {file.name}"
    path = folder / "rows.csv.gz"
    draw = random.Random(0)
    with gzip.open(path, "wt", compresslevel=1) as stream:
        for _ in range(VALIDATION + TRAIN):
            values = [draw.choice((0.0, 1.0)), *(draw.gauss(0, 1) for _ in range(FEATURES))]
            stream.write(",".join(f"{value:.18e}" for value in values) + "\n")
    return str(path), "simulated noise: good for times, says nothing about scores"


def about(rows: str, busy: float, quick: bool) -> dict[str, str]:
    """What the figures depend on."""
    options = sys.argv[1:]
    command = shlex.join(["python", "benchmarks/run.py", *options]) if options else "make bench"
    return {
        "date": datetime.date.today().isoformat(),
        "command": f"`{command}`" + (" (quick: coarse figures)" if quick else ""),
        **environment.machine(),
        "load before": f"{busy:.2f}",
        "rows": rows,
    }


def line_up(wanted: Sequence[str], ours: str, theirs: str, rows: str) -> list[Contestant]:
    """The contestants of the training race, each with the environment of its processes."""
    fixed = ("NPROC", "OMP_NUM_THREADS", "XLA_FLAGS", "KERAS_BACKEND")
    base = {name: value for name, value in os.environ.items() if name not in fixed}
    base |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "2"}
    alike = dict.fromkeys(MODELS, base)
    commands = {
        "tf.keras": [theirs, "tf_keras.py", rows],
        "keras-jax": [theirs, "keras_jax.py", rows],
        "torch": [theirs, "torch_eager.py", rows, "float32"],
        "torch-bfloat16": [theirs, "torch_eager.py", rows, "bfloat16"],
        "torch-tuned": [theirs, "torch_tuned.py", rows],
    }
    lined = {name: Contestant(TRAINERS[name], command, alike) for name, command in commands.items()}
    if OURS & set(wanted):
        workers = json.loads(ask(ours, HERE / "fitscope_engine.py", "environments"))
        own = {model: base | variables for model, variables in workers.items()}
        for name, script, models in (
            ("fitscope", ["fitscope_engine.py", rows, "float32"], list(MODELS)),
            ("fitscope-bfloat16", ["fitscope_engine.py", rows, "bfloat16"], list(MODELS)),
            ("products", ["products.py", rows], ["Large"]),
        ):
            environments = {model: own[model] for model in models}
            lined[name] = Contestant(TRAINERS[name], [ours, *script], environments)
    return [lined[name] for name in TRAINERS if name in wanted]


def ask(*command: str | Path) -> str:
    """What a program prints on standard output."""
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{shlex.join(map(str, command))}: ended with status {done.returncode}")
    return done.stdout


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
