"""The commands, one module each: parse the options, call what does the work, print the result."""
