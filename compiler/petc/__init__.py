"""petc compiles one architecture spec into one CloudFormation template per layer."""

__version__ = "0.1.0"
