"""The REST API. Other layers ask for its paths and methods, so the layer itself is below, in `layer`."""
