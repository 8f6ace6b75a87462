"""Folders with a file an epoch (burn, Kaldi, AllenNLP), and whole histories in one piece."""

import json

import numpy as np
import pytest
from logs.made_up_logs import EPOCHS, losses
from numpy.testing import assert_allclose

import fitscope as fs
from fitscope.logs.files import read_source
from fitscope.logs.source import of_text

TRAIN, VALIDATION = losses()


def burn(folder):
    """Batches of which the last is smaller, as burn's file logger writes them."""
    for part, values in (("train", TRAIN), ("valid", VALIDATION)):
        for epoch, value in enumerate(values, 1):
            place = folder / part / f"epoch-{epoch}"
            place.mkdir(parents=True)
            (place / "Loss.log").write_text(f"{value - 0.1},64\n{value + 0.4},16\n")
    (folder / "experiment.log").write_text("2024-03-01T10:00:00Z  INFO burn_train: Fitting\n")


def test_burn(tmp_path):
    burn(tmp_path / "run")
    (tmp_path / "run" / "valid" / "epoch-3" / "Loss.log").write_text("")
    verdict = fs.diagnose(tmp_path)
    assert (verdict.label, verdict.source) == ("overfit", str(tmp_path / "run"))
    kept = np.arange(EPOCHS) != 2
    assert verdict.history.epochs.tolist() == [e for e in range(1, EPOCHS + 1) if e != 3]
    assert_allclose(verdict.history.validation, VALIDATION[kept])
    assert_allclose(verdict.history.train, TRAIN[kept])


def kaldi(part, value, output="output"):
    where = "LOG (nnet3-compute-prob[5.5]:PrintTotalStats():nnet-diagnostics.cc:190) "
    return (
        f"# nnet3-compute-prob ark:{part}_diagnostic.egs\n"
        f"{where}Overall log-likelihood for '{output}' is {-value:.8f} per frame, "
        "over 20000 frames.\n"
        f"# Ended (code 0) at Tue Mar  3 12:00:14 UTC 2020, elapsed time 3 seconds\n"
    )


def test_kaldi(tmp_path):
    log = tmp_path / "exp" / "nnet3" / "log"
    log.mkdir(parents=True)
    for iteration, values in enumerate(zip(TRAIN, VALIDATION, strict=True)):
        for part, value in zip(("train", "valid"), values, strict=True):
            (log / f"compute_prob_{part}.{iteration}.log").write_text(kaldi(part, value))
    (log / "compute_prob_valid.final.log").write_text(kaldi("valid", 9.0))
    (log / "train.0.1.log").write_text("nnet3-train ...\n")
    verdict = fs.diagnose(tmp_path)
    assert verdict.label == "overfit"
    assert verdict.history.higher_is_better
    assert_allclose(verdict.history.validation, -VALIDATION, atol=1e-7)
    assert_allclose(verdict.history.train, -TRAIN, atol=1e-7)


def test_of_kaldi_several_outputs_are_apart(tmp_path):
    for iteration, values in enumerate(zip(TRAIN, VALIDATION, strict=True)):
        for part, value in zip(("train", "valid"), values, strict=True):
            text = kaldi(part, value) + kaldi(part, 2 * value, "output-xent")
            (tmp_path / f"compute_prob_{part}.{iteration}.log").write_text(text)
    verdict = fs.diagnose(tmp_path)
    assert verdict.evidence.validation_key == "valid/output/log-likelihood"
    assert_allclose(verdict.history.validation, -VALIDATION, atol=1e-7)


def test_an_objective_is_better_the_way_training_pushed_it():
    """Kaldi's accuracy.report: objectives are log-likelihoods."""
    rows = zip(range(EPOCHS), -TRAIN, -VALIDATION, strict=True)
    text = "%Iter\tduration\ttrain_objective\tvalid_objective\tdifference\n" + "".join(
        f"{at}\t62.0\t{t:.6f}\t{v:.6f}\t{t - v:.6f}\n" for at, t, v in rows
    )
    verdict = fs.diagnose(text)
    assert (verdict.label, verdict.history.higher_is_better) == ("overfit", True)
    falling = fs.diagnose({"objective": TRAIN, "val_objective": VALIDATION})
    assert (falling.label, falling.history.higher_is_better) == ("overfit", False)


