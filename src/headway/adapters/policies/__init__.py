"""The port `Policies` over `ValidatingAdmissionPolicy` documents, judged in this process.

`cel-expr-python` parses and checks expressions (`checker`); what it checked is read as a tree (`tree`) and
turned into functions over the plain values of YAML (`program`). `documents` reads the files, `matching`
tells which objects a policy is for, `judging` asks it, `policies` is the port.
"""

from headway.adapters.policies.policies import CelPolicies

__all__ = ["CelPolicies"]
