"""One small renderer per message format; each takes diagnostics and returns text."""
