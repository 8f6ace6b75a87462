"""Mutated logs: every one is judged, or refused in a line, at once."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from random import Random

from torture.mutate import spoil
from torture.pen import Case, called, wrong

NAMES = ("log.csv", "log.tsv", "log.json", "log.jsonl", "log.txt", "log", "events.out.tfevents.1")


def attempt(case: Case, folder: Path) -> str:
    """Judge one mutated log."""
    random = Random(case["number"])
    name = random.choice(sorted(seeds()))
    file = folder / (name if random.random() < 0.8 else random.choice(NAMES))
    file.write_bytes(spoil(seeds()[name], random))
    sys.argv = ["fitscope", "diagnose", str(folder if random.random() < 0.1 else file)]
    if random.random() < 0.5:
        sys.argv.append("--json")
    from fitscope.cli.main import main

    status, out, err = called(main)
    found = wrong(status, out, err)
    if not found and status == 0 and "--json" in sys.argv:
        json.loads(out)
    return found and f"{name}: {found}"


@cache
def seeds() -> dict[str, bytes]:
    """Small logs of each format, made here."""
    import io

    import polars as pl

    epochs = list(range(1, 31))
    loss = [0.7 * 0.95**epoch + 0.1 for epoch in epochs]
    held = [0.75 * 0.95**epoch + 0.12 + 0.004 * max(epoch - 15, 0) for epoch in epochs]
    rows = list(zip(epochs, loss, held, strict=True))
    columns = {"epoch": epochs, "loss": loss, "val_loss": held}
    printed = "".join(
        f"Epoch {e}/30\n20/20 - 0s - 3ms/step - loss: {a:.4f} - val_loss: {b:.4f}\n"
        for e, a, b in rows
    )
    loop = "".join(f"[{e:03d}] train loss {a:.4f} | valid loss {b:.4f}\n" for e, a, b in rows)
    boosted = "".join(f"[{e}]\ttrain-logloss:{a:.5f}\teval-logloss:{b:.5f}\n" for e, a, b in rows)
    state = [{"epoch": e, "step": 10 * e, "loss": a} for e, a, _ in rows]
    state += [{"epoch": e, "step": 10 * e, "eval_loss": b} for e, _, b in rows]
    stream = io.BytesIO()
    pl.DataFrame(columns).write_parquet(stream)
    return {
        "history.csv": b"epoch,loss,val_loss\n"
        + "".join(f"{e},{a},{b}\n" for e, a, b in rows).encode(),
        "history.json": json.dumps({"loss": loss, "val_loss": held}).encode(),
        "trainer_state.json": json.dumps({"log_history": state}).encode(),
        "lines.jsonl": "".join(
            json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows
        ).encode(),
        "keras.log": printed.encode(),
        "loop.txt": loop.encode(),
        "boosting.log": boosted.encode(),
        "table.md": (
            "| epoch | train loss | val loss |\n|---|---|---|\n"
            + "".join(f"| {e} | {a:.4f} | {b:.4f} |\n" for e, a, b in rows)
        ).encode(),
        "history.parquet": stream.getvalue(),
        "events.out.tfevents.1": _events(rows),
    }


def _events(rows) -> bytes:
    """A TensorBoard file, written by the reader's own library."""
    import tempfile

    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    with tempfile.TemporaryDirectory() as folder:
        writer = EventFileWriter(folder)
        for epoch, train, held in rows:
            values = [
                Summary.Value(tag=t, simple_value=v)
                for t, v in (("loss", train), ("val_loss", held))
            ]
            writer.add_event(Event(step=epoch, summary=Summary(value=values)))
        writer.close()
        return next(Path(folder).iterdir()).read_bytes()
