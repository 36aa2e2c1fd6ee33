"""Carrying out a plan: steps in parallel by the graph, a journal that survives a kill, one deployment at a time."""
