"""What `headway init` writes for Argo CD: an Application for each instance, a bootstrap for each environment.

They stand on `main` of the platform's repository, under ``argocd/<environment>/``: people's, like all there.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from string import Template

from headway.adapters.files.words import is_server_url
from headway.domain.errors import UsageError

PLACES = {
    "dev": "development",
    "test": "development",
    "staging": "staging",
    "production-ap-southeast-2": "production-ap-southeast-2",
    "production-us-west-2": "production-us-west-2",
}
"""The environment of each instance of the lane that is written."""
ENVIRONMENTS = tuple(dict.fromkeys(PLACES.values()))
_APPLICATIONS = {"oneconnect": "argocd-oc-apps", "nats": "argocd-oc-system"}
_PLACEHOLDER = "{environment}"


def url_of(argocd: str, environment: str) -> str:
    """Give an environment's Argo CD: ``{environment}`` in the URL stands for its name."""
    return argocd.replace(_PLACEHOLDER, environment)


def refuse_argocd(argocd: str, remotes: str | None) -> None:
    """Refuse what Argo CD could not work with.

    Raises:
        UsageError: `init-malformed`: it is no server's URL; `init-needs-remotes`.
    """
    if not all(is_server_url(url_of(argocd, one)) for one in ENVIRONMENTS):
        raise UsageError(
            "init-malformed",
            "the URL of Argo CD that was given cannot stand in a file",
            why="it is no http:// or https:// URL of a server",
            next_step=f"give one like https://argocd.example, or https://argocd.{_PLACEHOLDER}.example",
        )
    if remotes is None:
        raise UsageError(
            "init-needs-remotes",
            "it is not said where the repositories will stand",
            why="Argo CD reads them over the network, and their URLs are in what is written for it",
            next_step="name it with --remotes URL",
        )


def engine_words(argocd: str | None) -> dict[str, str]:
    """Give the words for each environment's engine in `estate.yaml`, and for how entrances differ by it."""
    engines = {
        f"engine_{one.replace('-', '_')}": f'{{argocd: {{url: "{url_of(argocd, one)}"}}}}'
        if argocd
        else "{podman: {}}"
        for one in ENVIRONMENTS
    }
    differs = "path: spec, kind: Ingress" if argocd else 'path: "spec.ports[*].nodePort", kind: Service'
    because = "each instance has a host name of its own" if argocd else "all stand on one machine"
    return {**engines, "entrance_differs": differs, "entrance_because": because}


def readme_section(argocd: str | None, words: Mapping[str, str]) -> str:
    """Give the README's section on Argo CD; empty: podman runs it all."""
    if argocd is None:
        return ""
    applies = (f"       kubectl apply -f argocd-oc-apps/argocd/{one}/bootstrap.yaml" for one in ENVIRONMENTS)
    tokens = (f"   - `{one}.argocd.json`, for {url_of(argocd, one)}" for one in ENVIRONMENTS)
    more = {"applies": "\n".join(applies), "tokens": "\n".join(tokens)}
    return Template(_template("README.md")).substitute({**words, **more})


def argocd_files(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the path of each file, and what it holds."""
    application, bootstrap = Template(_template("application.yaml")), Template(_template("bootstrap.yaml"))
    for environment in ENVIRONMENTS:
        folder = f"argocd-oc-apps/argocd/{environment}"
        yield f"{folder}/bootstrap.yaml", bootstrap.substitute({**words, "environment": environment})
        for name, repository in _APPLICATIONS.items():
            for instance in (one for one, where in PLACES.items() if where == environment):
                about = {
                    "application": name,
                    "repository": repository,
                    "instance": instance,
                    "environment": environment,
                }
                yield (
                    f"{folder}/applications/{name}-{instance}.yaml",
                    application.substitute({**words, **about}),
                )


def _template(name: str) -> str:
    return (files("headway.adapters.files") / "templates_argocd" / name).read_text(encoding="utf-8")
