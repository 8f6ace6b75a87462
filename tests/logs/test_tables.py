"""Text tables, Parquet, JSON and data frames: Lightning, skorch, Hugging Face, and one's own."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs.made_up_logs import EPOCHS, csv_text, losses
from numpy.testing import assert_allclose

import fitscope as fs
from fitscope.logs.files import read_file
from fitscope.logs.reading import reading

TRAIN, VALIDATION = losses()
AT = list(range(EPOCHS))
COLUMNS = {"epoch": AT, "train_loss": TRAIN.tolist(), "val_loss": VALIDATION.tolist()}


def check(verdict, train=TRAIN, validation=VALIDATION):
    assert isinstance(verdict, fs.Verdict)
    assert_allclose(verdict.history.validation, validation, rtol=1e-6)
    assert_allclose(verdict.history.train, train, rtol=1e-6)
    return verdict


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_tables(separator, tmp_path):
    file = tmp_path / "log.csv"
    file.write_text("\ufeff" + csv_text(COLUMNS, separator).replace("\n", "\r\n"))
    assert check(fs.diagnose(file)).label == "overfit"


def test_decimal_commas(tmp_path):
    """What a spreadsheet writes where the decimal sign is a comma."""
    file = tmp_path / "log.csv"
    file.write_text(csv_text(COLUMNS, ";").replace(".", ","))
    check(fs.diagnose(file))


def test_columns_with_spaces_between(tmp_path):
    """What numpy.savetxt writes."""
    rows = np.column_stack(list(COLUMNS.values()))
    np.savetxt(tmp_path / "log.dat", rows, header=" ".join(COLUMNS))
    check(fs.diagnose(tmp_path / "log.dat"))


def test_columns_of_text_do_not_tear_a_run_apart(tmp_path):
    """fastai's times, in a log to which a resumed run was appended."""
    order = [*range(40), *range(30, EPOCHS)]
    columns = {name: [values[at] for at in order] for name, values in COLUMNS.items()}
    columns["time"] = [f"00:0{5 + number % 3}" for number in range(len(order))]
    (tmp_path / "history.csv").write_text(csv_text(columns))
    check(fs.diagnose(tmp_path / "history.csv"))


def test_a_row_a_batch(tmp_path):
    """Training means over the rows of an epoch; of validation the last row counts."""
    columns = {
        "epoch": np.repeat(AT, 3),
        "train_loss": np.repeat(TRAIN, 3) + np.tile([0.1, 0, -0.1], EPOCHS),
        "val_loss": np.repeat(VALIDATION, 3) + np.tile([0.3, 0.2, 0], EPOCHS),
    }
    (tmp_path / "log.csv").write_text(csv_text(columns))
    check(fs.diagnose(tmp_path / "log.csv"))


def test_spaces_around_names_and_values(tmp_path):
    """YOLO pads the columns of its results.csv."""
    padded = {f"   {name} ": [f"  {v} " for v in values] for name, values in COLUMNS.items()}
    (tmp_path / "results.csv").write_text(csv_text(padded))
    check(fs.diagnose(tmp_path / "results.csv"))


def lightning(train_by_step, **epoch_columns):
    """metrics.csv as Lightning's CSVLogger writes it: a row a logging, empty where nothing was."""
    names = ["epoch", "step", *sorted(["train_loss_step", "val_loss", *epoch_columns])]
    rows = []
    for epoch in AT:
        for place, step in enumerate((2, 5, 8)):
            rows.append({"epoch": epoch, "step": 10 * epoch + step})
            rows[-1]["train_loss_step"] = train_by_step[epoch] + (place - 1) * 0.03
        last = {"epoch": epoch, "step": 10 * epoch + 9}
        rows.append({**last, "val_loss": VALIDATION[epoch]})
        if epoch_columns:
            rows.append({**last, **{name: c[epoch] for name, c in epoch_columns.items()}})
    return csv_text({name: [row.get(name, "") for row in rows] for name in names})


def test_lightning_metrics(tmp_path):
    file = tmp_path / "metrics.csv"
    file.write_text(lightning(TRAIN + 9, train_loss_epoch=TRAIN))
    verdict = check(fs.diagnose(file))
    assert verdict.evidence["train_key"] == "train_loss_epoch"
    assert verdict.history.epochs.tolist() == AT

    file.write_text(lightning(TRAIN))
    verdict = check(fs.diagnose(file))
    assert verdict.evidence["train_key"] == "train_loss_step"
    frame = pl.read_csv(file)
    check(fs.diagnose(frame))
    pandas = frame.fill_null(float("nan"))  # what pandas makes of empty fields
    check(fs.diagnose(pandas))


