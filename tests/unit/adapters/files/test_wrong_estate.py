"""Wrong `estate.yaml`: the very text that a person meets."""

# ruff: noqa: E501 - the texts stand as a person meets them

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(
            "soak:",
            "soaks:",
            "estate.yaml:11: lanes.standard[1].gates.soaks: unknown field. Did you mean soak?",
            id="unknown field",
        ),
        pytest.param(
            "roles:",
            "rolls:",
            "estate.yaml:12: rolls: unknown field. Did you mean roles?",
            id="unknown field at the top",
        ),
        pytest.param(
            "{prod: production}",
            "{dev: production}",
            "estate.yaml:10: lanes.standard[1].instances.dev: lane 'standard' names instance 'dev' twice, first on line 8. An instance stands in one wave: keep one of them",
            id="lane names an instance twice",
        ),
        pytest.param(
            "- wave: production",
            "- wave: dev",
            "estate.yaml:9: lanes.standard[1].wave: lane 'standard' has a wave 'dev' already, on line 8. Give each wave of a lane a name of its own",
            id="wave twice",
        ),
        pytest.param(
            "{prod: production}",
            "{prod: productoin}",
            "estate.yaml:10: lanes.standard[1].instances.prod: there is no environment 'productoin'. Did you mean production?",
            id="unknown environment",
        ),
        pytest.param(
            "kind: Estate",
            "kind: Estat",
            "estate.yaml:2: kind: it takes Estate, not 'Estat'. Did you mean Estate?",
            id="wrong kind",
        ),
        pytest.param(
            "headway.dev/v1",
            "headway.dev/v2",
            "estate.yaml:1: apiVersion: 'headway.dev/v2' is not read by this Headway. Write headway.dev/v1",
            id="other version",
        ),
        pytest.param(
            "development: {engine: {podman: {}}}",
            "development: {engine: {argocd: {url: ftp://argocd.example}}}",
            "estate.yaml:4: environments.development.engine.argocd.url: it is no address of a server. Write it like https://argocd.example",
            id="engine without an address",
        ),
        pytest.param(
            "development: {engine: {podman: {}}}",
            "development: {engine: {podman: {}, argocd: {url: https://argocd.example}}}",
            "estate.yaml:4: environments.development.engine: it names two engines. Write engine: {podman: {}}, or engine: {argocd: {url: https://…}}",
            id="two engines",
        ),
        pytest.param(
            "{region: ap-southeast-2,",
            "{kubernetes: 1.30,",
            "estate.yaml:5: environments.production.kubernetes: it takes text, not the number 1.3. Put it in quotes",
            id="a version of Kubernetes that YAML takes for a number",
        ),
        pytest.param(
            "{region: ap-southeast-2,",
            "{kubernetes: v1.34.2,",
            "estate.yaml:5: environments.production.kubernetes: 'v1.34.2' is no minor version of Kubernetes. Write it like \"1.34\"",
            id="a version of Kubernetes with more than its minor version",
        ),
        pytest.param(
            "development: {engine: {podman: {}}}",
            "development: {engine: {docker: {}}}",
            "estate.yaml:4: environments.development.engine.docker: unknown engine. There is argocd, podman",
            id="unknown engine",
        ),
        pytest.param(
            "development: {engine: {podman: {}}}",
            "development: {engine: {}}",
            "estate.yaml:4: environments.development.engine: it names no engine. Write engine: {podman: {}}, or engine: {argocd: {url: https://…}}",
            id="no engine",
        ),
        pytest.param(
            "development: {engine: {podman: {}}}",
            "development: {engine: {podman: }}",
            "estate.yaml:4: environments.development.engine.podman: it has no value. Write {} for nothing more to say",
            id="engine without a value",
        ),
        pytest.param(
            "development: {engine: {podman: {}}}",
            "development:",
            "estate.yaml:4: environments.development: it has no value. Write a value, or take the line out",
            id="environment without a value",
        ),
        pytest.param(
            "soak: 10m",
            "soak: 10",
            "estate.yaml:11: lanes.standard[1].gates.soak: 10 has no unit. Write 10s, 10m, 10h or 10d",
            id="duration without a unit",
        ),
        pytest.param(
            "soak: 10m",
            "soak: 10 minutes",
            "estate.yaml:11: lanes.standard[1].gates.soak: '10 minutes' is no duration of at most 366d, largest unit first. Write it like 30s, 10m, 1h30m or 2d",
            id="duration in words",
        ),
        pytest.param(
            "soak: 10m",
            "soak: 30m1h",
            "estate.yaml:11: lanes.standard[1].gates.soak: '30m1h' is no duration of at most 366d, largest unit first. Write it like 30s, 10m, 1h30m or 2d",
            id="duration in the wrong order",
        ),
        pytest.param(
            "count: 2",
            "count: 0",
            "estate.yaml:11: lanes.standard[1].gates.approvals.count: 0 is too small. Write 1 or more",
            id="no approvals",
        ),
        pytest.param(
            "count: 2",
            "count: two",
            "estate.yaml:11: lanes.standard[1].gates.approvals.count: it takes a whole number, not 'two'. Write count: a number",
            id="count in words",
        ),
        pytest.param(
            "from: [support]",
            "from: [supports]",
            "estate.yaml:11: lanes.standard[1].gates.approvals.from[0]: there is no role 'supports'. Did you mean support?",
            id="unknown role",
        ),
        pytest.param(
            "soak: 10m",
            'freeze: [{schedule: "0 17 * *", lasts: 1h}]',
            "estate.yaml:11: lanes.standard[1].gates.freeze[0]: schedule '0 17 * *' has not five fields. Write it like \"0 17 * * 5\": minute, hour, day, month, weekday",
            id="schedule too short",
        ),
        pytest.param(
            "soak: 10m",
            'freeze: [{schedule: "0 77 * * 1", lasts: 1h}]',
            "estate.yaml:11: lanes.standard[1].gates.freeze[0]: schedule '0 77 * * 1': bad hour. Write it like \"0 17 * * 5\": minute, hour, day, month, weekday",
            id="schedule wrong",
        ),
        pytest.param(
            "soak: 10m",
            'freeze: [{schedule: "0 0 * * *", lasts: 1d}]',
            "estate.yaml:11: lanes.standard[1].gates.freeze[0]: the window begins anew before it ends, so nothing could ever be promoted. Shorten `lasts`, or let `schedule` come less often",
            id="freeze without an end",
        ),
        pytest.param(
            "soak: 10m",
            'freeze: [{schedule: "0 0 * * 1", lasts: 0s}]',
            "estate.yaml:11: lanes.standard[1].gates.freeze[0].lasts: it must be longer than nothing. Write it like 30s, 10m, 1h30m or 2d",
            id="freeze of no length",
        ),
        pytest.param(
            "soak: 10m",
            'freeze: [{schedule: "0 0 * * 1", lasts: 1d, timeZone: Pacific/Aukland}]',
            "estate.yaml:11: lanes.standard[1].gates.freeze[0]: timeZone 'Pacific/Aukland' is unknown. Did you mean Pacific/Auckland?",
            id="unknown time zone",
        ),
        pytest.param(
            "/srv/git/apps.git",
            "https://bob:hunter2@github.com/x.git",
            "estate.yaml:16: manifests[0].url: it carries credentials, which everybody who reads the repository would have. Take them out, and give them to Git's credential helper on the server",
            id="credentials in a URL",
        ),
        pytest.param(
            "/srv/git/apps.git",
            "'ext::sh -c id'",
            "estate.yaml:16: manifests[0].url: it is no address of a Git repository. Write an https, ssh or file URL, or a path",
            id="a URL that runs a program",
        ),
        pytest.param(
            "/srv/git/apps.git",
            "--upload-pack=id",
            "estate.yaml:16: manifests[0].url: it is no address of a Git repository. Write an https, ssh or file URL, or a path",
            id="a URL that is an option",
        ),
        pytest.param(
            "/srv/git/apps.git",
            "ftp://host/x.git",
            "estate.yaml:16: manifests[0].url: ftp:// is no transport that is used. Write an https, ssh or file URL, or a path",
            id="unknown transport",
        ),
        pytest.param(
            "{dev: development}}",
            "{dev: development}, afterRollback: retry}",
            "estate.yaml:8: lanes.standard[0].afterRollback: it is neither hold nor {retry: a number}. Write hold, or {retry: 2} for at most two versions a day",
            id="after rollback in words",
        ),
        pytest.param(
            "{dev: development}}",
            "{dev: development}, afterRollback: {retry: 0}}",
            "estate.yaml:8: lanes.standard[0].afterRollback: retry takes a number from 1 to 50, how many a day. Write hold, or {retry: 2} for at most two versions a day",
            id="after rollback too often",
        ),
        pytest.param(
            "{dev: development}}",
            "{dev: development}, admit: trains}",
            "estate.yaml:8: lanes.standard[0].admit: it takes newest or train, not 'trains'. Did you mean train?",
            id="unknown admit",
        ),
        pytest.param(
            "{dev: development}}",
            "{dev: development}, wait: no}",
            "estate.yaml:8: lanes.standard[0].wait: it takes true or false, not 'no'. Write false",
            id="no instead of false",
        ),
        pytest.param(
            "{dev: development}}",
            "{dev: development}, deploymentTimeOut: 1m}",
            "estate.yaml:8: lanes.standard[0].deploymentTimeOut: unknown field. Did you mean deploymentTimeout?",
            id="wrong case",
        ),
        pytest.param(
            "{dev: development}}",
            "{dev: development}, verificationTimeout: 0s}",
            "estate.yaml:8: lanes.standard[0].verificationTimeout: it must be longer than nothing. Write it like 30s, 10m, 1h30m or 2d",
            id="time-out of nothing",
        ),
        pytest.param(
            "  platform: [cleo]",
            "  Platform_Team: [cleo]",
            "estate.yaml:14: roles.Platform_Team: 'Platform_Team' is no name: lower-case letters, digits and dashes, 63 at most, no dash at an end. Write platform-team",
            id="a name that is none",
        ),
        pytest.param(
            "instances: {dev: development}",
            "instances: {}",
            "estate.yaml:8: lanes.standard[0].instances: it is empty. Write at least one",
            id="no instances",
        ),
        pytest.param(
            "region: ap-southeast-2",
            "platform: amd64",
            "estate.yaml:5: environments.production.platform: 'amd64' is no platform. Write it like linux/amd64 or linux/arm64",
            id="not a platform",
        ),
    ],
)
def test_each_mistake_in_an_estate_is_told_with_its_place_and_a_way_out(
    told: Callable[..., list[str]], old: str, new: str, line: str
) -> None:
    assert told(estate=(old, new)) == [line]
