"""From templates to files: canonical text, reproducible archives, atomic writes and the manifest."""
