"""Files of trackers, frameworks and people's own: JSON, JSON lines, CSV, folders of these."""

from __future__ import annotations

import json
from collections.abc import Mapping

from logs.dialects.dialect import Dialect, Numbers, rows


def _csv(names: str, line: str):
    return lambda c: {
        "log.csv": names + "\n" + "".join(line.format(**row) + "\n" for row in rows(c))
    }


def _json(make):
    return lambda c: {"history.json": json.dumps(make(c))}


def _lists(c: Numbers) -> Mapping[str, list]:
    return {name: curve.tolist() for name, curve in c.items()}


def _wandb(c: Numbers) -> Mapping[str, str]:
    names = ",".join(
        f'"brave-fox-1 - {m}{band}"'
        for m in ("train/loss", "val/loss")
        for band in ("", "__MIN", "__MAX")
    )
    lines = [f'"{r["s"]}",' + ",".join(f'"{r[k]}"' for k in "tttvvv") for r in rows(c)]
    return {"wandb_export_2024.csv": f'"Step",{names}\n' + "\n".join(lines) + "\n"}


def _wandb_history(c: Numbers) -> Mapping[str, str]:
    lines = []
    for r in rows(c):
        lines += [
            {
                "_step": r["half"],
                "_timestamp": 1.7e9,
                "_runtime": 5,
                "train/loss": r["lo"],
                "epoch": r["n0"],
            }
        ]
        lines += [
            {
                "_step": r["s"],
                "_timestamp": 1.7e9,
                "_runtime": 9,
                "train/loss": r["hi"],
                "epoch": r["n0"],
            }
        ]
        lines += [{"_step": r["s"] + 1, "val/loss": r["v"], "epoch": r["n0"]}]
    return {"history.jsonl": "\n".join(map(json.dumps, lines))}


def _tensorboard(c: Numbers) -> Mapping[str, str]:
    """TensorBoard's own downloads: a file a tag, named by run and tag."""
    text = {
        k: "Wall time,Step,Value\n"
        + "".join(f"1700000000.{r['n']},{r['n0']},{r[k]}\n" for r in rows(c))
        for k in "tv"
    }
    return {
        "run-lightning_logs_version_0-tag-train_loss.csv": text["t"],
        "run-lightning_logs_version_0-tag-val_loss.csv": text["v"],
    }


def _tensorboard_keras(c: Numbers) -> Mapping[str, str]:
    text = {
        k: "Wall time,Step,Value\n"
        + "".join(f"1700000000.{r['n']},{r['n0']},{r[k]}\n" for r in rows(c))
        for k in "tv"
    }
    return {
        "run-train-tag-epoch_loss.csv": text["t"],
        "run-validation-tag-epoch_loss.csv": text["v"],
    }


def _dvclive(c: Numbers) -> Mapping[str, str]:
    found = {}
    for part, key in (("train", "t"), ("val", "v")):
        lines = "".join(f"{r['n0']}\t{r[key]}\n" for r in rows(c))
        found[f"dvclive/plots/metrics/{part}/loss.tsv"] = f"step\t{part}/loss\n{lines}"
    found["dvclive/metrics.json"] = json.dumps(
        {"train": {"loss": 0.5}, "val": {"loss": 0.6}, "step": 23}
    )
    return found


def _allennlp(c: Numbers) -> Mapping[str, str]:
    return {
        f"metrics_epoch_{r['n0']}.json": json.dumps(
            {
                "best_epoch": 3,
                "peak_worker_0_memory_MB": 900.1,
                "training_duration": "0:00:10.1",
                "epoch": r["n0"],
                "training_accuracy": r["a"],
                "training_loss": r["t"],
                "validation_accuracy": r["w"],
                "validation_loss": r["v"],
                "best_validation_accuracy": 0.9,
                "best_validation_loss": r["best"],
            },
            indent=2,
        )
        for r in rows(c)
    }


def _bare_lists(c: Numbers) -> Mapping[str, str]:
    return {
        f"{name}.txt": "\n".join(map(str, c[key].tolist()))
        for name, key in (("train_loss", "t"), ("val_loss", "v"))
    }


