"""Keeps what is counted for delivery metrics, and answers questions on it."""
