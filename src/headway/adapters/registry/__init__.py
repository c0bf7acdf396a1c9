"""Image registries, by the OCI distribution API over HTTP; safe to call concurrently.

What is read is bounded, and its bytes must have the digest that was asked for. A registry that is away, busy
or says no is never taken for one that has no such image: only its own "unknown" is.
"""
