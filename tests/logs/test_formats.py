"""Files and folders of boosting libraries, trackers and detectors, in the layouts they write."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3

import numpy as np
import polars as pl
import pytest
from logs.made_up_logs import EPOCHS, csv_text, losses, points, write_events
from numpy.testing import assert_allclose

import fitscope as fs
from fitscope.logs.files import read_file
from fitscope.logs.reading import reading

TRAIN, VALIDATION = losses()
AT = list(range(EPOCHS))


def check(verdict, train=TRAIN, validation=VALIDATION, step="epoch"):
    assert isinstance(verdict, fs.Verdict)
    assert_allclose(verdict.history.validation, validation, rtol=1e-6)
    if train is None:
        assert verdict.history.train is None
    else:
        assert_allclose(verdict.history.train, train, rtol=1e-6)
    assert verdict.history.step == step
    return verdict


def catboost_tables(folder):
    folder.mkdir(parents=True)
    for file, values in (("learn_error.tsv", TRAIN), ("test_error.tsv", VALIDATION)):
        (folder / file).write_text(csv_text({"iter": AT, "Logloss": values}, "\t"))
    (folder / "time_left.tsv").write_text(csv_text({"iter": AT, "Passed": AT}, "\t"))
    (folder / "catboost_training.json").write_text(json.dumps(catboost_document()))
    for part, values in (("learn", TRAIN), ("test", VALIDATION)):
        write_events(folder / part, {"Logloss": points(values)}, tensors=False)


def catboost_document():
    metrics = [{"best_value": "Min", "name": "Logloss"}]
    return {
        "meta": {"learn_metrics": metrics, "test_metrics": metrics, "name": "experiment"},
        "iterations": [
            {"learn": [t], "iteration": n, "passed_time": 0.1, "test": [v]}
            for n, t, v in zip(AT, TRAIN, VALIDATION, strict=True)
        ],
    }


def test_catboost(tmp_path):
    """Tables, a document and event files of one run: judged once."""
    catboost_tables(tmp_path / "catboost_info")
    check(fs.diagnose(tmp_path), step="round")
    check(fs.diagnose(tmp_path / "catboost_info" / "catboost_training.json"), step="round")
    (tmp_path / "catboost_info" / "learn_error.tsv").unlink()
    (tmp_path / "catboost_info" / "test_error.tsv").unlink()
    (tmp_path / "catboost_info" / "time_left.tsv").unlink()
    (tmp_path / "catboost_info" / "catboost_training.json").unlink()
    check(fs.diagnose(tmp_path), step="step")


@pytest.mark.parametrize(
    ("first", "second", "metric"),
    [
        ("validation_0", "validation_1", "logloss"),
        ("training", "valid_1", "binary_logloss"),
        ("learn", "validation", "RMSE"),
        ("train", "eval", "rmse"),
        ("dtrain", "dtest", "error"),
    ],
)
def test_evaluation_dictionaries(first, second, metric, tmp_path):
    evals = {first: {metric: TRAIN.tolist()}, second: {metric: VALIDATION.tolist()}}
    (tmp_path / "evals.json").write_text(json.dumps(evals))
    for source in (evals, tmp_path / "evals.json"):
        found = fs.diagnose(source)
        check(found, step=found.history.step)
        assert found.history.metric in (metric, "error")


def test_means_of_folds():
    spread = np.full(EPOCHS, 0.01)
    folds = {"valid l2-mean": VALIDATION, "valid l2-stdv": spread, "train l2-mean": TRAIN}
    check(fs.diagnose({**folds, "train l2-stdv": spread}), step="round")
    older = fs.diagnose({"l2-mean": VALIDATION, "l2-stdv": spread})
    check(older, train=None, step="round")
    frame = {"train-rmse-mean": TRAIN, "train-rmse-std": spread, "test-rmse-mean": VALIDATION}
    check(fs.diagnose(pl.DataFrame({**frame, "test-rmse-std": spread})))


def test_fitted_estimators():
    from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier
    from sklearn.neural_network import MLPClassifier

    random = np.random.default_rng(0)
    x = random.normal(size=(200, 4))
    y = (x[:, 0] + random.normal(size=200) > 0).astype(int)
    net = MLPClassifier((8,), early_stopping=True, n_iter_no_change=20, random_state=0)
    verdict = fs.diagnose(net.fit(x, y))
    assert verdict.history.higher_is_better
    assert_allclose(verdict.history.validation, net.validation_scores_)
    trees = HistGradientBoostingClassifier(early_stopping=True, max_iter=20, random_state=0)
    trees.fit(x, y)
    verdict = fs.diagnose(trees)
    assert verdict.history.higher_is_better
    assert_allclose(verdict.history.train, trees.train_score_)
    assert_allclose(verdict.history.validation, trees.validation_score_)
    with pytest.raises(fs.UserError, match="training only"):
        fs.diagnose(GradientBoostingRegressor(n_estimators=5).fit(x, y))

    class Booster:
        def evals_result(self):
            return {"validation_0": {"rmse": TRAIN}, "validation_1": {"rmse": VALIDATION}}

    check(fs.diagnose(Booster()), step="round")


def test_mlflow_folders(tmp_path):
    for run, shift in (("a1", 0.0), ("b2", 0.5)):
        metrics = tmp_path / "mlruns" / "0" / run / "metrics"
        (metrics / "val").mkdir(parents=True)
        (metrics.parent / "meta.yaml").write_text(f"run_id: {run}\n")
        (metrics.parent / "params").mkdir()
        (metrics.parent / "params" / "lr").write_text("0.001")
        for name, values in (("train_loss", TRAIN), ("val/loss", VALIDATION + shift)):
            lines = [f"16000000{n:05d} {value} {n}" for n, value in enumerate(values)]
            (metrics / name).write_text("\n".join(lines) + "\n1600")
    found = fs.diagnose(tmp_path)
    assert [one.source.rpartition("/")[2] for one in found] == ["a1", "b2"]
    for one, shift in zip(found, (0.0, 0.5), strict=True):
        check(one, validation=VALIDATION + shift, step="step")


def test_mlflow_databases(tmp_path):
    base = sqlite3.connect(tmp_path / "mlflow.db")
    base.execute("create table runs (run_uuid text, name text)")
    base.execute(
        "create table metrics (key text, value double, timestamp bigint, run_uuid text, "
        "step bigint, is_nan boolean)"
    )
    base.execute("insert into runs values ('a1', 'brave-fox')")
    for name, values in (("train_loss", TRAIN), ("val_loss", VALIDATION), ("system/cpu", TRAIN)):
        rows = [(name, value, n, "a1", n, 0) for n, value in enumerate(values.tolist())]
        base.executemany("insert into metrics values (?, ?, ?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    verdict = check(fs.diagnose(tmp_path), step="step")
    assert verdict.source.endswith("mlflow.db: brave-fox")


def test_results_of_ultralytics(tmp_path):
    names = ["box", "cls", "dfl"]
    columns = {
        "epoch": AT,
        **{f"train/{name}_loss": TRAIN for name in names},
        "metrics/mAP50(B)": 1 - VALIDATION,
        "metrics/mAP50-95(B)": 1 - VALIDATION,
        **{f"val/{name}_loss": VALIDATION for name in names},
        "lr/pg0": TRAIN,
    }
    padded = {name.rjust(22): [str(v).rjust(22) for v in c] for name, c in columns.items()}
    (tmp_path / "results.csv").write_text(csv_text(padded))
    check(fs.diagnose(tmp_path), 3 * TRAIN, 3 * VALIDATION)
    alone = {name: column for name, column in columns.items() if not name.startswith("val/")}
    (tmp_path / "results.csv").write_text(csv_text(alone))
    verdict = check(fs.diagnose(tmp_path), None, 1 - VALIDATION)
    assert verdict.history.metric == "mAP50-95(B)"


def test_detectors_that_log_lines_of_json(tmp_path):
    """detectron2 and MMEngine: losses of training often, average precision seldom."""
    lines = [{"iteration": 10 * n, "total_loss": t, "lr": 0.1} for n, t in enumerate(TRAIN)]
    lines += [
        {"iteration": 10 * n, "bbox/AP": 90 - v, "bbox/AP50": 95.0}
        for n, v in enumerate(VALIDATION[:20])
    ]
    lines.sort(key=lambda line: line["iteration"])
    (tmp_path / "metrics.json").write_text("\n".join(map(json.dumps, lines)))
    verdict = check(fs.diagnose(tmp_path), None, 90 - VALIDATION[:20], "step")
    assert verdict.history.higher_is_better
    (tmp_path / "metrics.json").write_text("\n".join(json.dumps(x) for x in lines if "lr" in x))
    with pytest.raises(fs.UserError, match="training only"):
        fs.diagnose(tmp_path)


def test_an_export_of_weights_and_biases(tmp_path):
    columns = {"Step": AT}
    for run in ("brave-fox-1", "calm-owl-2"):
        for metric, values in (("train/loss", TRAIN), ("val/loss", VALIDATION)):
            for band in ("", "__MIN", "__MAX"):
                columns[f"{run} - {metric}{band}"] = values
    quoted = {f'"{name}"': [f'"{value}"' for value in c] for name, c in columns.items()}
    (tmp_path / "wandb_export.csv").write_text(csv_text(quoted))
    first, second = fs.diagnose(tmp_path)
    check(first, step="step")
    assert second.source.endswith("calm-owl-2")


def test_rows_after_the_fit_are_no_epoch(tmp_path):
    """Lightning writes what `trainer.validate` and `trainer.test` find into the same file."""
    rows = ["epoch,step,test_loss,train_loss,val_loss"]
    for n, (t, v) in enumerate(zip(TRAIN, VALIDATION, strict=True)):
        rows += [f"{n},{100 * n + 99},,,{v}", f"{n},{100 * n + 99},,{t},"]
    rows += [f"{EPOCHS},{100 * EPOCHS},,,0.001", f"{EPOCHS},{100 * EPOCHS},0.4,,"]
    (tmp_path / "metrics.csv").write_text("\n".join(rows))
    verdict = check(fs.diagnose(tmp_path))
    assert "after the fit" in verdict.evidence["notes"][0]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends(line_end, tmp_path):
    text = csv_text({"epoch": AT, "loss": TRAIN, "val_loss": VALIDATION})
    (tmp_path / "log.csv").write_bytes(text.replace("\n", line_end).encode())
    check(fs.diagnose(tmp_path))


def zstandard(data):
    """Polars writes Zstandard; the standard library does from Python 3.14 on."""
    stream = io.BytesIO()
    frame = pl.DataFrame({"line": data.decode().splitlines()})
    frame.write_csv(stream, include_header=False, quote_style="never", compression="zstd")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("ending", "packed"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstandard)],
)
def test_compressed_files(ending, packed, tmp_path):
    text = csv_text({"epoch": AT, "loss": TRAIN, "val_loss": VALIDATION})
    (tmp_path / f"log.csv.{ending}").write_bytes(packed(text.encode()))
    check(fs.diagnose(tmp_path))
    if ending != "zst":
        (tmp_path / f"log.csv.{ending}").write_bytes(packed(text.encode())[:-20])
        with pytest.raises(fs.UserError, match="cannot be read"):
            fs.diagnose(tmp_path)


def test_several_runs_appended_to_one_table(tmp_path):
    """The second one shorter; a metric that only the second one has goes to it."""
    text = csv_text({"epoch": AT, "loss": TRAIN, "val_loss": VALIDATION, "f1": [""] * EPOCHS})
    again = csv_text({"epoch": AT, "loss": TRAIN + 1, "val_loss": VALIDATION, "f1": TRAIN})
    (tmp_path / "log.csv").write_text(text + again.partition("\n")[2].rsplit("\n", 21)[0])
    first, second = fs.diagnose(tmp_path)
    check(first)
    check(second, TRAIN[:40] + 1, VALIDATION[:40])


def test_names_that_mean_the_rows(tmp_path):
    (tmp_path / "log.csv").write_text(csv_text({"ep": AT, "tr_loss": TRAIN, "vl_loss": VALIDATION}))
    check(fs.diagnose(tmp_path))


def test_the_real_logs(shared):
    """Logs of public projects: how many epochs or steps each one holds, as a reader counts them."""
    folder = shared / "logs"
    if not folder.exists():
        pytest.skip("no real logs beside this checkout")
    counts = {
        "keras-console-01.txt": [20],
        "keras-console-05.txt": [4],
        "pytorch-console-01.log": [500],
        "pytorch-console-02.log": [35],
        "pytorch-console-04.txt": [2],
        "text-table-02.md": [6],
        "xgboost-console-02.txt": [24],
        "minimal/R-tqdm.log": [10],
        "minimal/R-deit.log": [10],
        "minimal/R-keras-three-ansi.log": [10],
    }
    for name, expected in counts.items():
        found = [len(reading(log).history.epochs) for log in read_file(folder / name)]
        assert (name, found) == (name, expected)
