"""The rules that a schema cannot state, one module per subject."""