def _trainer_state(c: Numbers) -> Mapping[str, str]:
    history = []
    for r in rows(c):
        history += [
            {
                "epoch": float(r["n"]) - 0.5,
                "grad_norm": 1.5,
                "learning_rate": 1e-5,
                "loss": r["lo"],
                "step": r["half"],
            }
        ]
        history += [
            {
                "epoch": float(r["n"]),
                "grad_norm": 1.5,
                "learning_rate": 1e-5,
                "loss": r["hi"],
                "step": r["s"],
            }
        ]
        history += [
            {
                "epoch": float(r["n"]),
                "eval_loss": r["v"],
                "eval_accuracy": r["w"],
                "eval_runtime": 9.1,
                "step": r["s"],
            }
        ]
    history += [
        {"epoch": 24.0, "step": 2400, "total_flos": 1e15, "train_loss": 0.5, "train_runtime": 99.1}
    ]
    return {
        "checkpoint-2400/trainer_state.json": json.dumps(
            {
                "best_metric": 0.5,
                "epoch": 24.0,
                "global_step": 2400,
                "log_history": history,
                "num_train_epochs": 24,
            }
        )
    }


def _model_card(c: Numbers) -> Mapping[str, str]:
    head = "### Training results\n\n| Training Loss | Epoch | Step | Validation Loss | Accuracy |\n|:-------------:|:-----:|:----:|:---------------:|:--------:|\n"
    return {
        "README.md": head
        + "".join(
            f"| {r['t']}        | {r['n']}.0   | {r['s']} | {r['v']}          | {r['w']}   |\n"
            for r in rows(c)
        )
    }


def _lightning(c: Numbers) -> Mapping[str, str]:
    lines = ["train_loss_step,epoch,step,val_loss,train_loss_epoch"]
    for r in rows(c):
        lines += [
            f"9.1,{r['n0']},{r['half']},,",
            f",{r['n0']},{r['s'] - 1},{r['v']},",
            f",{r['n0']},{r['s'] - 1},,{r['t']}",
        ]
    return {"lightning_logs/version_0/metrics.csv": "\n".join(lines)}


