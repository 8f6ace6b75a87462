"""Simulated histories of every shape, each with its population curves, and how they are judged."""
