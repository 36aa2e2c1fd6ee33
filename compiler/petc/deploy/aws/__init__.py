"""The adapters: the only place that calls AWS."""
