"""The local AWS as a program of its own: MiniStack with the resource types and the StackSets service that it lacks.

petc starts it (`petc.local`) and speaks to it as to AWS; nothing of petc imports it.
"""
