"""The example that the work was asked for with is read, word for word."""

from datetime import timedelta

from pydantic import TypeAdapter

from headway.adapters.files import read_estate, read_estate_file
from headway.domain.checks import Check, HttpCheck, JobCheck
from headway.domain.estate import Approvals, Estate, Freeze, ImageSource
from headway.domain.estate.sources import EstateRead, SourceTree
from headway.domain.names import ArtifactName, RepositoryName

ESTATE = """\
# estate.yaml, the platform's
apiVersion: headway.dev/v1
kind: Estate
environments:
  development: {engine: {podman: {}}}
  staging: {engine: {podman: {}}}
  production-ap-southeast-2: {region: ap-southeast-2, engine: {podman: {}}}
  production-us-west-2: {region: us-west-2, engine: {podman: {}}}
lanes:
  standard:
  - {wave: dev, instances: {dev: development}}
  - {wave: test, instances: {test: development}}
  - {wave: staging, instances: {staging: staging}}
  - {wave: production-1, instances: {production-ap-southeast-2: production-ap-southeast-2}, gates: {soak: 10m, approvals: {count: 1, from: [support]}, freeze: […]}}
  - {wave: production-2, instances: {production-us-west-2: production-us-west-2}}
manifests: […]
"""  # noqa: E501 - word for word

APPLICATION = """\
# oneconnect/application.yaml, the team's; its artifacts are the folders oneconnect/app1, oneconnect/app2, oneconnect/entrance
apiVersion: headway.dev/v1
kind: Application
lane: standard
needs: [nats]        # for a first lock only
artifacts:
  app1: {image: {repository: 127.0.0.1:5000/oneconnect/app1, source: cloud/applications/app1.git, versions: {semver: ">=1.0"}}}
  app2: {image: {…}}
  entrance: {}
checks:
- {name: answers, artifacts: [app1], http: {service: app1, path: /healthz, expect: 200}}
- {name: contract, artifacts: [app1, app2], waves: [staging], job: {image: …, command: […]}}
"""  # noqa: E501 - word for word

NATS = """\
apiVersion: headway.dev/v1
kind: Application
lane: standard
artifacts:
  nats: {image: {repository: docker.io/library/nats}}
"""

FREEZE = '{schedule: "0 17 * * 5", lasts: 63h, timeZone: Pacific/Auckland, reason: the weekend}'
INSTANCES = ("dev", "test", "staging", "production-ap-southeast-2", "production-us-west-2")
APPS = RepositoryName("argocd-oc-apps")
SYSTEM = RepositoryName("argocd-oc-system")


def completed_estate() -> str:
    """Fill the ellipses."""
    repositories = "".join(
        f"\n- {{name: {name}, url: https://github.com/x/{name}.git}}" for name in (APPS, SYSTEM)
    )
    return (
        ESTATE.replace("freeze: […]", f"freeze: [{FREEZE}]").replace(
            "manifests: […]", f"manifests:{repositories}"
        )
        + "roles: {support: [ann, bob], platform: [cleo]}\n"
    )


def completed_application() -> str:
    """Fill the ellipses."""
    return (
        APPLICATION.replace("image: {…}", "image: {repository: 127.0.0.1:5000/oneconnect/app2}")
        .replace("image: …", "image: 127.0.0.1:5000/tools/contract:1.2")
        .replace("command: […]", "command: [contract, --all]")
    )


def folders(application: str, *artifacts: str) -> frozenset[str]:
    """Give an application's folders, with every overlay."""
    overlays = {f"{application}/{one}/overlays/{instance}" for one in artifacts for instance in INSTANCES}
    return frozenset({f"{application}/{one}" for one in artifacts} | overlays)


def read_example() -> EstateRead:
    apps = SourceTree(
        repository=APPS,
        commit=None,
        files={
            "estate.yaml": completed_estate().encode(),
            "oneconnect/application.yaml": completed_application().encode(),
        },
        folders=folders("oneconnect", "app1", "app2", "entrance"),
    )
    system = SourceTree(
        repository=SYSTEM,
        commit=None,
        files={"nats/application.yaml": NATS.encode()},
        folders=folders("nats", "nats"),
    )
    return read_estate({APPS: apps, SYSTEM: system})


def test_the_example_is_read_without_a_warning() -> None:
    read = read_example()
    assert read.warnings == ()
    estate = read.estate
    assert [wave.name for wave in estate.lanes["standard"].waves] == [
        "dev",
        "test",
        "staging",
        "production-1",
        "production-2",
    ]
    gates = estate.lanes["standard"].waves[3].gates
    assert gates.soak == timedelta(minutes=10)
    assert gates.approvals == Approvals(count=1, roles=("support",))
    assert gates.freezes == (
        Freeze(
            schedule="0 17 * * 5",
            lasts=timedelta(hours=63),
            time_zone="Pacific/Auckland",
            reason="the weekend",
        ),
    )


def test_the_applications_of_the_example_are_what_they_say() -> None:
    oneconnect = read_example().estate.applications["oneconnect"]
    assert oneconnect.repository == APPS
    assert oneconnect.needs == ("nats",)
    assert oneconnect.artifacts["app1"].name == ArtifactName("oneconnect", "app1")
    assert oneconnect.artifacts["app1"].image == ImageSource(
        repository="127.0.0.1:5000/oneconnect/app1", source="cloud/applications/app1.git", semver=">=1.0"
    )
    assert oneconnect.artifacts["entrance"].image is None
    assert oneconnect.checks == (
        Check(
            name="answers",
            artifacts=("app1",),
            run=HttpCheck(service="app1", path="/healthz", expect=200),
        ),
        Check(
            name="contract",
            artifacts=("app1", "app2"),
            waves=("staging",),
            run=JobCheck(image="127.0.0.1:5000/tools/contract:1.2", command=("contract", "--all")),
        ),
    )


def test_the_repositories_are_known_before_the_applications() -> None:
    found = read_estate_file(completed_estate().encode(), "estate.yaml")
    assert [(one.name, one.url) for one in found] == [
        (APPS, "https://github.com/x/argocd-oc-apps.git"),
        (SYSTEM, "https://github.com/x/argocd-oc-system.git"),
    ]


def test_an_estate_comes_back_equal_from_the_json_of_a_fact() -> None:
    estate = read_example().estate
    adapter = TypeAdapter(Estate)
    assert adapter.validate_python(adapter.dump_python(estate, mode="json")) == estate
    assert adapter.validate_json(adapter.dump_json(estate)) == estate
