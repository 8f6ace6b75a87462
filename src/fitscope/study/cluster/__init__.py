"""Runs on the machines of a cluster: what a transport has to carry, and Ray as one.

`node.py` is what runs on each machine, `reached.py` is its other end in the program that owns the
study, `machines.py` holds all of them together, and `on_ray.py` is the transport in between
(`transport.py` says what that is): it starts nodes and carries calls.
"""
