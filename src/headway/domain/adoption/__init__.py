"""Adopting what runs already: what is found, what it would become, and what that changes. Pure."""
