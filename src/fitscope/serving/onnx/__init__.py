"""A model in use as one ONNX file, preprocessing inside."""
