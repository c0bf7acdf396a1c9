"""What two states of an estate render to, held against each other; no secret's value is ever shown."""
