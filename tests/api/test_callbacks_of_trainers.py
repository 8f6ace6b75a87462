"""Lightning and Hugging Face's Trainer judged while they train, where these are installed.

Neither is an extra of ours; docs/your-own-logs.md says how these tests were run.
"""

import logging
import warnings

import pytest

import fitscope as fs

RULE = fs.stopping.EvidenceStopping(worth=0.02, patience=100)


@pytest.fixture(autouse=True)
def quiet():
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def rows(seed):
    """64 rows with labels that are mostly noise: a network overfits them in ten epochs."""
    import torch

    random = torch.Generator().manual_seed(seed)
    x = torch.randn(64, 8, generator=random)
    return x, (x[:, 0] + 2 * torch.randn(64, generator=random) > 0).float()


def network():
    from torch.nn import Linear, ReLU, Sequential

    return Sequential(Linear(8, 128), ReLU(), Linear(128, 1))


class OfLightning:
    """Lightning with what all its tests share."""

    def __init__(self):
        self.library = pytest.importorskip("lightning.pytorch", reason="needs lightning")
        import torch

        cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits

        class Module(self.library.LightningModule):
            def __init__(self):
                super().__init__()
                self.network = network()

            def loss(self, batch):
                return cross_entropy(self.network(batch[0])[:, 0], batch[1])

            def training_step(self, batch, _):
                loss = self.loss(batch)
                self.log("train_loss", loss, on_step=False, on_epoch=True)
                return loss

            def validation_step(self, batch, _, dataloader_idx=0):  # noqa: ARG002 (Lightning names it)
                self.log("val_loss", self.loss(batch))

            def configure_optimizers(self):
                return torch.optim.Adam(self.parameters(), 0.01)

        torch.manual_seed(0)
        self.module = Module

    def fit(self, callback, epochs, sets=1, checkpoint=None, **settings):
        trainer = self.library.Trainer(
            max_epochs=epochs,
            callbacks=[callback],
            accelerator="cpu",
            devices=1,
            **dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar"), False),
            enable_model_summary=False,
            **settings,
        )
        parts = [self.batches(seed) for seed in range(2, 2 + sets)]
        trainer.fit(self.module(), self.batches(1), parts, ckpt_path=checkpoint)
        return trainer

    @staticmethod
    def batches(seed):
        from torch.utils.data import DataLoader, TensorDataset

        return DataLoader(TensorDataset(*rows(seed)), 16)


@pytest.fixture(scope="module")
def lightning():
    return OfLightning()


def test_lightning(lightning, capsys):
    callback = fs.callbacks.lightning()
    lightning.fit(callback, 25)
    found = callback.watch.verdict
    assert (found.label, found.epochs) == ("overfit", 25)
    assert found.evidence.train_key == "train_loss"
    said = capsys.readouterr().out
    assert "overfit from epoch" in said
    assert "FS216" not in said, "the first evaluation is no finding while a run goes on"
    lightning.fit(callback, 6)
    assert callback.watch.verdict.epochs == 6, "a second run is one of its own"


def test_lightning_stops_on_evidence(lightning):
    callback = fs.callbacks.lightning(say=None, stop=RULE)
    trainer = lightning.fit(callback, 150)
    assert callback.watch.stopped == "overfit"
    assert 10 < trainer.current_epoch < 100


def test_lightning_counts_each_validation_once(lightning):
    seldom, often = fs.callbacks.lightning(say=None), fs.callbacks.lightning(say=None)
    lightning.fit(seldom, 12, check_val_every_n_epoch=3)
    assert seldom.watch.verdict.history.epochs.tolist() == [2, 5, 8, 11]
    trainer = lightning.fit(often, 8, val_check_interval=0.5)
    trainer.validate(trainer.lightning_module, lightning.batches(2), verbose=False)
    assert often.watch.verdict.evidence.step == "step"
    assert often.watch.verdict.history.epochs.tolist() == list(range(2, 33, 2))


def test_lightning_with_several_validation_sets(lightning):
    callback = fs.callbacks.lightning(say=None)
    lightning.fit(callback, 15, sets=2)
    found = callback.watch.verdict
    assert found.evidence.validation_key == "val_loss/dataloader_idx_0"
    assert "FS222" in [check.code for check in found.checks], "the other set is judged, too"


