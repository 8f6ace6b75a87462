"""interim"""


def as_learner(thing):
    return thing


def to_stored(learner):
    import json

    return json.loads(json.dumps({"learner": learner.kind, **learner.as_dict()}))


def from_stored(stored):
    from fitscope.learners.mlp.description import MLP

    return MLP.from_dict({k: v for k, v in stored.items() if k != "learner"})
