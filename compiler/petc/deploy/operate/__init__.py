"""Looking after what is deployed: status, events, drift, recovery, destruction, and the roles that it all needs."""
