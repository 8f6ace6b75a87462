"""TensorBoard log folders as Keras, PyTorch and Lightning lay them out."""

import numpy as np
import pytest
from logs.made_up_logs import losses, points, write_events
from numpy.testing import assert_allclose

import fitscope as fs

TRAIN, VALIDATION = losses()


def check(verdict, train=TRAIN, validation=VALIDATION):
    assert verdict.label == "overfit"
    assert_allclose(verdict.history.validation, validation, rtol=1e-6)
    assert_allclose(verdict.history.train, train, rtol=1e-6)


def test_keras_layout(tmp_path):
    steps = {"batch_loss": points(np.repeat(TRAIN, 5))}
    write_events(tmp_path / "run/train", {**steps, "epoch_loss": points(TRAIN)}, tensors=True)
    others = {"evaluation_loss_vs_iterations": points(VALIDATION, range(5, 305, 5))}
    accuracy = {"epoch_accuracy": points(1 - VALIDATION)}
    write_events(
        tmp_path / "run/validation",
        {**others, **accuracy, "epoch_loss": points(VALIDATION)},
        tensors=True,
    )
    for path in (tmp_path, tmp_path / "run"):
        verdict = fs.diagnose(path)
        check(verdict)
        assert verdict.source == str(tmp_path / "run")
        assert verdict.evidence["train_key"] == "train/epoch_loss"
        assert verdict.evidence["validation_key"] == "validation/epoch_loss"
    with pytest.raises(
        fs.UserError, match="train: training only: no validation curve among batch_loss, epoch"
    ):
        fs.diagnose(tmp_path / "run" / "train")


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ("Loss/train", "Loss/val"),
        ("train/loss", "valid/loss"),
        ("Train Loss", "Test Loss"),
        ("training_loss", "validation_loss"),
    ],
)
def test_summary_writer_with_flat_tags(train, validation, tmp_path):
    tags = {train: points(TRAIN), validation: points(VALIDATION), "lr": points(TRAIN)}
    write_events(tmp_path, tags, tensors=False)
    check(fs.diagnose(tmp_path))


def test_add_scalars(tmp_path):
    """`add_scalars("Loss", {"train": ..., "val": ...})` makes two folders and one tag."""
    write_events(tmp_path, {}, tensors=False)
    write_events(tmp_path / "Loss_train", {"Loss": points(TRAIN)}, tensors=False)
    write_events(tmp_path / "Loss_val", {"Loss": points(VALIDATION)}, tensors=False)
    verdict = fs.diagnose(tmp_path)
    check(verdict)
    assert verdict.evidence["validation_key"] == "Loss/val"


def test_lightning_counts_steps_and_logs_their_epochs(tmp_path):
    """Training by step, validation by epoch, and a scalar `epoch` at every logged step."""
    by_step = np.repeat(TRAIN, 4) + np.tile([0.02, 0.01, -0.01, -0.02], len(TRAIN))
    ends = [10 * epoch + 9 for epoch in range(len(TRAIN))]
    within = [10 * epoch + at for epoch in range(len(TRAIN)) for at in (1, 3, 5, 7)]
    epochs = sorted(set(ends) | set(within))
    tags = {
        "train_loss": points(by_step, within),
        "val_loss": points(VALIDATION, ends),
        "epoch": [(step, step // 10) for step in epochs],
    }
    write_events(tmp_path / "version_0", tags, tensors=False)
    verdict = fs.diagnose(tmp_path)
    check(verdict)
    assert verdict.history.epochs.tolist() == list(range(len(TRAIN)))
    assert "mean" in verdict.evidence["notes"][0]

    tags["train_loss_epoch"] = points(TRAIN + 1, ends)
    tags["train_loss_step"] = tags.pop("train_loss")
    write_events(tmp_path / "version_1", tags, tensors=False)
    check(fs.diagnose(tmp_path / "version_1"), train=TRAIN + 1)
    assert len(fs.diagnose(tmp_path)) == 2


def test_steps_without_epochs(tmp_path):
    """Training at every step, validation at every fifth: means over the steps between."""
    by_step = np.repeat(TRAIN, 5) + np.tile([0.02, 0.01, 0, -0.01, -0.02], len(TRAIN))
    tags = {
        "train/loss": points(by_step),
        "val/loss": points(VALIDATION, range(4, 5 * len(VALIDATION), 5)),
    }
    write_events(tmp_path, tags, tensors=False)
    verdict = fs.diagnose(tmp_path)
    check(verdict)
    assert verdict.history.epochs[0] == 4
    assert "epochs are counted in steps" in verdict.evidence["notes"]


def test_a_resumed_run_in_several_files(tmp_path):
    wrong = TRAIN[:40] + 5
    for number, part in enumerate((slice(0, 40), slice(30, 60))):
        steps = range(60)[part]
        values = {0: np.r_[TRAIN[:30], wrong[30:]], 1: TRAIN[30:]}[number]
        tags = {"train/loss": points(values, steps), "val/loss": points(VALIDATION[part], steps)}
        write_events(tmp_path, tags, tensors=False, number=number)
    check(fs.diagnose(tmp_path))


def test_two_runs_in_one_folder(tmp_path):
    tags = {"train/loss": points(TRAIN), "val/loss": points(VALIDATION)}
    longer = {name: [*values, (60, 0.3)] for name, values in tags.items()}
    write_events(tmp_path, tags, tensors=False, number=0)
    write_events(tmp_path, longer, tensors=False, number=1)
    first, second = fs.diagnose(tmp_path)
    check(first)
    assert (first.epochs, second.epochs) == (60, 61)
    assert second.source == f"{tmp_path}: run 2 of 2"


def test_a_file_cut_off_while_it_was_written(tmp_path):
    tags = {"val/loss": points(VALIDATION), "train/loss": points(TRAIN)}
    file = write_events(tmp_path, tags, tensors=False)
    file.write_bytes(file.read_bytes()[:-7])
    verdict = fs.diagnose(file)
    assert verdict.epochs == len(VALIDATION)


def test_event_files_without_scalars(tmp_path):
    write_events(tmp_path, {}, tensors=True)
    with pytest.raises(fs.UserError, match="no scalars"):
        fs.diagnose(tmp_path)
    (tmp_path / "events.out.tfevents.1").write_bytes(bytes(range(256)) * 9)
    with pytest.raises(fs.UserError) as refused:
        fs.diagnose(tmp_path / "events.out.tfevents.1")
    assert "\n" not in str(refused.value)
