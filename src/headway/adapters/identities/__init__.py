"""Who may sign in: tokens of our own making, kept as hashes in the state folder."""

from headway.adapters.identities.local import LocalIdentities
from headway.adapters.identities.store import LocalIdentityStore, hook_token, session_key

__all__ = ["LocalIdentities", "LocalIdentityStore", "hook_token", "session_key"]
