"""The world that the demo plays in: a registry, repositories, teams that publish, and what they publish.

It knows nothing of Headway but the files that people write for it (`argocd-oc-apps`, `argocd-oc-system`).
The folders `app1` and `app2` are whole repositories with their own build, test and publish steps.
"""

from demo.world.build import build
from demo.world.changes import Change
from demo.world.registry import Notifications
from demo.world.world import Published, World

__all__ = ["Change", "Notifications", "Published", "World", "build"]
