"""A network in use as a Keras model: columns in, probabilities or numbers out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError
from fitscope.learners.mlp.keras_layers import give_weights, imported_keras, keras_layers
from fitscope.serving.keras.encoding import encoded, input_name, levels_of

if TYPE_CHECKING:
    from fitscope.data.inputs import Input
    from fitscope.serving.served import Member, Served

FEATURES = "features"
"""The input of a model that was trained on features."""


def make_model(served: Served) -> Any:
    """The Keras model. It gives probabilities [rows, labels], or numbers [rows, 1].

    Args:
        served: the model.

    Raises:
        UserError: trees, which Keras does not know.
    """
    keras = imported_keras()
    for member in served.members:
        name = served.taken.named(member.part)
        if member.learner.kind == "hgb":
            raise UserError(
                f"{name}: Keras has no trees; write it as ONNX (--onnx FILE), or "
                "name a network (--model NAME)"
            )
        if member.learner.kind not in ("mlp", "constant"):
            raise UserError(
                f"{name}: a learner of the kind {member.learner.kind!r} cannot be "
                "written for Keras; name a network (--model NAME)"
            )
    inputs: dict[str, Any]
    if served.encodings:
        levels = levels_of(served.learnt)
        given = {one: _input(one) for one in used(served)}
        inputs = {input_name(one): tensor for one, tensor in given.items()}
        features = {
            fold: encoded(served.learnt[fold], given, levels)
            for fold in dict.fromkeys(member.fold for member in served.members)
        }
    else:
        x = keras.Input((len(served.columns),), name=FEATURES)
        inputs, features = {FEATURES: x}, {0: x}
    outputs = [_outputs(member, features[member.fold], served) for member in served.members]
    return keras.Model(inputs, _combined(served.by_part(outputs), served), name="fitscope")


def used(served: Served) -> list[Input]:
    """What is taken of which column, by any fold."""
    found: dict[Input, None] = {}
    for encoding in served.learnt:
        found.update(dict.fromkeys(code.input for code in encoding.used))
    return list(found)


def _input(one: Input) -> Any:
    dtype = "int32" if one.kind == "category" else "float32"
    return imported_keras().Input((1,), name=input_name(one), dtype=dtype)


def _outputs(member: Member, x: Any, served: Served) -> Any:
    """Outputs of a run, [rows, outputs]."""
    ops = imported_keras().ops
    width = served.task.outputs
    if member.learner.kind == "constant":
        values = np.asarray(member.state, np.float32)[None]
        return ops.zeros_like(x[:, :1]) + values
    prefix = f"run_{member.run}_" if member.part == 0 else f"model_{member.part}_run_{member.run}_"
    layers = keras_layers(member.learner, width, prefix)
    for layer in layers:
        x = layer(x)
    params, state = member.state
    give_weights(layers, params, state, prefix)
    return x


def _combined(parts: list[list[Any]], served: Served) -> Any:
    """The average of the models' averages, tempered; see `fitscope.serving.ensemble`."""
    ops = imported_keras().ops
    task = served.task

    def mean(found: list[Any]) -> Any:
        return found[0] if len(found) == 1 else sum(found[1:], found[0]) / len(found)

    def logs(output: Any) -> Any:
        if task.kind == "binary":
            return ops.log_sigmoid(ops.concatenate([-output, output], axis=1))
        return ops.log_softmax(output, axis=-1)

    def log_mean(found: list[Any]) -> Any:
        if len(found) == 1:
            return found[0]
        return ops.logsumexp(ops.stack(found), axis=0) - math.log(len(found))

    if task.kind == "regression":
        return mean([mean(part) for part in parts])
    found = log_mean([log_mean([logs(one) for one in part]) for part in parts])
    return ops.softmax(found / served.taken.temperature, axis=-1)
