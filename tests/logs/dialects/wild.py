"""People's own prints: prefixes, words of other languages, decoys, interleaved programs."""

from __future__ import annotations

from logs.dialects.dialect import Dialect, rows

PLAIN = "Epoch {n}/24 train_loss: {t} val_loss: {v}"


def _prefixed(name: str, prefix: str) -> Dialect:
    return Dialect(f"prefix of {name}", prefix + PLAIN + "\n")


PREFIXES = tuple(
    _prefixed(name, prefix)
    for name, prefix in (
        ("GitHub Actions", "2024-01-01T10:00:00.1234567Z "),
        ("gh run view", "train\tRun python train.py\t2024-01-01T10:00:00.1234567Z "),
        ("Slurm", "0: "),
        ("torchrun", "[default0]:"),
        ("torch elastic", "[rank0]: "),
        ("mpirun", "[1,0]<stdout>:"),
        ("docker compose", "trainer-1  | "),
        ("kubectl", "[pod/train-abc12/trainer] "),
        ("systemd", "Jan 01 10:00:00 host python[1234]: "),
        ("absl", "I0101 10:00:00.123456 140123456789 train.py:123] "),
        ("logging", "2024-01-01 10:00:00,123 - trainer - INFO - "),
        ("logging, brackets", "[2024-01-01 10:00:00,123][__main__][INFO] - "),
        ("loguru", "2024-01-01 10:00:00.123 | INFO     | __main__:main:42 - "),
        ("rich", "[10:00:00] INFO     "),
        ("syslog", "Jan  1 10:00:00 gpu01 train[99]: INFO: "),
        ("US dates", "01/02/2024 10:00:00 PM "),
        ("elapsed times", "[   12.34s] "),
        ("Ray", "(RayTrainWorker pid=1234, ip=10.0.0.1) "),
        ("AWS", "2024-01-01T10:00:00.123Z\t[INFO]\t"),
        ("Colab cells", ">>> "),
        ("ranks", "Rank 0: "),
        ("GPU numbers", "[GPU0] "),
        ("emoji", "\U0001f680 "),
        ("JAX process", "[process 0] "),
        ("Azure", "2024-01-01 10:00:00Z|INFO|train|1234|"),
    )
)

