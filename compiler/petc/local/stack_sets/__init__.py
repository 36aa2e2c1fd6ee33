"""A StackSets service over MiniStack's stacks, with the semantics that AWS documents."""
