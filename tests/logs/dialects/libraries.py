"""Speech, text, detection and segmentation tools in PyTorch, Caffe, MXNet, Paddle, MATLAB."""

from __future__ import annotations

from logs.dialects.dialect import Dialect

S = "2024-01-01 10:00:00,123"
LIBRARIES = (
    Dialect(
        "ESPnet 2",
        "[host] "
        + S
        + " (trainer:732) INFO: {n}epoch:train:1-50batch: iter_time=0.1, forward_time=0.2, loss_ctc=9.1, loss=9.1, acc=0.1\n"
        "[host] "
        + S
        + " (trainer:338) INFO: {n}epoch results: [train] iter_time=1.1e-04, forward_time=0.1, loss_ctc=10.5, loss_att=20.1, acc={a}, loss={t}, "
        "backward_time=0.2, optim0_lr0=2.0e-06, train_time=0.9, time=5 minutes and 12.5 seconds, total_count=100, gpu_max_cached_mem_GB=5.3, "
        "[valid] loss_ctc=9.9, cer_ctc=0.4, loss_att=19.1, acc={w}, cer=0.5, wer=0.9, loss={v}, time=12.1 seconds, total_count=10, gpu_max_cached_mem_GB=5.3\n",
    ),
    Dialect(
        "ESPnet 1 log",
        '    {{"epoch": {n}, "iteration": {s}, "main/loss": {t}, "main/acc": {a}, "validation/main/loss": {v}, "validation/main/acc": {w}, "elapsed_time": 12.5}},\n',
        head="[\n",
        foot='    {"epoch": 25, "iteration": 2410, "elapsed_time": 99.5}\n]\n',
        ending="",
    ),
    Dialect(
        "SpeechBrain",
        "epoch: {n}, lr: 1.00e-03 - train loss: {t} - valid loss: {v}, valid CER: 5.30, valid WER: 1.53e+01\n",
        foot="Epoch loaded: 7 - test loss: 0.10, test CER: 4.10, test WER: 12.10\n",
    ),
    Dialect(
        "Kaldi nnet1",
        "ITERATION {n:02d}: TRAIN AVG.LOSS {t}, (lrate0.008), CROSSVAL AVG.LOSS {v}, nnet accepted (nnet_iter{n:02d}_learnrate0.008_tr{t}_cv{v})\n",
        head="CROSSVAL PRERUN AVG.LOSS 8.4100 (Xent),\n",
        step="step",
    ),
    Dialect(
        "Kaldi nnet3 accuracy report",
        "{n0}\t12.5\t{a}\t{w}\t0.01\n",
        head="%Iter\tduration\ttrain_accuracy\tvalid_accuracy\tdifference\n",
        train="a",
        val="w",
        at="n0",
        step="step",
    ),
    Dialect(
        "OpenNMT-py",
        "["
        + S
        + " INFO] Step {half}/2400; acc:  45.54; ppl: {lo}; xent: 4.60; lr: 0.00001; 5000/5000 tok/s;     40 sec\n"
        "["
        + S
        + " INFO] Step {s}/2400; acc:  45.54; ppl: {hi}; xent: 4.60; lr: 0.00001; 5000/5000 tok/s;     80 sec\n"
        "[" + S + " INFO] Validation perplexity: {v}\n[" + S + " INFO] Validation accuracy: {pw}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "OpenNMT-py, old epochs",
        "Epoch  {n},   50/  100; acc:  10.00; ppl:  99.10; 3000 src tok/s;\nTrain perplexity: {t}\nTrain accuracy: {pa}\n"
        "Validation perplexity: {v}\nValidation accuracy: {pw}\n",
    ),
    Dialect(
        "fairseq, json format",
        '2024-01-01 10:00:00 | INFO | train_inner | {{"epoch": {n}, "update": 0.5, "loss": "9.1", "ppl": "99", "num_updates": "{half}", "lr": "1e-05"}}\n'
        '2024-01-01 10:00:00 | INFO | valid | {{"epoch": {n}, "valid_loss": "{v}", "valid_ppl": "18", "valid_num_updates": "{s}"}}\n'
        '2024-01-01 10:00:00 | INFO | train | {{"epoch": {n}, "train_loss": "{t}", "train_ppl": "20", "train_num_updates": "{s}"}}\n',
    ),
    Dialect(
        "fairseq, tqdm format",
        "epoch {n:03d}:  50%|#####     | 50/100 [00:10<00:10,  5.1it/s, loss=9.1, nll_loss=9.0, ppl=99]\r"
        "epoch {n:03d} | loss {t} | nll_loss 1.1 | ppl 20.1 | wps 100 | num_updates {s} | lr 1e-05\n"
        "epoch {n:03d} | valid on 'valid' subset | loss {v} | nll_loss 1.2 | ppl 18 | num_updates {s} | best_loss {best}\n",
    ),
    Dialect(
        "AllenNLP's console",
        S + " - INFO - allennlp.training.gradient_descent_trainer - Epoch {n0}/23\n"
        "accuracy: 0.1000, batch_loss: 9.1, loss: 9.1 ||:  50%|#####     | 50/100 [00:01<00:01, 50.1it/s]\n"
        + S
        + " - INFO - allennlp.training.callbacks.console_logger -                     Training |  Validation\n"
        + S
        + " - INFO - allennlp.training.callbacks.console_logger - accuracy        |     {a}  |     {w}\n"
        + S
        + " - INFO - allennlp.training.callbacks.console_logger - gpu_0_memory_MB |  900.1  |       N/A\n"
        + S
        + " - INFO - allennlp.training.callbacks.console_logger - loss            |     {t}  |     {v}\n"
        + S
        + " - INFO - allennlp.training.gradient_descent_trainer - Epoch duration: 0:00:10.123\n",
        at="n0",
    ),
    Dialect(
        "Flair, loss.tsv",
        "{n}\t10:00:00\t0.1000\t{t}\t{v}\t0.5\t0.6\t{w}\t0.7\n",
        head="EPOCH\tTIMESTAMP\tLEARNING_RATE\tTRAIN_LOSS\tDEV_LOSS\tDEV_PRECISION\tDEV_RECALL\tDEV_F1\tDEV_ACCURACY\n",
        ending="tsv",
    ),
    Dialect(
        "spaCy 3",
        "{n:3d}    {s:4d}        123.45   1234.56   70.12   71.20   69.10   {w:.4f}\n",
        head="============================= Training pipeline =============================\n\u2139 Pipeline: ['tok2vec', 'ner']\n"
        "\u2139 Initial learn rate: 0.001\nE    #       LOSS TOK2VEC  LOSS NER  ENTS_F  ENTS_P  ENTS_R  SCORE \n"
        "---  ------  ------------  --------  ------  ------  ------  ------\n",
        foot="\u2714 Saved pipeline to output directory\nmodel-last\n",
        train=None,
        val="w",
    ),
    Dialect(
        "sentence-transformers, evaluation CSV",
        lambda c: {
            "eval/similarity_evaluation_sts-dev_results.csv": "epoch,steps,cosine_spearman,euclidean_pearson\n"
            + "".join(f"{n},-1,{w},0.5\n" for n, w in zip(c["n"], c["w"], strict=True))
        },
        train=None,
        val="w",
    ),
    Dialect(
        "nnU-Net 1",
        "2021-01-01 10:00:00.1: \nepoch:  {n0}\n2021-01-01 10:00:00.1: train loss : {t}\n2021-01-01 10:00:00.1: validation loss: {v}\n"
        "2021-01-01 10:00:00.1: Average global foreground Dice: [0.5, 0.6]\n"
        "2021-01-01 10:00:00.1: (interpret this as an estimate for the Dice of the different classes. This is not exact.)\n"
        "2021-01-01 10:00:00.1: lr: 0.009891\n2021-01-01 10:00:00.1: saving scheduled checkpoint file...\n2021-01-01 10:00:00.1: This epoch took 185.4 s\n",
        at="n0",
    ),
    Dialect(
        "nnU-Net 2",
        "2024-01-01 10:00:00.1: \n2024-01-01 10:00:00.1: Epoch {n0}\n2024-01-01 10:00:00.1: Current learning rate: 0.01\n2024-01-01 10:00:00.1: train_loss {t}\n"
        "2024-01-01 10:00:00.1: val_loss {v}\n2024-01-01 10:00:00.1: Pseudo dice [0.5, 0.61]\n2024-01-01 10:00:00.1: Epoch time: 58.12 s\n"
        "2024-01-01 10:00:00.1: Yayy! New best EMA pseudo Dice: 0.5123\n",
        at="n0",
    ),
    Dialect(
        "MONAI tutorial",
        "----------\nepoch {n}/24\n1/2, train_loss: 9.1000\n2/2, train_loss: 8.9000\nepoch {n} average loss: {t:.4f}\nsaved new best metric model\n"
        "current epoch: {n} current mean dice: {w:.4f} best mean dice: 0.9900 at epoch: 3\n",
        train=None,
        val="w",
    ),
    Dialect(
        "MMDetection 2, text",
        S
        + " - mmdet - INFO - Epoch [{n}][50/100]\tlr: 1.978e-02, eta: 1:00:00, time: 0.5, data_time: 0.1, memory: 3900, loss_rpn_cls: 0.1, loss_cls: 0.3, acc: 90.1, loss_bbox: 0.2, loss: 9.1\n"
        + S
        + " - mmdet - INFO - Epoch(val) [{n}][100]\tbbox_mAP: {w}, bbox_mAP_50: 0.9, bbox_mAP_75: 0.8\n",
        train=None,
        val="w",
    ),
    Dialect(
        "MMSegmentation",
        S
        + " - mmseg - INFO - Iter [{half}/2400]\tlr: 9.9e-03, eta: 1:00:00, time: 0.5, memory: 3900, decode.loss_ce: 0.5, decode.acc_seg: 80.1, loss: 9.1\n"
        + S
        + " - mmseg - INFO - per class results:\n"
        + S
        + " - mmseg - INFO - \n+------------+-------+-------+\n|   Class    |  IoU  |  Acc  |\n+------------+-------+-------+\n"
        "| background | 92.56 | 96.12 |\n| aeroplane  | 80.12 | 90.12 |\n+------------+-------+-------+\n"
        + S
        + " - mmseg - INFO - Iter(val) [{s}]\taAcc: 0.95, mIoU: {w}, mAcc: 0.80\n",
        train=None,
        val="w",
        at="half",
        step="step",
    ),
    Dialect(
        "MMEngine, scalars.json",
        lambda c: {
            "20240101/vis_data/scalars.json": "".join(
                f'{{"lr": 0.01, "data_time": 0.1, "loss": {t}, "loss_cls": 0.2, "time": 0.5, "epoch": {n}, "iter": {s}, "memory": 900, "step": {s}}}\n'
                f'{{"pascal_voc/mAP": {w}, "pascal_voc/AP50": 0.8, "data_time": 0.1, "time": 0.2, "step": {n}}}\n'
                for n, s, t, w in zip(c["n"], c["s"], c["t"], c["w"], strict=True)
            )
        },
        train=None,
        val="w",
        at="n",
        step="step",
    ),
    Dialect(
        "Detectron2's console",
        "[01/01 10:00:00 d2.utils.events]:  eta: 0:10:00  iter: {s}  total_loss: {t}  loss_cls: 0.5  loss_box_reg: 0.3  validation_loss: {v}  time: 0.3  data_time: 0.01  lr: 0.00025  max_mem: 3500M\n",
        at="s",
        step="step",
    ),
    Dialect(
        "YOLOv5, console",
        "\n     Epoch   gpu_mem       box       obj       cls    labels  img_size\n"
        "    {n0}/23     2.45G   0.04531   0.02312   0.01231        20       640: 100%|##########| 8/8 [00:01<00:00,  5.1it/s]\n"
        "               Class     Images     Labels          P          R     mAP@.5 mAP@.5:.95: 100%|##########| 4/4 [00:01<00:00,  3.1it/s]\n"
        "                 all        128        929      0.641      0.537      0.605      {w}\n",
        train=None,
        val="w",
        at="n0",
    ),
    Dialect(
        "YOLOv8, console",
        "\n      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n"
        "      {n}/24      2.65G      1.125      1.351      1.241        215        640: 100%|##########| 8/8 [00:02<00:00,  3.1it/s]\n"
        "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|##########| 4/4 [00:01<00:00,  3.1it/s]\n"
        "                   all        128        929      0.641      0.537      0.605      {w}\n",
        train=None,
        val="w",
    ),
    Dialect(
        "YOLOv8, classification",
        "\n      Epoch    GPU_mem       loss  Instances       Size\n"
        "      {n}/24      1.65G      {t}         16        224: 100%|##########| 8/8 [00:02<00:00,  3.1it/s]\n"
        "               classes   top1_acc   top5_acc: 100%|##########| 4/4 [00:01<00:00,  3.1it/s]\n"
        "                   all      {w}          1\n",
        train=None,
        val="w",
    ),
    Dialect(
        "YOLOv5, results.csv",
        "{n0:>20},{t:>20},0.02,0.01,0.5,0.6,0.7,{w:>20},{v:>20},0.02,0.01,0.003,0.003,0.07\n",
        head=",".join(
            f"{name:>20}"
            for name in (
                "epoch",
                "train/box_loss",
                "train/obj_loss",
                "train/cls_loss",
                "metrics/precision",
                "metrics/recall",
                "metrics/mAP_0.5",
                "metrics/mAP_0.5:0.95",
                "val/box_loss",
                "val/obj_loss",
                "val/cls_loss",
                "x/lr0",
                "x/lr1",
                "x/lr2",
            )
        )
        + "\n",
        train="t+.03",
        val="v+.03",
        at="n0",
        ending="csv",
    ),
    Dialect(
        "Caffe",
        "I0101 10:00:00.123456  1234 solver.cpp:330] Iteration {s0}, Testing net (#0)\n"
        "I0101 10:00:00.123456  1234 solver.cpp:397]     Test net output #0: accuracy = {w}\n"
        "I0101 10:00:00.123456  1234 solver.cpp:397]     Test net output #1: loss = {v} (* 1 = {v} loss)\n"
        "I0101 10:00:00.123456  1234 solver.cpp:218] Iteration {s0} (9.1 iter/s, 12.1s/100 iters), loss = {t}\n"
        "I0101 10:00:00.123456  1234 solver.cpp:237]     Train net output #0: loss = {t} (* 1 = {t} loss)\n"
        "I0101 10:00:00.123456  1234 sgd_solver.cpp:105] Iteration {s0}, lr = 0.01\n",
        at="s0",
        step="step",
    ),
    Dialect(
        "Chainer, PrintReport",
        "{n:<12}{t:<12.4f}{v:<22.4f}{a:<15.4f}{w:<25.4f}2.5\n",
        head="epoch       main/loss   validation/main/loss  main/accuracy  validation/main/accuracy  elapsed_time\n",
    ),
    Dialect(
        "Gluon, image classification",
        "[Epoch {n0}] train={a} val={w} loss=1.500000 time: 10.2\n",
        train="a",
        val="w",
        at="n0",
    ),
    Dialect(
        "GluonCV",
        "INFO:root:Epoch[{n0}] Batch [50]\tSpeed: 500.1 samples/sec\taccuracy=0.100000\tlr=0.1\n"
        "INFO:root:[Epoch {n0}] training: accuracy={a}\nINFO:root:[Epoch {n0}] speed: 500 samples/sec\ttime cost: 20.1\n"
        "INFO:root:[Epoch {n0}] validation: accuracy={w}\n",
        train="a",
        val="w",
        at="n0",
    ),
    Dialect(
        "Paddle, high level",
        "Epoch {n}/24\nstep  10/938 - loss: 9.1 - acc: 0.1 - 12ms/step\nstep 938/938 [==============================] - loss: {t} - acc: {a} - 12ms/step\n"
        "Eval begin...\nstep 157/157 [==============================] - loss: {v} - acc: {w} - 8ms/step\nEval samples: 10000\n",
        head="The loss value printed in the log is the current step, and the metric is the average value of previous steps.\n",
    ),
    Dialect(
        "PaddleClas",
        "[2024/01/01 10:00:00] ppcls INFO: [Train][Epoch {n}/24][Iter: 0/10]lr(PiecewiseDecay): 0.0125, top1: 0.1, CELoss: 9.1, loss: 9.1, batch_cost: 0.2s, reader_cost: 0.1, ips: 300 samples/s, eta: 0:00:30\n"
        "[2024/01/01 10:00:00] ppcls INFO: [Train][Epoch {n}/24][Avg]top1: {a}, top5: 0.9, CELoss: {t}, loss: {t}\n"
        "[2024/01/01 10:00:00] ppcls INFO: [Eval][Epoch {n}][Iter: 0/5]CELoss: 8.1, loss: 8.1, top1: 0.2, top5: 0.9, batch_cost: 0.2s\n"
        "[2024/01/01 10:00:00] ppcls INFO: [Eval][Epoch {n}][Avg]CELoss: {v}, loss: {v}, top1: {w}, top5: 0.9\n"
        "[2024/01/01 10:00:00] ppcls INFO: [Eval][Epoch {n}][best metric: 0.9]\n",
    ),
    Dialect(
        "PaddleOCR",
        "[2024/01/01 10:00:00] ppocr INFO: epoch: [{n}/24], global_step: {half}, lr: 0.0001, acc: {a}, norm_edit_dis: 0.5, loss: 9.1, avg_reader_cost: 0.1 s, avg_samples: 256, ips: 100.1 samples/s, eta: 1:00:00\n"
        "[2024/01/01 10:00:00] ppocr INFO: cur metric, acc: {w}, norm_edit_dis: 0.91, fps: 5000.1\n"
        "[2024/01/01 10:00:00] ppocr INFO: best metric, acc: 0.99, is_float16: False, norm_edit_dis: 0.99, fps: 5000.1, best_epoch: 3\n",
        train="a",
        val="w",
    ),
    Dialect(
        "MATLAB trainNetwork",
        "|       {n} |         {s:3d} |       00:00:01 |       {pa}% |       {pw}% |       {t} |       {v} |          0.0100 |\n",
        head="Training on single GPU.\n|" + "=" * 118 + "|\n"
        "|  Epoch  |  Iteration  |  Time Elapsed  |  Mini-batch  |  Validation  |  Mini-batch  |  Validation  |  Base Learning  |\n"
        "|         |             |   (hh:mm:ss)   |   Accuracy   |   Accuracy   |     Loss     |     Loss     |      Rate       |\n|"
        + "=" * 118
        + "|\n",
        foot="|" + "=" * 118 + "|\nTraining finished: Max epochs completed.\n",
    ),
    Dialect(
        "MATLAB trainnet, gaps",
        "{half:>13}{n:>9}       00:00:06        0.001{lo:>16}                  \n"
        "{s:>13}{n:>9}       00:00:06        0.001{hi:>16}{v:>18}\n",
        head="    Iteration    Epoch    TimeElapsed    LearnRate    TrainingLoss    ValidationLoss\n"
        "    _________    _____    ___________    _________    ____________    ______________\n",
    ),
    Dialect(
        "ignite",
        S
        + " ignite INFO: Training Results - Epoch: {n}  Avg accuracy: {a:.4f} Avg loss: {t:.4f}\n"
        + S
        + " ignite INFO: Validation Results - Epoch: {n}  Avg accuracy: {w:.4f} Avg loss: {v:.4f}\n",
    ),
    Dialect(
        "catalyst",
        "train ({n}/24) accuracy01: {a} | loss: {t} | loss/mean: {t} | loss/std: 0.01 | lr: 0.001 | momentum: 0.9\n"
        "valid ({n}/24) accuracy01: {w} | loss: {v} | loss/mean: {v} | loss/std: 0.01 | lr: 0.001 | momentum: 0.9\n"
        "* Epoch ({n}/24) lr: 0.001 | momentum: 0.9\n",
    ),
    Dialect(
        "catalyst, older",
        "{n}/24 * Epoch {n} (train): accuracy01={a} | loss={t} | lr=0.001\n{n}/24 * Epoch {n} (valid): accuracy01={w} | loss={v} | lr=0.001\n",
    ),
    Dialect(
        "skorch",
        "{n:>7}      \x1b[36m{t:>8}\x1b[0m       \x1b[32m{w:>8}\x1b[0m      \x1b[35m{v:>8}\x1b[0m     +  0.0512\n",
        head="  epoch    train_loss    valid_acc    valid_loss    cp     dur\n-------  ------------  -----------  ------------  ----  ------\n",
    ),
    Dialect(
        "pytorch-tabnet, accuracies",
        "epoch {n0:<3}| loss: 0.5 | train_accuracy: {a} | val_accuracy: {w} |  0:00:01s\n",
        train="a",
        val="w",
        at="n0",
    ),
    Dialect(
        "fastai 1",
        "{n0:<10}{t:<12}{v:<12}{w:<12}00:10\n",
        head="epoch     train_loss  valid_loss  accuracy    time    \n",
        at="n0",
    ),
    Dialect(
        "diffusers, a trainer's tqdm",
        "Steps:  50%|#####     | {s}/4800 [01:00<01:00,  1.1it/s, lr=1e-5, step_loss=9.1]\nstep {s}: train_loss={t} val_loss={v}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "Julia's @info",
        "\u250c Info: Epoch {n}\n\u2502   train_loss = {t}\n\u2502   test_loss = {v}\n\u2514   test_acc = {w}\n",
    ),
    Dialect(
        "Julia, Flux's numbers",
        "(epoch = {n}, train_loss = {t}f0, test_loss = {v}f0)\n",
    ),
    Dialect(
        "Sockeye",
        "[2021-01-01:10:00:00:INFO:sockeye.training:__call__] Epoch[{n0}] Batch [50]\tSpeed: 500.1 samples/sec 9000 tokens/sec\tperplexity=99.1\n"
        "[2021-01-01:10:00:00:INFO:sockeye.training:fit] Checkpoint [{n}]\tUpdates={s} Epoch={n0} Samples=9000 Time-cost=10.1\n"
        "[2021-01-01:10:00:00:INFO:sockeye.training:fit] Checkpoint [{n}]\tTrain-perplexity={t}\n"
        "[2021-01-01:10:00:00:INFO:sockeye.training:fit] Checkpoint [{n}]\tValidation-perplexity={v}\n",
        at="n0",
    ),
    Dialect(
        "joeynmt",
        "2021-01-01 10:00:00,123 - INFO - joeynmt.training - Epoch {n:>3}, Step: {half:>8}, Batch Loss: 9.1, Batch Acc: 0.1, Tokens per Sec: 9000, Lr: 0.0003\n"
        "2021-01-01 10:00:00,123 - INFO - joeynmt.training - Epoch {n:>3}: total training loss {t}\n"
        "2021-01-01 10:00:00,123 - INFO - joeynmt.training - Validation result (greedy) at epoch {n:>3}, step {s:>8}: bleu: 12.1, loss: {v}, ppl: 9.9\n",
    ),
)
