"""An AWS on this machine: MiniStack with the resource types and the StackSets service that it lacks."""
