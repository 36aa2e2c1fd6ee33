"""From artifacts to running stacks: a pure plan, an execution that decides nothing, a journal, and the adapters."""
