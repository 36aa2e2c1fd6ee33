"""Operating a deployed stage: status, events, drift, recover, destroy."""
