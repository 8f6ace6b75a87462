"""fitscope on a GPU: the guide with repeats in float32 and bfloat16, its epochs, an examination.

    python benchmarks/gpu.py [--minutes 9] [--repeats 5] [--cpu-models all] [--out gpu.json]
    python benchmarks/gpu.py --device cpu --repeats 2 --max-epochs 3 --rows 2000     a rehearsal

Any interpreter that has fitscope and JAX with its GPU support will do. Parts come one after
another, each in processes of its own and within the minutes that are left; one that fails is told
and leaves the others. Rows are simulated collisions, so verdicts and losses mean something. What is
found is printed as tables and kept as JSON, part by part.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gpu_tables

HERE = Path(__file__).resolve().parent
PRECISIONS = ("float32", "bfloat16")


def main() -> int:
    wanted = parse()
    until = time.monotonic() + 60 * wanted.minutes
    found: dict[str, Any] = {"command": " ".join(["python", *sys.argv]), "parts": {}}
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(wanted, Path(scratch), until)
        for name, part in parts(bench).items():
            if wanted.only and name not in wanted.only:
                continue
            began = time.monotonic()
            try:
                result = part()
            except Exception as error:  # whatever it is, the other parts go on
                result = {"failed": f"{type(error).__name__}: {error}"}
            found["parts"][name] = {**result, "took": round(time.monotonic() - began, 1)}
            wanted.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
            print(f"[{name}: {found['parts'][name]['took']} s]", flush=True)
            print(gpu_tables.table(name, found["parts"][name]), flush=True)
    print(gpu_tables.verdicts(found["parts"]), f"written to {wanted.out}", sep="\n")
    return int(any("failed" in part for part in found["parts"].values()))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=9.0, help="when to end, at the latest")
    parser.add_argument("--repeats", type=int, default=5, help="runs a model of the guide")
    parser.add_argument("--data", default="simulated:7", help="rows, as fitscope guide takes them")
    parser.add_argument("--rows", type=int, default=10_000, help="training rows")
    parser.add_argument("--max-epochs", type=int, default=10_000, help="most epochs")
    parser.add_argument("--device", default="gpu", choices=("gpu", "cpu"), help="cpu to rehearse")
    parser.add_argument(
        "--cpu-models", default="tiny,small,medium", help="the guide's on the processor, or all"
    )
    parser.add_argument("--cpu-repeats", type=int, help="runs a model there (--repeats)")
    parser.add_argument("--only", type=lambda text: text.split(","), help="some of the parts")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"), help="the JSON file")
    return parser.parse_args()


def parts(bench: Bench) -> dict[str, Callable[[], dict[str, Any]]]:
    """Name to what is measured, what matters most first."""

    def of(part: Callable[..., dict[str, Any]], *given: str) -> Callable[[], dict[str, Any]]:
        return lambda: part(*given)

    return {
        "machine": bench.machine,
        **{f"guide {each} cold": of(bench.guide, each, "cold") for each in PRECISIONS},
        "population losses": bench.losses,
        "guide on the processor": bench.guide_on_cpu,
        **{f"epochs {each}": of(bench.worker, "epochs", each) for each in PRECISIONS},
        "same numbers": of(bench.worker, "same"),
        "examination": bench.examination,
        **{f"guide {each} warm": of(bench.guide, each, "warm") for each in PRECISIONS},
    }


class Bench:
    """What the parts share.

    Args:
        wanted: the options.
        scratch: an empty folder.
        until: when all ends, as `time.monotonic` counts.
    """

    def __init__(self, wanted: argparse.Namespace, scratch: Path, until: float) -> None:
        self.wanted, self.scratch, self.until = wanted, scratch, until

    def machine(self) -> dict[str, Any]:
        """Processor, GPU and versions."""
        asked = "name,driver_version,memory.total"
        gpu = None
        if shutil.which("nvidia-smi"):
            gpu = run(["nvidia-smi", f"--query-gpu={asked}", "--format=csv,noheader"], 60).strip()
        versions = (
            "import json, jax, jaxlib, numpy; print(json.dumps({'jax': jax.__version__, "
            "'jaxlib': jaxlib.__version__, 'numpy': numpy.__version__, "
            "'devices': [str(d) for d in jax.devices()]}))"
        )
        told = json.loads(run([sys.executable, "-c", versions], self.left()).splitlines()[-1])
        told["python"] = platform.python_version()
        return {"gpu": gpu, "cores": len(os.sched_getaffinity(0)), **told}

    def guide(self, precision: str, state: str) -> dict[str, Any]:
        """The whole command, into a new folder; warm finds its programs compiled."""
        folder = self.scratch / f"{precision}-{state}"
        options = ["--repeats", str(self.wanted.repeats), "--device", self.wanted.device]
        return self._guide([*options, "--precision", precision], folder, self._programs(precision))

    def guide_on_cpu(self) -> dict[str, Any]:
        """The same in float32 on this machine's processor."""
        wanted = self.wanted
        options = ["--device", "cpu", "--repeats", str(wanted.cpu_repeats or wanted.repeats)]
        if wanted.cpu_models != "all":
            options += ["--models", wanted.cpu_models]
        return self._guide(options, self.scratch / "cpu", {})

    def _programs(self, precision: str) -> dict[str, str]:
        """A folder for what is compiled, the same for all that train in this precision."""
        from fitscope.study.device import shared_programs

        return shared_programs(self.scratch / f"programs-{precision}")

    def _guide(
        self, options: Sequence[str], folder: Path, variables: Mapping[str, str]
    ) -> dict[str, Any]:
        wanted = self.wanted
        command = [sys.executable, "-m", "fitscope.cli.entry", "guide", "--data", wanted.data]
        command += ["--rows", str(wanted.rows), "--max-epochs", str(wanted.max_epochs)]
        began = time.perf_counter()
        run([*command, *options, "--out", str(folder)], self.left(), variables)
        wall = time.perf_counter() - began
        results = json.loads((folder / "results.json").read_text("utf-8"))
        document = json.loads((folder / "study.json").read_text("utf-8"))
        models = {one["name"]: gpu_tables.model(one, results["runs"]) for one in results["models"]}
        return {
            "wall": wall,
            "trained in": document["precision"],
            "device": document["device"],
            "repeats": document["repeats"],
            "models": models,
        }

    def losses(self) -> dict[str, Any]:
        """What the two guides' models lose on other rows of the same population."""
        folders = [self.scratch / f"{precision}-cold" for precision in PRECISIONS]
        if missing := [folder.name for folder in folders if not (folder / "results.json").exists()]:
            raise FileNotFoundError(f"no study {missing[0]}")
        script = HERE / "precision_losses.py"
        told = run([sys.executable, str(script), *map(str, folders)], self.left())
        return json.loads(told.splitlines()[-1])

    def worker(self, what: str, precision: str = "float32") -> dict[str, Any]:
        """A part of `gpu_worker.py`, in the environment in which a study trains."""
        from fitscope.process import available_cores
        from fitscope.study.device import worker_environment

        wanted = self.wanted
        command = [sys.executable, str(HERE / "gpu_worker.py"), what, precision, wanted.data]
        command += [str(wanted.rows), str(wanted.repeats), str(wanted.max_epochs)]
        environment = worker_environment(wanted.device, available_cores())
        environment |= self._programs(precision)
        return json.loads(run(command, self.left(), environment).splitlines()[-1])

    def examination(self) -> dict[str, Any]:
        """A table of simulated rows examined, its ladder of networks, linear model and trees."""
        table = self.scratch / "table.csv"
        rows = ["import polars as pl", "from fitscope import datasets"]
        rows += [f"s = datasets.higgs(1, {min(self.wanted.rows, 8_000)}, data='simulated:8')"]
        rows += ["f = pl.DataFrame(s.x_train, schema=list(s.feature_names))"]
        rows += [f"f.with_columns(signal=pl.Series(s.y_train)).write_csv({str(table)!r})"]
        run([sys.executable, "-c", "; ".join(rows)], self.left())
        folder, found = self.scratch / "examination", {}
        command = [sys.executable, "-m", "fitscope.cli.entry", "examine", str(table)]
        command += ["--target", "signal"]
        command += ["--quick", "--device", self.wanted.device, "--out", str(folder)]
        began = time.perf_counter()
        run(command, self.left())
        found["wall"] = time.perf_counter() - began
        results = json.loads((folder / "results.json").read_text("utf-8"))
        document = json.loads((folder / "study.json").read_text("utf-8"))
        found["device"], found["recommended"] = document["device"], results["recommended"]
        found["models"] = {
            one["name"]: gpu_tables.model(one, results["runs"]) for one in results["models"]
        }
        return found

    def left(self) -> float:
        """Seconds until all ends.

        Raises:
            TimeoutError: there are none.
        """
        seconds = self.until - time.monotonic()
        if seconds < 5:
            raise TimeoutError("no minutes are left for it")
        return seconds


def run(command: list[str], seconds: float, variables: Mapping[str, str] | None = None) -> str:
    """What a program prints on standard output; it and its children end in time.

    Raises:
        RuntimeError: it failed; the message is its last words.
        TimeoutError: it took longer.
    """
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(variables or {})},
        text=True,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            out, err = child.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            out, err = child.communicate()
        raise TimeoutError(f"stopped after {seconds:.0f} s: {(out + err)[-600:]}") from None
    if child.returncode:
        raise RuntimeError(f"status {child.returncode}: {(out[-300:] + err[-1500:]).strip()}")
    return out


if __name__ == "__main__":
    sys.exit(main())