def test_lightning_goes_on_from_a_checkpoint(lightning, tmp_path):
    first, second = fs.callbacks.lightning(say=None), fs.callbacks.lightning(say=None)
    lightning.fit(first, 9).save_checkpoint(tmp_path / "kept.ckpt")
    lightning.fit(second, 15, checkpoint=tmp_path / "kept.ckpt")
    before, whole = first.watch.verdict.history, second.watch.verdict.history
    assert whole.epochs.tolist() == list(range(15))
    assert whole.validation[:9].tolist() == before.validation.tolist()


class OfTransformers:
    """The Trainer on a network of our own; nothing is fetched."""

    def __init__(self):
        self.library = pytest.importorskip("transformers", reason="needs transformers")
        pytest.importorskip("accelerate", reason="needs accelerate")
        import torch

        self.library.logging.set_verbosity_error()
        cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits

        class Config(self.library.PretrainedConfig):
            model_type = "made-up"

        class Model(self.library.PreTrainedModel):
            config_class = Config

            def __init__(self, config):
                super().__init__(config)
                self.network = network()
                self.post_init()

            def forward(self, x=None, labels=None):
                logits = self.network(x)[:, 0]
                return {"loss": cross_entropy(logits, labels), "logits": logits}

        self.model = lambda: Model(Config())

    def train(self, callback, epochs, folder, resume=None, **settings):
        self.library.set_seed(0)
        usual = {"eval_strategy": "epoch", "logging_strategy": "epoch", "save_strategy": "no"}
        arguments = self.library.TrainingArguments(
            output_dir=str(folder),
            num_train_epochs=epochs,
            per_device_train_batch_size=16,
            learning_rate=0.01,
            lr_scheduler_type="constant",
            report_to=[],
            disable_tqdm=True,
            use_cpu=True,
            **{**usual, **settings},
        )
        parts = [
            [{"x": x, "labels": label} for x, label in zip(*rows(seed), strict=True)]
            for seed in (1, 2)
        ]
        trainer = self.library.Trainer(
            model=self.model(),
            args=arguments,
            train_dataset=parts[0],
            eval_dataset=parts[1],
            callbacks=[callback],
        )
        trainer.train(resume_from_checkpoint=resume)
        return trainer


@pytest.fixture(scope="module")
def transformers():
    return OfTransformers()


def test_transformers(transformers, tmp_path, capsys):
    callback = fs.callbacks.transformers()
    transformers.train(callback, 30, tmp_path)
    found = callback.watch.verdict
    assert (found.label, found.epochs, found.evidence.step) == ("overfit", 30, "epoch")
    assert (found.evidence.train_key, found.evidence.validation_key) == ("loss", "eval_loss")
    assert "fitscope: epoch " in capsys.readouterr().out
    transformers.train(callback, 4, tmp_path)
    assert callback.watch.verdict.epochs == 4, "a second run is one of its own"


def test_transformers_by_steps(transformers, tmp_path):
    callback = fs.callbacks.transformers(say=None)
    settings = {"eval_strategy": "steps", "eval_steps": 6, "logging_strategy": "steps"}
    transformers.train(callback, 20, tmp_path, **settings, logging_steps=3)
    found = callback.watch.verdict
    assert (found.label, found.evidence.step) == ("overfit", "step")
    assert found.history.epochs.tolist() == [*range(6, 79, 6), 80]
    assert "FS213" not in [check.code for check in found.checks], "the last one is of the fit"


def test_transformers_stops_on_evidence(transformers, tmp_path):
    callback = fs.callbacks.transformers(say=None, stop=RULE)
    trainer = transformers.train(callback, 150, tmp_path)
    assert callback.watch.stopped == "overfit"
    assert 10 < trainer.state.epoch < 100


def test_transformers_goes_on_from_a_checkpoint(transformers, tmp_path):
    first, second = fs.callbacks.transformers(say=None), fs.callbacks.transformers(say=None)
    transformers.train(first, 8, tmp_path, save_strategy="epoch")
    checkpoint = str(tmp_path / "checkpoint-24")
    transformers.train(second, 12, tmp_path, resume=checkpoint)
    assert second.watch.verdict.history.epochs.tolist() == list(range(1, 13))
    before, whole = first.watch.verdict.history, second.watch.verdict.history
    assert whole.validation[:6].tolist() == before.validation[:6].tolist()