def test_validation_several_times_an_epoch(tmp_path):
    """val_check_interval=0.5: an evaluation every five steps, training logged every second."""
    columns = {"epoch": [], "step": [], "train_loss": [], "val_loss": []}
    for number, (t, v) in enumerate(zip(TRAIN, VALIDATION, strict=True)):
        for step, train, validation in ((1, t - 0.1, ""), (3, t + 0.1, ""), (4, "", v)):
            row = (number // 2, 5 * number + step, train, validation)
            for name, value in zip(columns, row, strict=True):
                columns[name].append(value)
    (tmp_path / "metrics.csv").write_text(csv_text(columns))
    verdict = check(fs.diagnose(tmp_path / "metrics.csv"))
    assert verdict.history.epochs.tolist() == [5 * n + 4 for n in range(EPOCHS)]


def test_skorch(tmp_path):
    """The list of dictionaries that `net.history.to_file` writes, batches and flags in it."""
    history = [
        {
            "batches": [{"train_loss": 9.0, "train_batch_size": 128}],
            "epoch": epoch + 1,
            "train_batch_count": 1,
            "valid_batch_count": 1,
            "dur": 0.01,
            "train_loss": float(t),
            "train_loss_best": True,
            "valid_loss": float(v),
            "valid_loss_best": epoch < 20,
            "valid_acc": 0.5,
            "valid_acc_best": False,
        }
        for epoch, t, v in zip(AT, TRAIN, VALIDATION, strict=True)
    ]
    (tmp_path / "history.json").write_text(json.dumps(history))
    verdict = check(fs.diagnose(tmp_path / "history.json"))
    assert verdict.history.epochs[0] == 1
    assert verdict.evidence["validation_key"] == "valid_loss"
    check(fs.diagnose(history))


@pytest.mark.parametrize("by_steps", [False, True])
def test_hugging_face(by_steps, tmp_path):
    """trainer_state.json: `loss` and `eval_loss` in records of their own, a summary at the end."""
    records = []
    for epoch, t, v in zip(AT, TRAIN, VALIDATION, strict=True):
        step = 10 * (epoch + 1)
        for back, off in ((5, 0.2), (0, -0.2)) if by_steps else ((0, 0.0),):
            place = {"epoch": (step - back) / (25 if by_steps else 10), "step": step - back}
            records.append({**place, "loss": float(t + off), "learning_rate": 1e-4})
        records.append({"epoch": step / (25 if by_steps else 10), "eval_loss": float(v)})
        records[-1] |= {"eval_runtime": 1.0, "step": step}
    records.append({"epoch": 60.0, "step": 600, "train_loss": 0.1, "train_runtime": 9.0})
    state = {"best_metric": None, "epoch": 60.0, "global_step": 600, "log_history": records}
    (tmp_path / "trainer_state.json").write_text(json.dumps(state))
    verdict = check(fs.diagnose(tmp_path))
    assert verdict.evidence["train_key"] == "loss"
    first, last = verdict.history.epochs[[0, -1]]
    assert (first, last) == ((10, 600) if by_steps else (1, 60))


def test_json_lines(tmp_path):
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
    text = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "log.txt").write_text(text)
    check(fs.diagnose(tmp_path / "log.txt"))
    (tmp_path / "log.txt").write_text(text + '\n{"epoch": 60, "train_')
    check(fs.diagnose(tmp_path))


@pytest.mark.parametrize(
    "kind",
    [
        "polars",
        "pandas json",
        "nested",
        "named",
        "records",
        "columns",
        "whole",
        "beside",
    ],
)
def test_other_shapes_of_the_same(kind, tmp_path):
    columns = {name: values for name, values in COLUMNS.items() if name != "epoch"}
    document = {
        "pandas json": {n: {str(i): x for i, x in enumerate(c)} for n, c in columns.items()},
        "nested": {"train": {"loss": TRAIN.tolist()}, "valid": {"loss": VALIDATION.tolist()}},
        "named": {"seconds": 3.5, "history": columns},
        "records": [{"train_loss": t, "val_loss": v} for t, v in zip(TRAIN, VALIDATION, strict=1)],
        "columns": {**columns, "params": {"epochs": 60}, "model": "mine"},
        "whole": {"epoch": AT, "history": columns, "params": {"epochs": 60}},
        "beside": {"sizes": [3, 4], "runs": {"first": columns}},
    }
    if kind == "polars":
        check(fs.diagnose(pl.DataFrame(COLUMNS)))
        pl.DataFrame(COLUMNS).write_parquet(tmp_path / "log.parquet")
        check(fs.diagnose(tmp_path / "log.parquet"))
    else:
        (tmp_path / "log.json").write_text(json.dumps(document[kind]))
        check(fs.diagnose(tmp_path / "log.json"))