WILD = (
    *PREFIXES,
    Dialect("German", "Epoche {n} von 24: Trainingsverlust = {t}, Validierungsverlust = {v}\n"),
    Dialect(
        "German, decimal commas",
        lambda c: {
            "log.txt": "".join(
                f"Epoche {r['n']}: Trainings-Loss: {r['t']}; Validierungs-Loss: {r['v']}; Genauigkeit: 0.5\n".replace(
                    ".", ","
                )
                for r in rows(c)
            )
        },
    ),
    Dialect(
        "French", "\u00c9poque {n}/24 - perte entra\u00eenement : {t} - perte validation : {v}\n"
    ),
    Dialect(
        "French accuracies",
        "\u00c9poque {n} : pr\u00e9cision d'entra\u00eenement {pa} %, pr\u00e9cision de validation {pw} %\n",
        train="pa",
        val="pw",
    ),
    Dialect(
        "Spanish",
        "\u00c9poca {n}/24 | P\u00e9rdida entrenamiento: {t} | P\u00e9rdida validaci\u00f3n: {v}\n",
    ),
    Dialect(
        "Portuguese", "\u00c9poca {n}: perda de treino = {t}; perda de valida\u00e7\u00e3o = {v}\n"
    ),
    Dialect("Italian", "Epoca {n}: perdita di addestramento {t}, perdita di validazione {v}\n"),
    Dialect(
        "Chinese",
        "\u7b2c {n} \u8f6e\uff0c\u8bad\u7ec3\u635f\u5931\uff1a{t}\uff0c\u9a8c\u8bc1\u635f\u5931\uff1a{v}\uff0c\u9a8c\u8bc1\u51c6\u786e\u7387\uff1a{w}\n",
    ),
    Dialect(
        "Chinese, set spelled out",
        "Epoch {n} \u8bad\u7ec3\u96c6\u635f\u5931: {t} \u9a8c\u8bc1\u96c6\u635f\u5931: {v}\n",
    ),
    Dialect(
        "Japanese",
        "\u30a8\u30dd\u30c3\u30af {n}: \u8a13\u7df4\u640d\u5931 {t}, \u691c\u8a3c\u640d\u5931 {v}\n",
    ),
    Dialect(
        "Russian",
        "\u042d\u043f\u043e\u0445\u0430 {n}: \u043f\u043e\u0442\u0435\u0440\u0438 \u043d\u0430 \u043e\u0431\u0443\u0447\u0435\u043d\u0438\u0438 {t}, \u043f\u043e\u0442\u0435\u0440\u0438 \u043d\u0430 \u0432\u0430\u043b\u0438\u0434\u0430\u0446\u0438\u0438 {v}\n",
    ),
    Dialect(
        "Korean", "\uc5d0\ud3ed {n}: \ud6c8\ub828 \uc190\uc2e4 {t}, \uac80\uc99d \uc190\uc2e4 {v}\n"
    ),
    Dialect("Polish", "Epoka {n}: strata treningowa {t}, strata walidacyjna {v}\n"),
    Dialect("Dutch", "Epoch {n}: trainingsverlies {t}, validatieverlies {v}\n"),
    Dialect("Turkish", "Epok {n}: e\u011fitim kayb\u0131 {t}, do\u011frulama kayb\u0131 {v}\n"),
    Dialect("epoch behind", "train loss {t} | val loss {v} | epoch {n}\n"),
    Dialect("counter without a word", "[{n}/24] train loss: {t} val loss: {v}\n"),
    Dialect("counter without a word, three digits", "{n:03d} train {t} valid {v}\n"),
    Dialect("E1", "E{n:02d} | tr_loss {t} | va_loss {v}\n"),
    Dialect("Ep.", "Ep. {n}: L_train={t}, L_val={v}\n"),
    Dialect("Epoch in brackets", "Epoch({n}) loss({t}) val_loss({v})\n"),
    Dialect("no separators", "epoch {n} trainloss {t} testloss {v} testacc {w}\n"),
    Dialect("arrows", "Epoch {n} => train: {t} -> val: {v}\n"),
    Dialect("slash pair", "Epoch {n}: loss (train/val): {t} / {v}\n"),
    Dialect("pair in names", "Epoch {n}: train/val loss = {t}/{v}\n"),
    Dialect("pair after a bar", "Epoch {n} | Loss: {t} / {v} (train / val) | Acc: {a} / {w}\n"),
    Dialect(
        "train and val halves",
        "Epoch {n:3d} | train: loss={t} acc={a} | val: loss={v} acc={w} | best={best} | 3.2s\n",
    ),
    Dialect(
        "train on two lines, val indented",
        "Epoch {n}\n  train: loss {t}, acc {a}\n  valid: loss {v}, acc {w}\n",
    ),
    Dialect(
        "headings",
        "=== Epoch {n} ===\n--- train ---\nloss: {t}\naccuracy: {a}\n--- validation ---\nloss: {v}\naccuracy: {w}\n",
    ),
    Dialect(
        "key, then the value on the next line",
        "Epoch {n}\nTrain loss:\n{t}\nValidation loss:\n{v}\n",
    ),
    Dialect(
        "best so far on each line",
        "Epoch {n}: train loss {t}, val loss {v}, best val loss {best} (epoch 3), patience 2/10\n",
    ),
    Dialect(
        "best so far before the values",
        "Epoch {n} [best val loss so far: {best}] train loss: {t} val loss: {v}\n",
    ),
    Dialect(
        "best so far on a line of its own",
        "Epoch {n}: train loss {t}, val loss {v}\nBest val loss so far: {best}\nEarlyStopping counter: 3 out of 10\n",
    ),
    Dialect(
        "EarlyStopping of Bjarten",
        "[{n:>2}/24] train_loss: {t:.5f} valid_loss: {v:.5f}\nValidation loss decreased (9.900000 --> {v:.6f}).  Saving model ...\n",
    ),
    Dialect(
        "previous value beside", "Epoch {n}: train loss {t}, val loss {v} (prev 9.1, delta -0.01)\n"
    ),
    Dialect(
        "timings that look like metrics",
        "Epoch {n}: train loss {t} in 12.3s, val loss {v} in 4.5s, val time 4.5, train speed 99.1 it/s, gpu mem 10.1GB\n",
    ),
    Dialect(
        "learning rates and norms first",
        "Epoch {n}: lr 0.001 wd 0.05 grad norm 1.5 train loss {t} val loss {v} mem 9000MB\n",
    ),
    Dialect(
        "sums and means", "Epoch {n}: train total loss sum 991.2, train loss {t}, val loss {v}\n"
    ),
    Dialect(
        "per-class lines between",
        "Epoch {n}: train loss {t}\n  class 0: precision 0.91 recall 0.82\n  class 1: precision 0.81 recall 0.72\nval loss {v}\n",
    ),
    Dialect(
        "sklearn's report between",
        "Epoch {n}: train loss {t}, val loss {v}\n              precision    recall  f1-score   support\n\n           0       0.91      0.82      0.86       100\n           1       0.81      0.72      0.76       100\n\n    accuracy                           0.80       200\n   macro avg       0.86      0.77      0.81       200\n\n",
    ),
    Dialect(
        "confusion matrices between",
        "Epoch {n}: train loss {t}, val loss {v}\n[[90 10]\n [12 88]]\n",
    ),
    Dialect(
        "two programs at once",
        "Epoch {n}/24 train_loss: {t} val_loss: {v}\n[dataloader] prefetched 4.5 batches, queue 0.91\nserver: GET /metrics 200 0.003\n",
    ),
    Dialect(
        "tqdm with postfix, then a summary",
        "Epoch {n}:  50%|#####     | 50/100 [00:01<00:01, 40.1it/s, loss=9.1]\rEpoch {n}: 100%|##########| 100/100 [00:02<00:00, 40.1it/s, loss=8.9]\nEpoch {n} train loss: {t:.4f} val loss: {v:.4f}\n",
    ),
    Dialect(
        "tqdm's postfix alone",
        "Epoch {n}: 100%|##########| 100/100 [00:02<00:00, 40.1it/s, train_loss={t}, val_loss={v}]\n",
    ),
    Dialect(
        "tqdm over epochs",
        " {n:2d}%|#  | {n}/24 [00:10<02:00,  1.1s/it, train_loss={t}, val_loss={v}]\r",
    ),
    Dialect(
        "tqdm over epochs, a description",
        "Training:  {n:2d}%|#  | {n}/24 [00:10<02:00,  1.1s/it, loss={t}, val_loss={v}]\n",
    ),
    Dialect("steps and epochs", "Epoch {n} Step {s}: train loss {t}, val loss {v}\n"),
    Dialect(
        "iterations with k",
        "iter {n}k/24k: train loss {t}, val loss {v}\n",
        step="step",
        at="1000n",
    ),
    Dialect(
        "steps with thousands separators",
        "Step {s:,}: train loss {t}, val loss {v}\n",
        at="s",
        step="step",
    ),
    Dialect("update numbers", "Update {s} | train loss {t} | eval loss {v}\n", at="s", step="step"),
    Dialect(
        "Tokens and hours",
        "[{s} steps, 1.2M tokens, 0.5h] train loss: {t}, validation loss: {v}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "ANSI colours on numbers",
        "\x1b[1mEpoch {n}\x1b[0m \x1b[34mtrain loss: \x1b[1m{t}\x1b[0m \x1b[31mval loss: \x1b[1m{v}\x1b[0m\n",
    ),
    Dialect(
        "box-drawing rows",
        "\u2502 {n} \u2502 {t} \u2502 {v} \u2502 {w} \u2502\n",
        head="\u250c\u2500\u2500\u252c\u2500\u2500\u252c\u2500\u2500\u252c\u2500\u2500\u2510\n\u2502 Epoch \u2502 Train Loss \u2502 Val Loss \u2502 Val Acc \u2502\n\u251c\u2500\u2500\u253c\u2500\u2500\u253c\u2500\u2500\u253c\u2500\u2500\u2524\n",
    ),
    Dialect(
        "table of prettytable",
        "|   {n}   |   {t}    |  {v}  |\n",
        head="+-------+------------+----------+\n| epoch | train_loss | val_loss |\n+-------+------------+----------+\n",
        foot="+-------+------------+----------+\n",
    ),
    Dialect(
        "Org table, percent",
        "| {n} | {pa}% | {pw}% |\n",
        head="| Epoch | Train Acc | Val Acc |\n|-------+-----------+---------|\n",
        train="pa",
        val="pw",
    ),
    Dialect(
        "Markdown, epochs as n/N",
        "| {n}/24 | {t} | {v} |\n",
        head="| Epoch | Training Loss | Validation Loss |\n|---|---|---|\n",
    ),
    Dialect(
        "Trainer's notebook table",
        "{n}\t{t}\t{v}\t{w}\n",
        head="Epoch\tTraining Loss\tValidation Loss\tAccuracy\n",
    ),
    Dialect(
        "Trainer's notebook table by step, no log",
        "{s}\t{t}\t{v}\n",
        head="Step\tTraining Loss\tValidation Loss\n50\tNo log\t9.1\n",
        at="s+50",
        train="t+nolog",
        val="v+9.1",
        step="step",
    ),
    Dialect(
        "LaTeX rows", "{n} & {t} & {v} \\\\\n", head="Epoch & Train loss & Val loss \\\\\n\\hline\n"
    ),
    Dialect(
        "HTML table rows",
        "<tr><td>{n}</td><td>{t}</td><td>{v}</td></tr>\n",
        head="<table>\n<tr><th>epoch</th><th>train_loss</th><th>valid_loss</th></tr>\n",
        foot="</table>\n",
    ),
    Dialect(
        "dashes for what is missing",
        "| {n} | {t} | {v} | - |\n",
        head="| Epoch | Train loss | Val loss | Test loss |\n|---|---|---|---|\n",
    ),
    Dialect(
        "accuracies as fractions of rows",
        "Epoch {n}: train loss {t}, val loss {v}, val acc 8123/10000 (81.23%)\n",
    ),
    Dialect("epoch of epochs, zero-padded", "Epoch: 0{n:02d}/024 --- Loss: {t} --- Val: {v}\n"),
    Dialect(
        "PyG",
        "Epoch: {n:03d}, Loss: {t:.4f}, Train: {a:.4f}, Val: {w:.4f}, Test: 0.9000\n",
        train="a",
        val="w",
    ),
    Dialect(
        "GCN of Kipf",
        "Epoch: {n:04d} loss_train: {t:.4f} acc_train: {a:.4f} loss_val: {v:.4f} acc_val: {w:.4f} time: 0.0100s\n",
    ),
    Dialect(
        "DGL",
        "Epoch {n:05d} | Loss {t:.4f} | Train Acc {a:.4f} | Val Loss {v} | Val Acc {w:.4f} | ETputs(KTEPS) 99.10\n",
    ),
    Dialect("MSE and R2", "Epoch {n}: Train MSE {t} R2 0.9 | Val MSE {v} R2 0.8\n"),
    Dialect(
        "five folds apart by headings",
        "Epoch {n}: train loss {t}, val loss {v}\n",
        head="Fold 1/5\n",
    ),
    Dialect("negative losses", "Epoch {n}: train ELBO loss {t}, val ELBO loss {v}\n"),
    Dialect("epochs of decimals", "epoch {n}.00 loss {t} eval_loss {v}\n"),
    Dialect("colon between epoch and total", "Epoch {n}:24 - loss: {t}, val_loss: {v}\n"),
    Dialect("validation set in brackets", "Epoch {n} loss[train]={t} loss[val]={v}\n"),
    Dialect(
        "a sentence", "After epoch {n}, the training loss is {t} and the validation loss is {v}.\n"
    ),
    Dialect(
        "a sentence, past",
        "Finished epoch {n} with training loss of {t} and a validation loss of {v}\n",
    ),
    Dialect("cost and dev", "Cost after epoch {n}: train {t}, dev {v}\n"),
    Dialect("in-sample, out-of-sample", "Epoch {n}: in-sample loss {t}, out-of-sample loss {v}\n"),
    Dialect("test every epoch", "Epoch {n}\tTrain loss = {t}\tTest loss = {v}\tTest acc = {pw}%\n"),
    Dialect(
        "eval prefix with epoch 0-based and dashes",
        "----- epoch: {n0} -----\ntrain | loss: {t}\neval | loss: {v}\n",
        at="n0",
    ),
)
