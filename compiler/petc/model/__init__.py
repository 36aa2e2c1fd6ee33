"""What a spec means: its schema, the frozen types, the rules and the access graph."""
