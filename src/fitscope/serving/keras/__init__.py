"""A network in use as one file of Keras 3, preprocessing inside."""