def test_arrays_and_tuples():
    check(fs.diagnose({"train_loss": TRAIN, "val_loss": tuple(VALIDATION)}))
    jax = pytest.importorskip("jax")
    check(
        fs.diagnose(
            {"loss": jax.numpy.asarray(TRAIN), "val_loss": list(map(np.float32, VALIDATION))}
        )
    )


def test_a_pandas_frame():
    pandas = pytest.importorskip("pandas")
    check(fs.diagnose(pandas.DataFrame(COLUMNS)))


def test_rows_that_say_which_part_they_are(tmp_path):
    columns = {"epoch": [], "phase": [], "loss": [], "acc": []}
    for epoch in AT:
        for phase, curve in (("train", TRAIN), ("val", VALIDATION)):
            row = (epoch, phase, curve[epoch], 1 - curve[epoch])
            for name, value in zip(columns, row, strict=True):
                columns[name].append(value)
    (tmp_path / "log.csv").write_text(csv_text(columns))
    check(fs.diagnose(tmp_path / "log.csv"))


def test_several_runs_in_one_table(tmp_path):
    frame = pl.concat(
        pl.DataFrame(COLUMNS).with_columns(model=pl.lit(name), repeat=pl.lit(repeat))
        for name in ("a", "b")
        for repeat in (0, 1)
    ).with_columns(pl.col("val_loss") + pl.col("repeat"))
    frame.sample(fraction=1, shuffle=True, seed=1).write_csv(tmp_path / "runs.csv")
    found = fs.diagnose(tmp_path / "runs.csv")
    assert isinstance(found, fs.Verdicts)
    names = {v.source.rpartition(": ")[2] for v in found}
    assert names == {f"{name}, repeat {repeat}" for name in "ab" for repeat in (0, 1)}
    for verdict in found:
        check(verdict, validation=VALIDATION + int(verdict.source[-1]))


def test_the_labelled_histories(shared, tmp_path):
    """419 histories in one Parquet file, each labelled by people; some of them judged."""
    frame = pl.read_parquet(shared / "labelled-histories.parquet")
    labels = dict(frame.group_by("history").agg(pl.first("overfit")).sort("history").iter_rows())
    logs = read_file(shared / "labelled-histories.parquet")
    assert sorted(log.source.rpartition(": ")[2] for log in logs) == sorted(labels)
    assert {len(reading(log).history.epochs) for log in logs} == {1000}
    some = list(labels)[::14]
    frame.filter(pl.col("history").is_in(some)).write_parquet(tmp_path / "some.parquet")
    found = {v.source.rpartition(": ")[2]: v for v in fs.diagnose(tmp_path / "some.parquet")}
    assert found.keys() == set(some)
    assert sum((found[n].label == "overfit") != labels[n] for n in some) <= 1


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    junk=st.dictionaries(
        st.sampled_from(["lr", "time", "note", "grad_norm", "val_runtime", "f1", "Unnamed: 0", ""]),
        st.sampled_from(["", "nan", "3.5", "text", "NA", "[1, 2]", "inf", "-"]),
    ),
)
def test_order_of_rows_and_other_columns_change_nothing(tmp_path_factory, seed, junk):
    random = np.random.default_rng(seed)
    order = random.permutation(EPOCHS)
    columns = {**COLUMNS, **{name: [f'"{value}"'] * EPOCHS for name, value in junk.items()}}
    names = list(columns)
    random.shuffle(names)
    file = tmp_path_factory.mktemp("table") / "log.csv"
    file.write_text(csv_text({name: [columns[name][row] for row in order] for name in names}))
    verdict = check(fs.diagnose(file))
    assert verdict.history.epochs.tolist() == AT


@pytest.mark.parametrize("columns", [True, False])
def test_a_column_of_messages_is_read_where_the_table_has_no_metric_of_its_own(tmp_path, columns):
    train, validation = losses()
    messages = [
        f"Epoch {n}: {'batch' if columns else 'train'} loss {a:.4f}"
        + ("" if columns else f" val loss {b:.4f}")
        for n, (a, b) in enumerate(zip(train, validation, strict=True))
    ]
    table = {"ingested": np.arange(len(train)) + 1_700_000_000, "message": messages}
    if columns:
        table |= {"loss": train, "val_loss": validation}
    path = tmp_path / "export.csv"
    path.write_text(csv_text(table))
    (log,) = read_file(path)
    (found,) = (curve for name, curve in log.curves.items() if "val" in name)
    np.testing.assert_allclose(found.values, validation, atol=6e-5)
