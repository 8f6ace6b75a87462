"""tf.keras on the guide's pipeline with many seeds: how far one seed lies from their mean.

    .bench/bin/python benchmarks/keras_seeds.py HIGGS-11k.csv.gz 20 Tiny,Small OUT.json

Writes `{model: [[training cross-entropy an epoch] a seed]}`, 41 epochs of each run. Needs the
environment that `make bench` builds; benchmarks/guide_lines.py takes the file as a fourth argument.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import tensorflow as tf
from guide import BATCH, MODELS, STEPS, TRAIN, load
from keras_model import compiled

EPOCHS = 41

x, y, _, _ = load(sys.argv[1])
rows = tf.data.Dataset.from_tensor_slices((x, y[:, None])).cache()
train = rows.shuffle(TRAIN).repeat().batch(BATCH)
found = {}
for name in sys.argv[3].split(","):
    found[name] = []
    for seed in range(int(sys.argv[2])):
        keras.utils.set_random_seed(seed)
        network = compiled(MODELS[name])
        history = network.fit(train, steps_per_epoch=STEPS, epochs=EPOCHS, verbose=0).history
        found[name].append(history["binary_crossentropy"])
Path(sys.argv[4]).write_text(json.dumps(found))
