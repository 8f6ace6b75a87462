"""Keras of all ages, TensorFlow's estimators, and R's."""

from __future__ import annotations

from logs.dialects.dialect import Dialect

BAR = "\u2501" * 20
KERAS_FAMILY = (
    Dialect(
        "Keras 1, samples",
        "Epoch {n}/24\n 128/60000 [..............................] - ETA: 5:21 - loss: 9.3034 - acc: 0.0781\r"
        "60000/60000 [==============================] - 8s - loss: {t:.4f} - acc: {a:.4f} - val_loss: {v:.4f} - val_acc: {w:.4f}\n",
        head="Train on 60000 samples, validate on 10000 samples\n",
    ),
    Dialect(
        "Keras 2.2, us/sample",
        "Epoch {n}/24\n60000/60000 [==============================] - 2s 40us/sample - loss: {t:.4f} - acc: {a:.4f} - val_loss: {v:.4f} - val_acc: {w:.4f}\n",
        head="Train on 60000 samples, validate on 10000 samples\n",
    ),
    Dialect(
        "Keras 2, backspaces",
        "Epoch {n}/24\n\n  1/100 [..............................] - ETA: 10s - loss: 9.0000\b\b\b\b\b\b\b\b\b\b"
        " 50/100 [==============>...............] - ETA: 5s - loss: 8.0000\b\b\b\b\b\b\b\b"
        "100/100 [==============================] - 10s 100ms/step - loss: {t:.4f} - val_loss: {v:.4f}\n",
    ),
    Dialect(
        "Keras, several outputs",
        "Epoch {n}/24\n10/10 [=====] - 1s 50ms/step - loss: {t:.4f} - main_output_loss: 0.2000 - aux_output_loss: 0.3000 "
        "- val_loss: {v:.4f} - val_main_output_loss: 0.2100 - val_aux_output_loss: 0.3100\n",
    ),
    Dialect(
        "Keras 3, verbose 1 without colours",
        "Epoch {n}/24\n\r 1/32 "
        + BAR
        + " 9s 300ms/step - accuracy: 0.1000 - loss: 9.0000\b\b\b\b\b\r"
        "32/32 "
        + BAR
        + " 1s 11ms/step - accuracy: {a:.4f} - loss: {t:.4f} - val_accuracy: {w:.4f} - val_loss: {v:.4f} - learning_rate: 0.0010\n",
    ),
    Dialect(
        "Keras 3, pasted from a notebook",
        "Epoch {n}/24\n32/32 "
        + BAR
        + " 1s 11ms/step - accuracy: {a:.4f} - loss: {t:.4f} - val_accuracy: {w:.4f} - val_loss: {v:.4f}\n",
    ),
    Dialect(
        "Keras, verbose 2, old",
        "Epoch {n}/24\n - 5s - loss: {t:.4f} - acc: {a:.4f} - val_loss: {v:.4f} - val_acc: {w:.4f}\n",
    ),
    Dialect(
        "Keras, wrapped by a terminal of 80 columns",
        "Epoch {n}/24\n1875/1875 [==============================] - 5s 3ms/step - loss: {t:.4f} -\n"
        " accuracy: {a:.4f} - val_loss: {v:.4f} - val_accuracy: {w:.4f}\n",
    ),
    Dialect(
        "Keras, wrapped in the middle of a name",
        "Epoch {n}/24\n1875/1875 [==============================] - 5s 3ms/step - loss: {t:.4f} - v\n"
        "al_loss: {v:.4f}\n",
    ),
    Dialect(
        "Keras, every batch a line",
        "Epoch {n}/24\n1/3 [=========>....................] - ETA: 0s - loss: 9.1000 - accuracy: 0.1000\n"
        "2/3 [===================>..........] - ETA: 0s - loss: 8.9000 - accuracy: 0.1000\n"
        "3/3 [==============================] - ETA: 0s - loss: 8.8000 - accuracy: 0.1000\n"
        "3/3 [==============================] - 1s 200ms/step - loss: {t:.4f} - accuracy: {a:.4f} - val_loss: {v:.4f} - val_accuracy: {w:.4f}\n",
    ),
    Dialect(
        "Keras, checkpoint and early stopping talk",
        "Epoch {n}/24\n99/100 [============================>.] - ETA: 0s - loss: 9.1000\n"
        "Epoch {n:05d}: val_loss improved from 9.99999 to {v:.5f}, saving model to best.hdf5\n"
        "100/100 [==============================] - 10s 100ms/step - loss: {t:.4f} - val_loss: {v:.4f}\n",
        foot="Epoch 00024: early stopping\nRestoring model weights from the end of the best epoch: 7.\n",
    ),
    Dialect(
        "Keras, checkpoint on its own counted line",
        "Epoch {n}/24\n100/100 - 10s - loss: {t:.4f} - val_loss: {v:.4f}\n\n"
        "Epoch {n}: ReduceLROnPlateau reducing learning rate to 0.00010000000474974513.\n",
    ),
    Dialect(
        "Keras, custom metrics and learning rate",
        "Epoch {n}/24\n50/50 [====] - 4s 80ms/step - loss: {t} - dice_coef: {a} - iou: 0.5 - lr: 1.0000e-04 "
        "- val_loss: {v} - val_dice_coef: {w} - val_iou: 0.4\n",
    ),
    Dialect(
        "Keras in scientific notation",
        "Epoch {n}/24\n50/50 [====] - 0s 2ms/step - loss: {t:.4e} - mae: 0.0100 - val_loss: {v:.4e} - val_mae: 0.0120\n",
    ),
    Dialect(
        "Keras with TensorFlow's warnings between",
        "Epoch {n}/24\n2024-01-01 10:00:00.123456: W tensorflow/core/framework/cpu_allocator_impl.cc:82] Allocation of 188160000 exceeds 10% of free system memory.\n"
        "WARNING:tensorflow:Callback method `on_train_batch_end` is slow compared to the batch time (batch time: 0.0050s vs `on_train_batch_end` time: 0.0123s).\n"
        "32/32 [====] - 1s 9ms/step - loss: {t:.4f} - val_loss: {v:.4f}\n",
    ),
    Dialect(
        "Keras, a tuner's trials are not there, TqdmCallback",
        "Epoch {n}/24:  50%|█████     | 16/32 [00:00<00:00, 99.1batch/s, loss=9.1]\r"
        "Epoch {n}/24: 100%|██████████| 32/32 [00:01<00:00, 99.1batch/s, loss={t}, val_loss={v}]\n",
    ),
    Dialect(
        "TQDMNotebookCallback in text",
        "100%|██████████| 32/32 [00:01<00:00, 30.1it/s]\nEpoch {n0}: loss: {t:.4f}, val_loss: {v:.4f}\n",
        at="n0",
    ),
    Dialect(
        "TensorFlow's advanced quickstart",
        "Epoch {n}, Loss: {t}, Accuracy: {pa}, Test Loss: {v}, Test Accuracy: {pw}\n",
    ),
    Dialect(
        "TensorFlow's custom loop",
        "Start of epoch {n0}\nTraining loss (for one batch) at step 0: 9.1023\nSeen so far: 64 samples\n"
        "Training loss over epoch: {t:.4f}\nValidation loss: {v:.4f}\nTime taken: 5.46s\n",
        at="n0",
    ),
    Dialect(
        "TF estimator",
        "INFO:tensorflow:loss = {t}, step = {s} (12.345 sec)\nINFO:tensorflow:global_step/sec: 8.1\n"
        "INFO:tensorflow:Calling model_fn.\nINFO:tensorflow:Finished evaluation at 2019-01-01-10:00:00\n"
        "INFO:tensorflow:Saving dict for global step {s}: accuracy = {w}, global_step = {s}, loss = {v}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "TF object detection, legacy",
        "INFO:tensorflow:Step {s} per-step time 0.512s loss={t}\n"
        "I0101 10:00:00.123456 140000000000000 model_lib_v2.py:991] Eval metrics at step {s}\n"
        "I0101 10:00:00.123456 140000000000000 model_lib_v2.py:994] \t+ DetectionBoxes_Precision/mAP: 0.400000\n"
        "I0101 10:00:00.123456 140000000000000 model_lib_v2.py:994] \t+ Loss/total_loss: {v}\n",
        at="s",
        step="step",
    ),
    Dialect(
        "Keras CSVLogger, semicolons and decimal commas",
        lambda c: {
            "history.csv": "epoch;loss;val_loss\n"
            + "".join(
                f"{n};{t};{v}\n".replace(".", ",")
                for n, t, v in zip(c["n0"], c["t"], c["v"], strict=True)
            )
        },
        at="n0",
    ),
    Dialect(
        "R keras history as data frame",
        lambda c: {
            "history.csv": "epoch,value,metric,data\n"
            + "".join(
                f"{n},{value},{metric},{data}\n"
                for metric, data, key in (
                    ("loss", "training", "t"),
                    ("accuracy", "training", "a"),
                    ("loss", "validation", "v"),
                    ("accuracy", "validation", "w"),
                )
                for n, value in zip(c["n"], c[key], strict=True)
            )
        },
    ),
    Dialect(
        "R luz",
        "Epoch {n}/24\nTrain metrics: Loss: {t} - Acc: {a}\nValid metrics: Loss: {v} - Acc: {w}\n",
    ),
    Dialect(
        "Keras under pytest's or Kubernetes' stream names",
        "2024-01-01T10:00:00.123456789Z stdout F Epoch {n}/24\n"
        "2024-01-01T10:00:01.123456789Z stdout F 32/32 - 1s - loss: {t:.4f} - val_loss: {v:.4f} - 1s/epoch - 30ms/step\n",
    ),
)
