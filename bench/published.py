"""The Service by which a bench reaches a tiny application from outside: a node port for each instance."""

_SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: published}
spec:
  type: NodePort
  selector: {app: app}
  ports: [{name: http, port: 80, targetPort: http, nodePort: PORT}]
"""
_OVERLAY = """\
resources: [../../base]
patches:
- target: {kind: Service, name: published}
  patch: |-
    - {op: replace, path: /spec/ports/0/nodePort, value: PORT}
"""


def published_service(port: int = 1) -> str:
    """Give the document; the port of a base is any, since each overlay puts its own there."""
    return _SERVICE.replace("PORT", str(port))


def published_overlay(port: int) -> bytes:
    """Give an instance's ``kustomization.yaml``."""
    return _OVERLAY.replace("PORT", str(port)).encode()
