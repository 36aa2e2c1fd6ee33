"""Alarms and the dashboard. Kinds of parts say what is watched of them, so the layer itself is below, in `layer`."""
