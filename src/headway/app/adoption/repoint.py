"""How a live Application is let follow Headway's branch: the change of it, made by whoever keeps it."""

import json

from headway.app.adoption.survey import Found
from headway.app.instance_folder import branch_of, folder_of


def repointing(found: Found) -> str:
    """Give the command that lets an Application follow its instance's branch, keeping its name.

    Its name is what Argo CD knows the objects by: an Application of another name would have to adopt them.
    """
    application = found.application
    patch = {
        "metadata": {"annotations": {"argocd.argoproj.io/manifest-generate-paths": "."}},
        "spec": {
            "source": {
                "targetRevision": branch_of(application.environment),
                "path": f"{folder_of(found.instance)}/manifests",
                "directory": {"recurse": True},
                "kustomize": None,
            }
        },
    }
    return (
        f"kubectl --namespace {application.namespace} patch applications.argoproj.io {application.name} "
        f"--type merge --patch '{json.dumps(patch)}'"
    )
