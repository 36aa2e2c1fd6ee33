"""What a person or a machine reads: each view turns a result into text or JSON and decides nothing."""
