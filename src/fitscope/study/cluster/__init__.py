"""Runs on the machines of a cluster: what an engine has to carry, and Ray as one.

`node.py` is what runs on each machine, `machines.py` is its other end in the program that owns the
study, and `on_ray.py` is the engine between them: it starts nodes and carries calls.
"""
