"""Operating a deployed stage: bootstrap, status, events, drift, destroy, recover."""
