"""Function packages: modules, locked requirements and a bill of materials, published to the artifact bucket."""
