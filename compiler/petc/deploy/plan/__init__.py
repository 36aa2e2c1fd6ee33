"""What a deployment would change, as a pure function of what is wanted and what was observed."""
