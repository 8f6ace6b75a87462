"""Logs that Keras itself writes."""

import json

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import fitscope as fs


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A real model that overfits: its History, and what CSVLogger wrote of it."""
    folder = tmp_path_factory.mktemp("keras")
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 8)).astype(np.float32)
    y = (x[:, 0] + random.normal(size=200) > 0).astype(np.float32)
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.Adam(0.02),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )

    def fit(epochs, file, append=False, separator=",", **options):
        logger = keras.callbacks.CSVLogger(str(folder / file), separator=separator, append=append)
        return model.fit(
            x[:100],
            y[:100],
            validation_data=(x[100:], y[100:]),
            batch_size=50,
            epochs=epochs,
            verbose=0,
            callbacks=[logger],
            **options,
        )

    history = fit(40, "log.csv")
    fit(50, "log.csv", append=True, initial_epoch=35)
    fit(30, "every-third.csv", separator=";", validation_freq=3)
    return history, folder


def test_history_object_and_its_dump_are_the_same(fitted, tmp_path):
    history, _ = fitted
    verdict = fs.diagnose(history)
    assert isinstance(verdict, fs.Verdict)
    assert (verdict.label, verdict.epochs) == ("overfit", 40)
    assert verdict.evidence["validation_key"] == "val_loss"
    assert verdict.evidence["train_key"] == "loss"
    assert_allclose(verdict.history.validation, history.history["val_loss"])
    dump = tmp_path / "history.json"
    dump.write_text(json.dumps(history.history))
    again = fs.diagnose(dump)
    assert again.source == str(dump)
    assert again.as_dict() | {"source": ""} == verdict.as_dict() | {"source": ""}
    assert fs.diagnose(history.history).as_dict() == verdict.as_dict()


def test_epochs_are_those_of_the_history(fitted):
    history, _ = fitted
    later = keras.callbacks.History()
    later.history = history.history
    later.epoch = list(range(100, 140))
    assert fs.diagnose(later).history.epochs.tolist() == later.epoch


def test_csv_logger_of_a_resumed_run(fitted):
    """Epochs 35 to 39 were run twice: those of the run that went on count."""
    history, folder = fitted
    verdict = fs.diagnose(folder / "log.csv")
    assert verdict.history.epochs.tolist() == list(range(50))
    assert_allclose(verdict.history.train[:35], history.history["loss"][:35])
    assert not np.allclose(verdict.history.train[35:40], history.history["loss"][35:])
    assert verdict.evidence["notes"] == ("5 values came twice: the later ones count",)


def test_validation_every_few_epochs(fitted):
    """CSVLogger writes NA where there was no validation."""
    _, folder = fitted
    text = (folder / "every-third.csv").read_text()
    assert "NA" in text
    read = fs.diagnose(folder / "every-third.csv").history
    assert read.epochs.tolist() == list(range(2, 30, 3))
    rows = [line.split(";") for line in text.splitlines()[1:]]
    assert_allclose(read.train, [float(row[2]) for row in rows[2::3]])
    assert_allclose(read.validation, [float(row[4]) for row in rows[2::3]])


def test_accuracy_by_name(fitted):
    history, _ = fitted
    verdict = fs.diagnose(history, train="accuracy", val="val_accuracy")
    assert verdict.evidence["higher_is_better"]
    assert verdict.evidence["metric"] == "accuracy"
    only = {k: v for k, v in history.history.items() if "accuracy" in k}
    assert fs.diagnose(only).as_dict() == fs.diagnose(only, val="val_accuracy").as_dict()


def test_the_guide_in_keras(shared):
    """Seven histories of one file; the cross-entropy counts, not the loss with its penalties."""
    found = fs.diagnose(shared / "guide-tf-keras.json")
    assert [v.source.rpartition(": ")[2] for v in found] == [
        *("Tiny", "Small", "Medium", "Large", "l2", "dropout", "combined")
    ]
    assert {v.evidence["validation_key"] for v in found} == {"val_binary_crossentropy"}
    labels = {v.source.rpartition(": ")[2]: v.label for v in found}
    assert labels["Large"] == labels["Medium"] == "overfit"
    assert labels["combined"] != "overfit"