def test_a_summary_of_all_epochs_is_no_second_log(tmp_path):
    """AllenNLP's metrics.json stands beside metrics_epoch_N.json."""
    for epoch, (train, validation) in enumerate(zip(TRAIN, VALIDATION, strict=True)):
        figures = {"epoch": epoch, "training_loss": train, "validation_loss": validation}
        (tmp_path / f"metrics_epoch_{epoch}.json").write_text(json.dumps(figures))
    (tmp_path / "metrics.json").write_text(json.dumps({"best_epoch": 9, "training_loss": 0.1}))
    assert fs.diagnose(tmp_path).label == "overfit", "one verdict, and nothing else"


def test_flower_prints_its_history_at_the_end():
    head = "".join(
        f"INFO :      [ROUND {n}]\n"
        "INFO :      configure_fit: strategy sampled 9 clients (out of 10)\n"
        f"INFO :      aggregate_evaluate: received 9 results and 1 failures\n"
        for n in range(1, EPOCHS + 1)
    )
    ends = [f"INFO :      \t\tround {n}: {v}\n" for n, v in enumerate(VALIDATION, 1)]
    tail = "INFO :      Run finished 60 round(s) in 83.21s\n"
    tail += "INFO :      \tHistory (loss, distributed):\n"
    (log,) = read_source(of_text("flower", head + tail + "".join(ends)))
    assert list(log.curves) == ["val loss"]
    assert_allclose(log.curves["val loss"].values, VALIDATION)


def test_ludwig():
    def outputs(values):
        return {
            "churn": {"loss": [9.0, *values[1:]], "accuracy": list(1 - values / 9)},
            "combined": {"loss": list(values)},
        }

    document = {
        "training": outputs(TRAIN),
        "validation": outputs(VALIDATION),
        "test": outputs(VALIDATION + 1),
        "evaluation_frequency": {"frequency": 1},
    }
    verdict = fs.diagnose(json.dumps(document, indent=1))
    assert (verdict.label, verdict.evidence.validation_key) == ("overfit", "validation/loss")
    assert_allclose(verdict.history.validation, VALIDATION)
    assert_allclose(verdict.history.train, TRAIN)


@pytest.mark.parametrize(
    "said", ["eval result: {one}", "Eval results {one}", "test_result={one}", "dev {one}"]
)
def test_words_before_a_dictionary_name_its_rows(said):
    text = "".join(
        f"epoch: {at} step: 100, loss is {t:.6f}\nepoch: {at}, {said.format(one={'Loss': v})}\n"
        for at, (t, v) in enumerate(zip(TRAIN.tolist(), VALIDATION.tolist(), strict=True))
    )
    verdict = fs.diagnose(text)
    assert verdict.label == "overfit"
    assert_allclose(verdict.history.validation, VALIDATION)
    assert_allclose(verdict.history.train, TRAIN, atol=1e-6)


def test_vowpal_wabbit_marks_rows_that_it_holds_out():
    names = "average  since         example        example  current  current  current\n"
    rows = "".join(
        f"{v + 1:.6f} {v:.6f} {2000 * at:12d} {2000.0 * at:14.1f}   1.0000   0.3000       51 h\n"
        for at, v in enumerate(VALIDATION, 1)
    )
    verdict = fs.diagnose(names + rows)
    assert (verdict.label, verdict.evidence.step) == ("overfit", "step")
    assert_allclose(verdict.history.validation, VALIDATION, atol=1e-6)


def test_values_beside_their_names(tmp_path):
    """Records of a tracker's interface, and its table with a line a value."""
    curves = (("train loss", TRAIN), ("validation loss", VALIDATION))
    named = [{"name": name, "values": values.tolist()} for name, values in curves]
    for text in (json.dumps({"run": "a", "metrics": named}), json.dumps(named)):
        (tmp_path / "run.json").write_text(text)
        assert_allclose(fs.diagnose(tmp_path / "run.json").history.validation, VALIDATION)
    rows = [f"{at},{name},{v}" for name, values in curves for at, v in enumerate(values)]
    (tmp_path / "scalars.csv").write_text("\n".join(["iter,series,value", *rows]))
    verdict = fs.diagnose(tmp_path / "scalars.csv")
    assert verdict.label == "overfit"
    assert_allclose(verdict.history.train, TRAIN)
