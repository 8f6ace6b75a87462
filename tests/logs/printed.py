"""What programs print while they train, with made-up curves: a function a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Curve = Sequence[float]
BAR = "\u2501" * 20


def each(line: Callable[[int, float, float], str]) -> Callable[[Curve, Curve], str]:
    """A text with something for each epoch, counted from 1."""
    return lambda train, val: "".join(
        line(number, t, v) for number, (t, v) in enumerate(zip(train, val, strict=True), 1)
    )


def keras_2(n, t, v):
    updates = "".join(
        f"\b\b\b\b\r{at:2d}/32 [=====>....] - ETA: 0s - loss: {t + 0.5:.4f} - acc: 0.1"
        for at in (1, 17)
    )
    end = f"\b\b\r32/32 [========] - 3s 3ms/step - loss: {t:.4f} - acc: 0.5 - val_loss: {v:.4f}"
    saved = f"\nEpoch {n:05d}: val_loss improved from inf to {v:.5f}, saving model to w-{n}-0.9.h5"
    return f"Epoch {n}/12\n{updates}{end} - val_acc: 0.6\n{saved}\n"


def keras_3(n, t, v):
    bar = f"\x1b[32m{BAR}\x1b[0m\x1b[37m\x1b[0m"
    first = f"\r\x1b[1m 1/32\x1b[0m {bar} \x1b[1m9s\x1b[0m 300ms/step - acc: 0.1 - loss: 9.0"
    end = f"\r\x1b[1m32/32\x1b[0m {bar} \x1b[1m1s\x1b[0m 11ms/step - acc: 0.5 - loss: {t:.4f}"
    return f"Epoch {n}/12\n{first}\b\b\b{end} - val_acc: 0.6 - val_loss: {v:.4f}\n"


def keras_verbose_2(n, t, v):
    return (
        f"Epoch {n}/12\n32/32 - 1s - 20ms/step - accuracy: 0.5 - loss: {t:.4f} - "
        f"val_accuracy: 0.6 - val_loss: {v:.4f} - learning_rate: 1.0000e-03\n"
    )


def mnist_example(n, t, v):
    """Batches of training, whose mean counts; a line of testing."""
    batches = "".join(
        f"Train Epoch: {n} [{at}/60000 ({at // 600}%)]\tLoss: {t + off:.6f}\n"
        for at, off in ((0, 0.1), (25600, 0.0), (51200, -0.1))
    )
    return f"{batches}\nTest set: Average loss: {v:.4f}, Accuracy: {9000 + n}/10000 (90%)\n\n"


def transfer_tutorial(n, t, v):
    return (
        f"Epoch {n}/24\n----------\ntrain Loss: {t:.4f} Acc: 0.6885\nval Loss: {v:.4f} Acc: 0.9\n\n"
    )


def imagenet_example(n, t, v):
    head = "Time  0.5 ( 0.6)\tData  0.1 ( 0.2)\tLoss"
    return (
        f"Epoch: [{n}][  0/50]\t{head} 9.9e+00 (9.9e+00)\tAcc@1   0.00 (  0.14)\n"
        f"Epoch: [{n}][ 49/50]\t{head} 1.0e+00 ({t:.4e})\tAcc@1   5.00 (  7.14)\n"
        f"Test: [0/5]\t{head} 8.8e+00 (8.8e+00)\tAcc@1   5.00 (  7.14)\n"
        f"Test: [4/5]\t{head} 1.1e+00 ({v:.4e})\tAcc@1   5.00 (  9.14)\n"
        f" * Acc@1 {50 + n}.000 Acc@5 {70 + n}.000\n"
    )


def deit(n, t, v):
    return (
        f"Epoch: [{n}]  [ 0/50]  eta: 0:01:00  lr: 0.001  loss: 9.5 (9.5)  time: 1.2  max mem: 9\n"
        f"Epoch: [{n}] Total time: 0:00:20 (0.4000 s / it)\n"
        f"Averaged stats: lr: 0.001000  loss: 1.4000 ({t:.4f})\n"
        f"Test:  [0/5]  eta: 0:00:03  loss: 8.2 (8.2)  acc1: 54.0 (54.0)  time: 0.6  max mem: 9\n"
        f"* Acc@1 54.000 Acc@5 79.000 loss {v:.4f}\n"
        f"Accuracy of the network on the 1000 test images: 54.0%\nMax accuracy: 54.00%\n"
    )


def fairseq(n, t, v):
    stamp = "2020-01-01 10:00:00 | INFO"
    return (
        f"{stamp} | train_inner | epoch {n:03d}:     50 / 100 loss=9.5, ppl=20, lr=1e-05\n"
        f"{stamp} | fairseq.trainer | begin training epoch {n}\n"
        f"{stamp} | valid | epoch {n:03d} | valid on 'valid' subset | loss {v:.4f} | ppl 18 | "
        f"wps 100 | num_updates {100 * n}\n"
        f"{stamp} | train | epoch {n:03d} | loss {t:.4f} | ppl 20 | wps 100 | num_updates {n}\n"
    )


def lightning_bar(n, t, v):
    """No line ends: the bar is overwritten."""
    part = f"\rEpoch {n}:  50%|#####     | 16/32 [00:01<00:01, 20.1it/s, v_num=0, train_loss=9.000]"
    return (
        f"{part}\rValidation DataLoader 0:  50%|#####     | 4/8 [00:00<00:00, 80.1it/s]"
        f"\rEpoch {n}: 100%|##########| 32/32 [00:01<00:00, 20.1it/s, v_num=0, "
        f"val_loss={v:.4f}, train_loss={t:.4f}]"
    )


def tutorial_of_torchtext(n, t, v):
    return (
        f"Epoch: {n:02} | Time: 0m 10s\n\tTrain Loss: {t:.4f} | Train Acc: 70.53%\n"
        f"\t Val. Loss: {v:.4f} |  Val. Acc: 68.00%\n"
    )


def word_language_model(n, t, v):
    return (
        f"| epoch {n:3d} |   200/  600 batches | lr 20.00 | ms/batch 9 | loss {t:.4f} | ppl 1.0\n"
        f"{'-' * 89}\n| end of epoch {n:3d} | time: 10.20s | valid loss {v:.4f} | valid ppl 244.1\n"
        f"{'-' * 89}\n"
    )


def mmengine(n, t, v):
    stamp = "2024/01/01 10:00:00 - mmengine - INFO -"
    return (
        f"{stamp} Epoch(train)  [{n}][ 50/100]  lr: 1e-3  eta: 0:10:00  time: 0.1  loss: {t:.4f}\n"
        f"{stamp} Saving checkpoint at {n} epochs\n"
        f"{stamp} Epoch(val) [{n}][10/10]    loss: {v:.4f}  accuracy/top1: 54.0  time: 0.0\n"
    )


def trainer_dictionaries(n, t, v):
    return (
        f"  5%|5         | {n}/100 [00:01<00:30,  3.1it/s]"
        f"{{'loss': {t:.4f}, 'grad_norm': nan, 'learning_rate': 4.5e-05, 'epoch': {n}.0}}\n"
        f"{{'eval_loss': '{v:.4f}', 'eval_accuracy': '0.54', 'epoch': '{n}'}}\n"
    )


def trainer_with_logging(n, t, v):
    stamp = "12/11/2023 05:18:52 - INFO - __main__ -  "
    return (
        f"{stamp} {{'loss': {t:.4f}, 'learning_rate': 1e-05, 'epoch': {n}.0}}\n"
        f"{stamp} {{'eval_loss': {v:.4f}, 'eval_runtime': 3.1, 'epoch': {n}.0}}\n"
    )


def nnunet_2(n, t, v):
    stamp = "2024-01-01 10:00:00.123456:"
    return (
        f"{stamp} \n{stamp} Epoch {n} \n{stamp} Current learning rate: 0.01 \n"
        f"{stamp} train_loss {t:.4f} \n{stamp} val_loss {v:.4f} \n"
        f"{stamp} Pseudo dice [np.float32(0.5), np.float32(0.6)] \n{stamp} Epoch time: 58.1 s \n"
    )


def loguru(n, t, v):
    return (
        f"2024-01-01 10:00:00.123 | INFO     | __main__:train:55 - epoch {n} | "
        f"train loss {t:.4f} | val loss {v:.4f}\n"
    )


def ray(n, t, v):
    return f"\x1b[36m(train pid=123, ip=10.0.0.1)\x1b[0m Epoch {n}: loss={t:.4f} val_loss={v:.4f}\n"


def german(n, t, v):
    return f"Epoche {n}: Loss: {t:.4f}; Val-Loss: {v:.4f}\n".replace(".", ",")


def json_in_text(n, t, v):
    return (
        f'INFO stats {{"epoch": {n}, "train": {{"loss": {t:.4f}}}, "val": {{"loss": {v:.4f}}}}}\n'
    )


def values_before_their_epoch(n, t, v):
    return f"train loss: {t:.4f}\nvalid loss: {v:.4f}\nEpoch {n} finished in 3.2s\n"


def tqdm_before_the_summary(n, t, v):
    bars = "".join(
        f"{at:3d}%|##  | {at}/100 [00:00<00:04, 19.9it/s, loss=9.5]\r" for at in (1, 100)
    )
    return (
        f"{bars}\nEpoch {n}: \nloss={t:.4f}, accuracy=0.52, \nval_loss={v:.4f}, val_accuracy=0.54\n"
    )


def parts_in_brackets(n, t, v):
    return f"[Train] Epoch {n} - loss: {t:.4f}\n[Valid] Epoch {n} - loss: {v:.4f} (best: 0.1)\n"


def headings(n, t, v):
    return (
        f"Epoch {n}\nTraining:\n  loss: {t:.4f}\n  acc: 0.5\n"
        f"Validation:\n  loss: {v:.4f}\n  acc: 0.4\n"
    )


def variational_autoencoder(n, t, v):
    """The batches are called training, the whole epoch is not."""
    return (
        f"Train Epoch: {n} [0/60000 (0%)]\tLoss: 9.5\n====> Epoch: {n} Average loss: {t:.4f}\n"
        f"====> Test set loss: {v:.4f}\n"
    )


def mxnet(n, t, v):
    return (
        f"INFO:root:Epoch[{n}] Train-cross-entropy={t}\nINFO:root:Epoch[{n}] Time cost=12.1\n"
        f"INFO:root:Epoch[{n}] Validation-cross-entropy={v}\n"
    )


def flair(n, t, v):
    return (
        f"2024-01-01 10:00:00,123 epoch {n} - iter 1/10 - loss 9.1 - samples/sec: 30.1\n"
        f"2024-01-01 10:00:00,123 EPOCH {n} done: loss {t} - lr: 0.1\n"
        f"2024-01-01 10:00:00,123 DEV : loss {v} - f1-score (micro avg)  0.91\n"
    )


def timm(n, t, v):
    return (
        f"Train: {n} [   0/100 (  0%)]  Loss: 9.5 (9.5)  Time: 0.5s, 200/s  LR: 1e-3\n"
        f"Train: {n} [  99/100 (100%)]  Loss: 9.1 ({t})  Time: 0.5s, 200/s\n"
        f"Test: [   0/5]  Time: 0.1 (0.1)  Loss:   9.1 (9.1)  Acc@1: 50.0 (50.0)\n"
        f"Test: [   4/5]  Time: 0.1 (0.1)  Loss:   9.1 ({v})  Acc@1: 50.0 (49.0)\n"
    )


def informer(n, t, v):
    return (
        f"\titers: 100, epoch: {n} | loss: 9.1\n\tspeed: 0.1s/iter; left time: 10.1s\n"
        f"Epoch: {n}, Steps: 263 | Train Loss: {t:.7f} Vali Loss: {v:.7f} Test Loss: 0.4\n"
        "EarlyStopping counter: 1 out of 3\nUpdating learning rate to 5e-05\n"
    )


BY_EPOCH = (
    *(variational_autoencoder, mxnet, flair, timm, informer),
    *(keras_2, keras_3, keras_verbose_2, mnist_example, transfer_tutorial, imagenet_example, deit),
    *(fairseq, lightning_bar, tutorial_of_torchtext, word_language_model, mmengine),
    *(trainer_dictionaries, trainer_with_logging, nnunet_2, loguru, ray, german, json_in_text),
    *(values_before_their_epoch, tqdm_before_the_summary, parts_in_brackets, headings),
)
SPELLINGS = (
    "Epoch {n}, Loss: {t}, ValLoss: {v}",
    "Epoch {n}/12, Train Loss: {t}, Val Loss: {v}, Val Acc: 54.00%",
    "Epoch [{n}/12] train_loss={t} val_loss={v}",
    "[Epoch {n}] loss {t} | validation loss {v}",
    "epoch={n} trainLoss={t} validLoss={v} time=3.2s",
    "epoch: {n}, train: {t}, val: {v}",
    "Epoch #{n:03d} -- Training loss {t} -- Validation loss {v}",
    "EPOCH {n} of 12: training loss = {t}; test loss = {v}",
    "ep {n}\ttr_loss {t}\tvl_loss {v}",
    "Epoch {n} train: loss {t} acc 0.8 - valid: loss {v} acc 0.7",
    "Epoch: {n} \tTraining Loss: {t} \tValidation Loss: {v}",
    "Epoch {n} | loss: {t} (val: {v})",
    "Epoch {n} - avg_train_loss: {t}  avg_val_loss: {v}  time: 12s",
    "Epoch: {n}; Train loss: tensor({t}, device='cuda:0'); Dev loss: tensor({v})",
    "Эпоха {n}: train_loss = {t}, val_loss = {v}",
    "第{n}轮 训练损失: {t}, 验证损失: {v}",
    "After epoch {n}: Loss (train) = {t}, Loss (val) = {v}",
    "E2E model | Epoch {n} | loss={t} | eval_loss={v} | lr=1e-4 | best=0.1",
)


def boosting_rounds(start: str, line: str, end: str = "") -> Callable[[Curve, Curve], str]:
    return lambda train, val: (
        start + each(lambda n, t, v: line.format(n=n, t=t, v=v))(train, val) + end
    )


BY_ROUND = {
    "xgboost": boosting_rounds("", "[{n}]\ttrain-logloss:{t}\teval-logloss:{v}\n"),
    "xgboost sklearn": boosting_rounds("", "[{n}]\tvalidation_0-rmse:{t}\tvalidation_1-rmse:{v}\n"),
    "xgboost prefixed": boosting_rounds(
        "", "[10:00:00] [{n}]\ttrain-logloss:{t}+0.001\ttest-logloss:{v}+0.002\n"
    ),
    "lightgbm": boosting_rounds(
        "Training until validation scores don't improve for 100 rounds\n",
        "[{n}]\ttraining's l2: {t}\tvalid_1's l2: {v}\n",
        "Did not meet early stopping. Best iteration is:\n[3]\ttraining's l2: 1\tvalid_1's l2: 1\n",
    ),
    "catboost": boosting_rounds(
        "Learning rate set to 0.03\n",
        "{n}:\tlearn: {t}\ttest: {v}\tbest: 0.1000000 ({n})\ttotal: 52ms\tremaining: 52s\n",
        "\nbestTest = 0.6\nbestIteration = 10\n\nShrink model to first 11 iterations.\n",
    ),
}


def table(kind: str, train: Curve, val: Curve) -> str:
    """Tables: Markdown, a box, skorch's and fastai's columns, pandas'."""
    pairs = enumerate(zip(train, val, strict=True), 1)
    rows = [(str(n), f"{t:.4f}", f"{v:.4f}") for n, (t, v) in pairs]
    if kind == "markdown":
        head = (
            "# Results\n\n| Epoch | Train loss | Val loss | Note |\n| ---: | ---: | ---: | --- |\n"
        )
        return head + "".join(f"| {n} | {t} | **{v}** | `x` |\n" for n, t, v in rows)
    if kind == "box":
        head = "┏━━━┳━━━┓\n┃ epoch ┃ train loss ┃ val loss ┃\n┡━━━╇━━━┩\n"
        return head + "".join(f"│ {n} │ {t} │ {v} │\n" for n, t, v in rows) + "└───┴───┘\n"
    if kind == "skorch":
        head = "  epoch    train_loss    valid_loss     dur\n-----  ----------  ----------  ----\n"
        return head + "".join(f"{n:>7}  {t:>12}  {v:>12}  0.0{n}\n" for n, t, v in rows)
    if kind == "fastai":
        head = "epoch     train_loss  valid_loss  accuracy  time    \n"
        return head + "".join(f"{n:<9} {t:<11} {v:<11} 0.800000  00:10     \n" for n, t, v in rows)
    head = "starting\n\n   epoch  loss  val_loss\n"
    return head + "".join(f"{i}  {n}  {t}  {v}\n" for i, (n, t, v) in enumerate(rows))
