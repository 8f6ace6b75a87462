"""PyTorch's examples and the scripts that descend from them."""

from __future__ import annotations

from logs.dialects.dialect import Dialect

HEAD = "Time  0.521 ( 0.601)\tData  0.100 ( 0.200)\tLoss"
TORCH_SCRIPTS = (
    Dialect(
        "imagenet, newest",
        "Epoch: [{n0}][  1/500]\t" + HEAD + " 9.9000e+00 (9.9000e+00)\tAcc@1   0.00 (  0.14)\n"
        "Epoch: [{n0}][500/500]\t" + HEAD + " 1.0000e+00 ({t:.4e})\tAcc@1   5.00 ( {pa})\n"
        "Test: [ 1/50]\t" + HEAD + " 8.8000e+00 (8.8000e+00)\tAcc@1   5.00 (  7.14)\n"
        "Test: [50/50]\t" + HEAD + " 1.1000e+00 ({v:.4e})\tAcc@1   5.00 ( {pw})\n"
        " *   Acc@1 {pw} Acc@5 97.000\n",
        at="n0",
        head="=> creating model 'resnet18'\n",
    ),
    Dialect(
        "imagenet, accuracies alone",
        "Epoch: [{n0}][500/500]  Time 0.2 (0.2)  Prec@1 60.0 ({pa})  Prec@5 80.0 (81.0)\n"
        " * Prec@1 {pw} Prec@5 97.000\n",
        train="pa",
        val="pw",
        at="n0",
    ),
    Dialect(
        "mnist",
        "Train Epoch: {n} [0/60000 (0%)]\tLoss: {lo:.6f}\n"
        "Train Epoch: {n} [29440/60000 (49%)]\tLoss: {t:.6f}\n"
        "Train Epoch: {n} [58880/60000 (98%)]\tLoss: {hi:.6f}\n\n"
        "Test set: Average loss: {v:.4f}, Accuracy: 9814/10000 (98%)\n\n",
    ),
    Dialect(
        "word language model",
        "| epoch {n:3d} |   200/ 2983 batches | lr 20.00 | ms/batch 15.40 | loss {lo:5.4f} | ppl  9.9\n"
        "| epoch {n:3d} |   400/ 2983 batches | lr 20.00 | ms/batch 15.40 | loss {hi:5.4f} | ppl  9.9\n"
        + "-" * 89
        + "\n| end of epoch {n:3d} | time: 48.41s | valid loss {v:5.4f} | valid ppl   9.9\n"
        + "-" * 89
        + "\n",
    ),
    Dialect(
        "transfer learning tutorial",
        "Epoch {n0}/23\n----------\ntrain Loss: {t:.4f} Acc: {a:.4f}\nval Loss: {v:.4f} Acc: {w:.4f}\n\n",
        at="n0",
        foot="Training complete in 1m 51s\nBest val Acc: 0.950000\n",
    ),
    Dialect(
        "quickstart tutorial",
        "Epoch {n}\n-------------------------------\nloss: {lo:>7f}  [   64/60000]\n"
        "loss: {hi:>7f}  [ 6464/60000]\nTest Error: \n Accuracy: {pw:>0.2f}%, Avg loss: {v:>8f} \n\n",
        foot="Done!\n",
    ),
    Dialect(
        "training-with-pytorch tutorial",
        "EPOCH {n}:\n  batch 1000 loss: {lo}\n  batch 2000 loss: {hi}\nLOSS train {t} valid {v}\n",
    ),
    Dialect(
        "timm, summary.csv",
        "{n0},{t},{v},{pw},97.2,0.001\n",
        at="n0",
        head="epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n",
        ending="csv",
    ),
    Dialect(
        "timm, 1.0",
        "Train: {n0} [   0/1251 (  0%)]  Loss: 6.94 (6.94)  Time: 2.1s,  120.5/s  (2.1s,  120.5/s)  LR: 1.000e-05  Data: 1.5 (1.5)\n"
        "Train: {n0} [1250/1251 (100%)]  Loss: 6.91 ({t})  Time: 0.4s,  612.1/s  (0.4s,  599.9/s)  LR: 1.000e-05  Data: 0.0 (0.0)\n"
        "Test: [   0/48]  Time: 1.5 (1.5)  Loss:   8.9 (  8.9)  Acc@1:   0.0 (  0.0)  Acc@5:   0.2 (  0.2)\n"
        "Test: [  48/48]  Time: 0.1 (0.2)  Loss:   8.8 ( {v})  Acc@1:   0.0 ( {pw})  Acc@5:   0.2 ( 97.2)\n"
        "Current checkpoints:\n ('./output/train/checkpoint-0.pth.tar', 0.1)\n\n",
        at="n0",
        foot="*** Best metric: 91.1 (epoch 12)\n",
    ),
    Dialect(
        "torchvision references",
        "Epoch: [{n0}]  [  0/100]  eta: 0:01:00  lr: 0.1  img/s: 50.1  loss: 9.1 (9.1)  acc1: 3.1 (3.1)  time: 0.6  data: 0.3  max mem: 5000\n"
        "Epoch: [{n0}]  [ 99/100]  eta: 0:00:00  lr: 0.1  img/s: 90.1  loss: 9.0 ({t})  acc1: 3.1 ({pa})  time: 0.2  data: 0.1  max mem: 5000\n"
        "Epoch: [{n0}] Total time: 0:00:20\n"
        "Test:   [ 0/20]  eta: 0:00:10  loss: 9.1 (9.1)  acc1: 3.1 (3.1)  time: 0.5  data: 0.4  max mem: 5000\n"
        "Test:   [19/20]  eta: 0:00:00  loss: 9.0 ({v})  acc1: 3.1 ({pw})  time: 0.1  data: 0.0  max mem: 5000\n"
        "Test:  Total time: 0:00:02\nTest:  Acc@1 {pw} Acc@5 97.000\n",
        at="n0",
    ),
    Dialect(
        "DeiT, log.txt",
        '{{"train_lr": 0.001, "train_loss": {t}, "test_loss": {v}, "test_acc1": {pw}, "test_acc5": 97.1, '
        '"epoch": {n0}, "n_parameters": 5717416}}\n',
        at="n0",
    ),
    Dialect(
        "MAE, fine-tuning",
        "[10:00:00.123456] Epoch: [{n0}]  [   0/1000]  eta: 0:50:00  lr: 0.000000  loss: 6.9 (6.9)  time: 3.1  data: 2.1  max mem: 9999\n"
        "[10:00:00.123456] Epoch: [{n0}] Total time: 0:10:00 (0.6000 s / it)\n"
        "[10:00:00.123456] Averaged stats: lr: 0.000100  loss: 6.9000 ({t})\n"
        "[10:00:00.123456] Test:  [  0/100]  eta: 0:03:00  loss: 6.8 (6.8)  acc1: 1.0 (1.0)  time: 2.1  max mem: 9999\n"
        "[10:00:00.123456] * Acc@1 {pw} Acc@5 97.000 loss {v}\n"
        "[10:00:00.123456] Accuracy of the network on the 50000 test images: {pw}%\n"
        "[10:00:00.123456] Max accuracy: 99.00%\n",
        at="n0",
    ),
    Dialect(
        "DINO, linear evaluation",
        "Epoch: [{n0}]  [   0/1251]  eta: 0:30:00  lr: 0.003  loss: 6.9 (6.9)  time: 1.1  data: 0.9  max mem: 500\n"
        "Averaged stats: lr: 0.003000  loss: 1.9000 ({t})\n"
        "Test:  [  0/391]  eta: 0:05:00  loss: 6.9 (6.9)  acc1: 60.1 (60.1)  time: 0.8\n"
        "* Acc@1 {pw} Acc@5 97.000 loss {v}\n"
        "Accuracy at epoch {n0} of the network on the 50000 test images: {pw}%\n"
        "Max accuracy so far: 99.00%\n",
        at="n0",
    ),
    Dialect(
        "Swin",
        "[2022-01-01 10:00:00 swin_tiny](main.py 200): INFO Train: [{n0}/300][0/1251]\teta 1:00:00 lr 0.0001\ttime 2.1 (2.1)\tloss 6.9 (6.9)\tgrad_norm 1.1 (1.1)\tmem 9000MB\n"
        "[2022-01-01 10:00:00 swin_tiny](main.py 200): INFO Train: [{n0}/300][1250/1251]\teta 0:00:00 lr 0.0001\ttime 0.5 (0.5)\tloss 6.1 ({t})\tgrad_norm 1.1 (1.1)\tmem 9000MB\n"
        "[2022-01-01 10:00:00 swin_tiny](main.py 210): INFO EPOCH {n0} training takes 0:10:00\n"
        "[2022-01-01 10:00:00 swin_tiny](main.py 260): INFO Test: [0/98]\tTime 2.1 (2.1)\tLoss 6.8 (6.8)\tAcc@1 1.0 (1.0)\tAcc@5 5.0 (5.0)\tMem 9000MB\n"
        "[2022-01-01 10:00:00 swin_tiny](main.py 260): INFO Test: [97/98]\tTime 0.1 (0.2)\tLoss 6.7 ({v})\tAcc@1 1.0 ({pw})\tAcc@5 5.0 (97.0)\tMem 9000MB\n"
        "[2022-01-01 10:00:00 swin_tiny](main.py 267): INFO  * Acc@1 {pw} Acc@5 97.000\n",
        at="n0",
    ),
    Dialect(
        "nanoGPT",
        "step {s}: train loss {t:.4f}, val loss {v:.4f}\nsaving checkpoint to out\n"
        "iter {s}: loss 9.1000, time 4321.10ms, mfu 12.30%\n",
        at="s",
        step="step",
        head="tokens per iteration will be: 16,384\nnumber of parameters: 10.65M\n",
    ),
    Dialect(
        "llm.c",
        "step {s}/2400 | loss {t} (+0.10z)| norm 1.2 (+0.1z)| lr 3.00e-04 | 120.1 ms | 45.2% bf16 MFU | 43210 tok/s\nval loss {v}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "pytorch-template (key: value lines)",
        "Train Epoch: {n} [0/54000 (0%)] Loss: 9.1\n    epoch          : {n}\n    loss           : {t}\n"
        "    accuracy       : {a}\n    val_loss       : {v}\n    val_accuracy   : {w}\n",
    ),
    Dialect(
        "bag of words for segmentation (pytorch unet)",
        "Epoch {n}/24:  50%|#####     | 500/1000 [00:10<00:10, 50.1img/s, loss (batch)=9.1]\r"
        "Epoch {n}/24: 100%|##########| 1000/1000 [00:20<00:00, 50.1img/s, loss (batch)={t}]\n"
        "INFO: Validation Dice score: {w}\n",
        train=None,
        val="w",
    ),
    Dialect(
        "dictionaries of an epoch",
        "epoch {n}: {{'train_loss': {t}, 'train_acc': {a}, 'val_loss': {v}, 'val_acc': {w}}}\n",
    ),
    Dialect(
        "defaultdict and numpy numbers",
        "Epoch {n} defaultdict(<class 'float'>, {{'train': np.float64({t}), 'val': np.float64({v})}})\n",
    ),
    Dialect(
        "tensors with gradients",
        "Epoch {n} train loss: tensor({t}, device='cuda:0', grad_fn=<NllLossBackward0>) "
        "val loss: tensor({v}, device='cuda:0')\n",
    ),
    Dialect(
        "ViT-pytorch by steps",
        "Training ({s} / 10000 Steps) (loss=9.10000)\n{s} steps: train loss {t}, eval loss {v}, lr 0.03\n",
        at="s",
        step="step",
    ),
    Dialect(
        "validation every second epoch, on a line of its own",
        lambda c: {
            "log.txt": "".join(
                f"[epoch {n}] train loss: {t:.4f} ({n * 3}s)\n"
                + (f"[epoch {n}] validation loss: {v:.4f}\n" if n % 2 == 0 else "")
                for n, t, v in zip(c["n"], c["t"], c["v"], strict=True)
            )
        },
        train="t/2",
        val="v/2",
        at="n/2",
    ),
    Dialect(
        "tensor2tensor-like evaluation in brackets",
        "Epoch {n} - [train] loss=({t}) acc=({a}) - [eval] loss=({v}) acc=({w})\n",
    ),
    Dialect(
        "Karpathy's makemore",
        "step {s} | loss 9.1000 | step time 12.10ms\nstep {s} train loss: {t} test loss: {v}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "d2l",
        "epoch {n}, loss {t:.4f}, train acc {a:.4f}, test acc {w:.4f}, time 4.1 sec\n",
        train="a",
        val="w",
    ),
)
