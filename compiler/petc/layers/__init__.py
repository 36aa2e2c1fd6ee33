"""One module per layer, each turning a stage into one template."""
