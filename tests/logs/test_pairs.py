"""Which curves are meant, by their names or by the user's."""

import pytest
from logs.made_up_logs import losses

import fitscope as fs
from fitscope.logs.direction import higher_is_better
from fitscope.logs.names import meaning

TRAIN, VALIDATION = losses()


def keys(columns, **options):
    history = {n: (VALIDATION if "v" in n or "test" in n else TRAIN).tolist() for n in columns}
    evidence = fs.diagnose(history, **options).evidence
    return evidence["train_key"], evidence["validation_key"]


@pytest.mark.parametrize(
    ("columns", "train", "validation"),
    [
        (["loss", "val_loss", "accuracy", "val_accuracy"], "loss", "val_loss"),
        (["train_loss", "valid_loss", "valid_acc"], "train_loss", "valid_loss"),
        (["loss", "eval_loss"], "loss", "eval_loss"),
        (["train_loss", "test_loss"], "train_loss", "test_loss"),
        (["train_loss", "test_loss", "val_loss"], "train_loss", "val_loss"),
        (["Loss/train", "Loss/validation"], "Loss/train", "Loss/validation"),
        (["trainLoss", "valLoss"], "trainLoss", "valLoss"),
        (["trainloss", "valloss"], "trainloss", "valloss"),
        (["train", "valid"], "train", "valid"),
        (["mse", "val_mse", "lr"], "mse", "val_mse"),
        (["train/rmse", "val/rmse", "val/r2"], "train/rmse", "val/rmse"),
        (["acc", "val_acc"], "acc", "val_acc"),
        (["accuracy", "val_acc"], "accuracy", "val_acc"),
        (["val_loss", "lr"], None, "val_loss"),
        (
            ["loss", "binary_crossentropy", "val_loss", "val_binary_crossentropy"],
            "binary_crossentropy",
            "val_binary_crossentropy",
        ),
        (["val_loss", "box_loss", "val_box_loss", "loss"], "loss", "val_loss"),
    ],
)
def test_found_by_name(columns, train, validation):
    assert keys(columns) == (train, validation)


def test_chosen_by_the_user():
    columns = ["loss", "val_loss", "mae", "val_mae", "odd"]
    assert keys(columns, train="mae", val="val_mae") == ("mae", "val_mae")
    assert keys(columns, val="val_mae") == ("mae", "val_mae")
    assert keys(columns, train="mae") == ("mae", "val_mae")
    assert keys(columns, train="ODD", val="val_loss") == ("odd", "val_loss")
    verdict = fs.diagnose({"x": TRAIN, "y": VALIDATION}, train="x", val="y")
    assert "taken as a loss" in verdict.evidence["notes"][0]


@pytest.mark.parametrize(
    ("columns", "options", "says"),
    [
        (["val/box_loss", "val/cls_loss"], {}, "val/box_loss, val/cls_loss; choose with --train"),
        (["val_acc", "val_f1"], {}, "val_acc, val_f1"),
        (["val_loss", "valid_loss"], {}, "val_loss, valid_loss"),
        (["val_loss", "train_loss", "training_loss"], {}, "--train KEY"),
        (["val_foo", "foo"], {}, "known as a loss or an accuracy"),
        (["loss", "accuracy"], {}, "no validation curve among loss, accuracy"),
        (["loss", "val_loss"], {"val": "val_los"}, "no metric 'val_los' in it; it has loss, val"),
        (["loss", "val_loss"], {"train": "val_loss"}, "cannot be both"),
        ([f"val_{n}_loss" for n in range(30)], {}, "and 18 more"),
    ],
)
def test_refused_in_one_line_that_names_the_candidates(columns, options, says):
    with pytest.raises(fs.UserError) as refused:
        keys(columns, **options)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "higher"),
    [
        ("val_accuracy", True),
        ("valid/AUROC", True),
        ("val_top5_acc", True),
        ("eval_f1", True),
        ("val_R2", True),
        ("val_dice_loss", False),
        ("val_error_rate", False),
        ("val_perplexity", False),
        ("val_neg_log_likelihood", False),
        ("val_neg_mean_squared_error", True),
        ("val_runtime", None),
        ("valid_loss_best", None),
    ],
)
def test_which_way_is_better(name, higher):
    assert higher_is_better(meaning(name).metric) is higher


def test_an_accuracy_that_falls_is_overfitting():
    accuracy = {"accuracy": 1 - TRAIN, "val_accuracy": 1 - VALIDATION}
    verdict = fs.diagnose(accuracy)
    same = fs.diagnose({"loss": TRAIN, "val_loss": VALIDATION})
    assert verdict.label == same.label == "overfit"
    assert abs(verdict.best_epoch - same.best_epoch) <= 2
