"""What CloudFormation's resource schemas say about properties, attributes and permissions."""
