"""A module that two functions of the golden specs share."""

LIMIT = 10