TRACKERS = (
    Dialect("W&B, exported CSV", _wandb, at="s", step="step"),
    Dialect("W&B, history lines", _wandb_history, at="n0"),
    Dialect("TensorBoard, CSV downloads of two tags", _tensorboard, at="n0", step="step"),
    Dialect(
        "TensorBoard, CSV downloads of Keras' two runs", _tensorboard_keras, at="n0", step="step"
    ),
    Dialect("DVCLive", _dvclive, at="n0", step="step"),
    Dialect("AllenNLP, a file an epoch", _allennlp, at="n0"),
    Dialect("Trainer's state", _trainer_state, at="n"),
    Dialect("Trainer's model card", _model_card),
    Dialect("Lightning's CSVLogger", _lightning, at="n0"),
    Dialect("numbers alone, a file a curve", _bare_lists, at="n0"),
    Dialect(
        "MLflow, long CSV",
        lambda c: {
            "metrics.csv": "run_id,key,value,timestamp,step\n"
            + "".join(
                f"a1,{k},{r[x]},170000,{r['n']}\n"
                for k, x in (("train_loss", "t"), ("val_loss", "v"))
                for r in rows(c)
            )
        },
        step="step",
    ),
    Dialect(
        "Comet, get_metrics",
        _json(
            lambda c: [
                {
                    "metricName": k,
                    "metricValue": str(r[x]),
                    "timestamp": 17000,
                    "step": r["s"],
                    "epoch": r["n"],
                    "runContext": None,
                }
                for r in rows(c)
                for k, x in (("train_loss", "t"), ("val_loss", "v"))
            ]
        ),
    ),
    Dialect(
        "ClearML, scalars",
        _json(
            lambda c: {
                "loss": {
                    part: {"x": _lists(c)["s"], "y": _lists(c)[key]}
                    for part, key in (("train", "t"), ("val", "v"))
                }
            }
        ),
        at="s",
        step="step",
    ),
    Dialect(
        "ClearML, a plot's JSON",
        _json(
            lambda c: [
                {"name": part, "x": _lists(c)["s"], "y": _lists(c)[key], "type": "scatter"}
                for part, key in (("train", "t"), ("val", "v"))
            ]
        ),
        at="s",
        step="step",
    ),
    Dialect(
        "Sacred, metrics.json",
        _json(
            lambda c: {
                f"{part}.loss": {
                    "steps": _lists(c)["n"],
                    "timestamps": ["2024-01-01T10:00:00"] * 24,
                    "values": _lists(c)[key],
                }
                for part, key in (("training", "t"), ("validation", "v"))
            }
        ),
        step="step",
    ),
    Dialect(
        "lists of pairs",
        _json(
            lambda c: {
                name: [[r["n"], r[key]] for r in rows(c)]
                for name, key in (("train_loss", "t"), ("val_loss", "v"))
            }
        ),
    ),
    Dialect(
        "lists of triples, TensorBoard's JSON",
        lambda c: {
            f"run_tag_{name}.json": json.dumps([[1.7e9, r["n"], r[key]] for r in rows(c)])
            for name, key in (("train_loss", "t"), ("val_loss", "v"))
        },
        step="step",
    ),
    Dialect(
        "records in records",
        _json(
            lambda c: {
                "config": {"lr": 0.1, "layers": [64, 64]},
                "epochs": [
                    {
                        "epoch": r["n"],
                        "train": {"loss": r["t"], "acc": r["a"]},
                        "val": {"loss": r["v"], "acc": r["w"]},
                    }
                    for r in rows(c)
                ],
            }
        ),
    ),
    Dialect(
        "a dictionary by epoch",
        _json(
            lambda c: {
                f"epoch_{r['n']}": {"train_loss": r["t"], "val_loss": r["v"]} for r in rows(c)
            }
        ),
    ),
    Dialect(
        "a dictionary by bare number",
        _json(
            lambda c: {
                str(r["n"]): {"train": {"loss": r["t"]}, "val": {"loss": r["v"]}} for r in rows(c)
            }
        ),
    ),
    Dialect(
        "plurals and settings",
        _json(
            lambda c: {
                "train_losses": _lists(c)["t"],
                "val_losses": _lists(c)["v"],
                "best_epoch": 7,
                "hidden": [64, 32],
                "lr": 0.1,
            }
        ),
        at="n0",
    ),
    Dialect(
        "history within results",
        _json(
            lambda c: {
                "model": "cnn",
                "args": {"epochs": 24},
                "results": {
                    "history": {"loss": _lists(c)["t"], "val_loss": _lists(c)["v"]},
                    "test": {"loss": 0.5, "acc": 0.9},
                },
            }
        ),
        at="n0",
    ),
    Dialect(
        "numbers as text",
        _json(
            lambda c: {
                "loss": [str(x) for x in _lists(c)["t"]],
                "val_loss": [str(x) for x in _lists(c)["v"]],
            }
        ),
        at="n0",
    ),
    Dialect(
        "training by batch, validation by epoch",
        _json(
            lambda c: {
                "train_losses": [x for r in rows(c) for x in (r["lo"], r["t"], r["t"], r["hi"])],
                "val_losses": _lists(c)["v"],
            }
        ),
        at="n0",
    ),
    Dialect(
        "evaluation before the first epoch",
        _json(lambda c: {"train_loss": _lists(c)["t"], "val_loss": [9.0, *_lists(c)["v"]]}),
        train="t+1",
        val="v+9",
        at="n0+9",
    ),
    Dialect(
        "JSON lines in parts",
        lambda c: {
            "log.jsonl": "".join(
                json.dumps({"split": part, "epoch": r["n"], "loss": r[key]}) + "\n"
                for r in rows(c)
                for part, key in (("train", "t"), ("val", "v"))
            )
        },
    ),
    Dialect(
        "JSON lines, records in records",
        lambda c: {
            "log.jsonl": "".join(
                json.dumps({"epoch": r["n"], "train": {"loss": r["t"]}, "valid": {"loss": r["v"]}})
                + "\n"
                for r in rows(c)
            )
        },
    ),
    Dialect(
        "JSON lines of structlog",
        lambda c: {
            "log.jsonl": "".join(
                json.dumps(
                    {
                        "event": "epoch_end",
                        "level": "info",
                        "timestamp": "2024-01-01T10:00:00Z",
                        "epoch": r["n"],
                        "train_loss": r["t"],
                        "val_loss": r["v"],
                    }
                )
                + "\n"
                + json.dumps({"event": "checkpoint saved", "level": "info"})
                + "\n"
                for r in rows(c)
            )
        },
    ),
    Dialect(
        "Docker's JSON lines around printed text",
        lambda c: {
            "container.json": "".join(
                json.dumps(
                    {
                        "log": f"Epoch {r['n']}: train loss {r['t']}, val loss {r['v']}\n",
                        "stream": "stdout",
                        "time": "2024-01-01T10:00:00.1Z",
                    }
                )
                + "\n"
                for r in rows(c)
            )
        },
    ),
    Dialect(
        "a notebook's stored output",
        lambda c: {
            "train.ipynb": json.dumps(
                {
                    "cells": [
                        {"cell_type": "markdown", "source": ["# Training"]},
                        {
                            "cell_type": "code",
                            "source": ["fit()"],
                            "outputs": [
                                {
                                    "output_type": "stream",
                                    "name": "stdout",
                                    "text": [
                                        f"Epoch {r['n']}: train loss {r['t']}, val loss {r['v']}\n"
                                        for r in rows(c)
                                    ],
                                }
                            ],
                        },
                    ],
                    "nbformat": 4,
                }
            )
        },
    ),
    Dialect(
        "CSV with units and shares",
        _csv("Epoch,Train Loss,Val Loss,Val Accuracy (%),Time (s)", "{n},{t},{v},{pw}%,12.3s"),
    ),
    Dialect(
        "CSV, accuracies in percent",
        _csv("epoch,train_acc,val_acc", "{n},{pa}%,{pw}%"),
        train="pa",
        val="pw",
    ),
    Dialect("CSV, index column of pandas", _csv(",loss,val_loss", "{n0},{t},{v}"), at="n0"),
    Dialect("CSV, epochs as words", _csv("epoch,train_loss,val_loss", "{n}/24,{t},{v}")),
    Dialect(
        "CSV, tensors as text",
        _csv(
            "epoch,train_loss,val_loss",
            "{n},\"tensor({t}, device='cuda:0')\",\"tensor({v}, device='cuda:0')\"",
        ),
    ),
    Dialect(
        "CSV, a phase column",
        lambda c: {
            "log.csv": "epoch,phase,loss,acc\n"
            + "".join(
                f"{r['n']},{p},{r[k]},{r[m]}\n"
                for r in rows(c)
                for p, k, m in (("train", "t", "a"), ("val", "v", "w"))
            )
        },
    ),
    Dialect(
        "CSV, names with blanks",
        _csv("Epoch Number, Training Loss , Validation Loss ", "{n}, {t} , {v} "),
    ),
    Dialect("CSV, no line of names", _csv("epoch;train;valid", "{n};{t};{v}")),
    Dialect("CSV, German", _csv("Epoche;Trainingsverlust;Validierungsverlust", "{n};{t};{v}")),
    Dialect(
        "CSV, title above the names",
        lambda c: {
            "log.csv": "Run of 2024-01-01\n\nepoch,train_loss,val_loss\n"
            + "".join(f"{r['n']},{r['t']},{r['v']}\n" for r in rows(c))
        },
    ),
    Dialect(
        "CSV, names again at each restart",
        lambda c: {
            "log.csv": "".join(
                ("epoch,train_loss,val_loss\n" if r["n"] in (1, 13) else "")
                + f"{r['n']},{r['t']},{r['v']}\n"
                for r in rows(c)
            )
        },
    ),
    Dialect(
        "CSV, validation every second epoch",
        lambda c: {
            "log.csv": "epoch,train_loss,val_loss\n"
            + "".join(f"{r['n']},{r['t']},{r['v'] if r['n'] % 2 == 0 else ''}\n" for r in rows(c))
        },
        train="t/2",
        val="v/2",
        at="n/2",
    ),
    Dialect(
        "torchtune's and nemo's key:value lines",
        lambda c: {
            "log.txt": "".join(
                f"Step {r['s']} | train_loss:{r['t']} val_loss:{r['v']} lr:2e-05 tokens_per_second_per_gpu:900.1\n"
                for r in rows(c)
            )
        },
        at="s",
        step="step",
    ),
    Dialect(
        "Lightning-Hydra, YAML-like list",
        lambda c: {
            "log.txt": "".join(
                f"- epoch: {r['n']}\n  train_loss: {r['t']}\n  val_loss: {r['v']}\n"
                for r in rows(c)
            )
        },
    ),
    Dialect(
        "YAML of lists",
        lambda c: {
            "history.yaml": "train_loss:\n"
            + "".join(f"- {x}\n" for x in c["t"])
            + "val_loss:\n"
            + "".join(f"- {x}\n" for x in c["v"])
        },
        at="n0",
    ),
    Dialect(
        "Python lists printed at the end",
        lambda c: {
            "log.txt": f"Training finished\ntrain_losses = {c['t'].tolist()}\nval_losses = {c['v'].tolist()}\n"
        },
        at="n0",
    ),
    Dialect(
        "Python's dictionary of lists in a .txt",
        lambda c: {"history.txt": str({"loss": c["t"].tolist(), "val_loss": c["v"].tolist()})},
        at="n0",
    ),
)
