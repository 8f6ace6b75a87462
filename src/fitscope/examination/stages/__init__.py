"""The parts of an examination that train, one a file."""
