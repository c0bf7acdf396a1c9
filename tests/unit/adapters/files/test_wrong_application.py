"""Wrong `application.yaml`: the very text that a person meets."""

# ruff: noqa: E501 - the texts stand as a person meets them

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(
            "lane: standard",
            "lane: standard\ncontact: ann",
            "shop/application.yaml:4: contact: unknown field. There is apiVersion, artifacts, checks, gates, kind, lane, leaveOut, namespaces, needs, owner, parity",
            id="unknown field",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nleave_out: [dev]",
            "shop/application.yaml:4: leave_out: unknown field. Did you mean leaveOut?",
            id="nearly a field",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nlanes: [standard]",
            "shop/application.yaml:4: lanes: lanes is not yet there. Name one lane, like lane: standard",
            id="later field",
        ),
        pytest.param(
            "lane: standard\n",
            "",
            "shop/application.yaml:1: lane: it is missing. Add lane: …",
            id="missing field",
        ),
        pytest.param(
            "lane: standard",
            "lane: standrad",
            "shop/application.yaml:3: lane: the estate has no lane 'standrad'. Did you mean standard?",
            id="unknown lane",
        ),
        pytest.param(
            "kind: Application",
            "kind: Flags",
            "shop/application.yaml:2: kind: files of kind Flags are not yet there. Here stands Application",
            id="later kind of file",
        ),
        pytest.param(
            "app1: {image",
            "app1: {kind: chart, image",
            "shop/application.yaml:5: artifacts.app1.kind: artifacts of kind chart are not yet there. Take it out: a folder of manifests needs no kind",
            id="later kind of artifact",
        ),
        pytest.param(
            "app1: {image",
            "app1: {kind: thing, image",
            "shop/application.yaml:5: artifacts.app1.kind: unknown field. Take it out: a folder of manifests needs no kind",
            id="unknown kind of artifact",
        ),
        pytest.param(
            "{service: app1}",
            "{service: app1, port: 70000}",
            "shop/application.yaml:7: checks[0].http.port: 70000 is too large. Write 65535 or less",
            id="port too large",
        ),
        pytest.param(
            "{service: app1}",
            "{service: app1, path: healthz}",
            "shop/application.yaml:7: checks[0].http.path: 'healthz' is no path of a URL. Begin it with one slash, like /healthz, without blanks",
            id="path of a URL",
        ),
        pytest.param(
            "{service: app1}",
            "{service: 169.254.169.254}",
            "shop/application.yaml:7: checks[0].http.service: '169.254.169.254' is no name: lower-case letters, digits and dashes, 63 at most, no dash at an end. Write 169-254-169-254",
            id="a service elsewhere",
        ),
        pytest.param(
            "http: {service: app1}",
            "http: {service: app1}, steady: {for: 30s}",
            "shop/application.yaml:7: checks[0]: a check does exactly one of http, job and steady, and this one does 2. Write each as a check of its own",
            id="check that does two things",
        ),
        pytest.param(
            ", http: {service: app1}",
            "",
            "shop/application.yaml:7: checks[0]: a check does exactly one of http, job and steady, and this one does none. Add one, like http: {service: app1}",
            id="check that does nothing",
        ),
        pytest.param(
            "http: {service: app1}",
            "steady: {for: 30s}, timeout: 10s",
            "shop/application.yaml:7: checks[0]: timeout 10s is over before steady for 30s can pass. Leave timeout out, or make it longer",
            id="steady longer than its time-out",
        ),
        pytest.param(
            "artifacts: [app1]",
            "artifacts: [ap1]",
            "shop/application.yaml:7: checks[0].artifacts[0]: there is no artifact 'ap1'. Did you mean app1?",
            id="check of an unknown artifact",
        ),
        pytest.param(
            "artifacts: [app1]",
            "waves: [stagin]",
            "shop/application.yaml:7: checks[0].waves[0]: lane 'standard' has no wave 'stagin'. There is dev, production",
            id="check in an unknown wave",
        ),
        pytest.param(
            '">=1.0"',
            '">=1 <2"',
            'shop/application.yaml:5: artifacts.app1.image.versions.semver: \'>=1 <2\' is no range of semantic versions. Write it like ">=1.0", ">=1.2,<2" or "^1.4"',
            id="range of versions",
        ),
        pytest.param(
            '">=1.0"',
            "1.0",
            "shop/application.yaml:5: artifacts.app1.image.versions.semver: it takes text, not the number 1.0. Put it in quotes",
            id="number for a text",
        ),
        pytest.param(
            "shop/app1",
            "shop/app1:1.0",
            "shop/application.yaml:5: artifacts.app1.image.repository: it names one image, not its repository. Take the tag or digest away from the end",
            id="tag of a repository",
        ),
        pytest.param(
            "127.0.0.1:5000/shop/app1",
            "shop/app1",
            "shop/application.yaml:5: artifacts.app1.image.repository: 'shop/app1' names no registry. Write docker.io/shop/app1 if that is where it is",
            id="repository without a registry",
        ),
        pytest.param(
            "127.0.0.1:5000/shop/app1",
            "https://ann:secret@harbor.example.com/shop/app1",
            "shop/application.yaml:5: artifacts.app1.image.repository: an image repository has no scheme. Write harbor.example.com/shop/app1",
            id="repository with a scheme",
        ),
        pytest.param(
            "app1: {image",
            "app1: {share: [shop/app1/base], image",
            "shop/application.yaml:5: artifacts.app1.share[0]: the artifact's own folder is always read. Take it out: only paths outside it are shared",
            id="own folder shared",
        ),
        pytest.param(
            "app1: {image",
            "app1: {share: [../x], image",
            "shop/application.yaml:5: artifacts.app1.share[0]: '../x' leaves the repository or is not written the shortest way. Write it from the repository's root, like oneconnect/shared",
            id="path out of the tree",
        ),
        pytest.param(
            "app1: {image",
            "app1: {imagePaths: [spec.image], image",
            "shop/application.yaml:5: artifacts.app1.imagePaths[0]: 'spec.image' is no place of an image. Write it like Rollout:spec.template.spec.containers[].image",
            id="place of an image",
        ),
        pytest.param(
            "http: {service: app1}",
            "job: {image: 127.0.0.1:5000/x, env: {A: 1}}",
            "shop/application.yaml:7: checks[0].job.env.A: it takes text, not the number 1. Put it in quotes",
            id="number in an environment",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nleaveOut:",
            "shop/application.yaml:4: leaveOut: it has no value. Write a value, or take the line out",
            id="field without a value",
        ),
        pytest.param(
            '{repository: "127.0.0.1:5000/shop/app1", versions: {semver: ">=1.0"}}',
            "",
            "shop/application.yaml:5: artifacts.app1.image: it has no value. Write a value, or take the line out",
            id="image without a value",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nleaveOut: [dve]",
            "shop/application.yaml:4: leaveOut[0]: lane 'standard' has no instance 'dve'. Did you mean dev?",
            id="unknown instance",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nneeds: [nats]",
            "shop/application.yaml:4: needs[0]: there is no application 'nats'. Take it out",
            id="unknown application needed",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nneeds: [shop]",
            "shop/application.yaml:4: needs[0]: an application cannot need itself. Take it out",
            id="itself needed",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\ngates: {production: {soak: 5m}}",
            "shop/application.yaml:4: gates.production.soak: 5m is looser than the lane's 10m, and an application may only tighten. Write 10m or more, or take it out",
            id="later wave's soak loosened",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\ngates: {production: {approvals: {count: 1, from: [support]}}}",
            "shop/application.yaml:4: gates.production.approvals.count: 1 is looser than the lane's 2, and an application may only tighten. Write 2 or more, or take approvals out",
            id="fewer approvals",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\ngates: {production: {approvals: {count: 2, from: [platform]}}}",
            "shop/application.yaml:4: gates.production.approvals.from: [platform] is looser than the lane's [support], and an application may only tighten. Take platform out",
            id="approvals of others",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nparity: [{path: spec.replicas}]",
            "shop/application.yaml:4: parity[0].reason: it is missing. Add reason: …",
            id="difference without a reason",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nparity: [{path: spec.replicas, reason: ' '}]",
            "shop/application.yaml:4: parity[0].reason: a reason has 1 to 500 letters. Write why, for whoever reads it in a year",
            id="difference with no reason to read",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nparity: [{path: spec/replicas, reason: size}]",
            "shop/application.yaml:4: parity[0].path: 'spec/replicas' is no place in an object. Write it like spec.replicas, or spec.template.spec.containers[*].resources for each",
            id="difference at no place",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nparity: [{kind: Config Map, reason: size}]",
            "shop/application.yaml:4: parity[0].kind: 'Config Map' names no object. Write a name, with * for any letters",
            id="difference in no object",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nparity: [{artifacts: [app1], reason: all of it}]",
            "shop/application.yaml:4: parity[0]: it lets everything differ. Name a path, a kind or an object's name",
            id="difference everywhere",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nparity: [{path: spec.replicas, artifacts: [app2], reason: size}]",
            "shop/application.yaml:4: parity[0].artifacts[0]: there is no artifact 'app2'. Did you mean app1?",
            id="difference of an unknown artifact",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\ngates: {prodution: {}}",
            "shop/application.yaml:4: gates.prodution: lane 'standard' has no wave 'prodution'. Did you mean production?",
            id="gates of an unknown wave",
        ),
    ],
)
def test_each_mistake_in_an_application_is_told_with_its_place_and_a_way_out(
    told: Callable[..., list[str]], old: str, new: str, line: str
) -> None:
    assert told(application=(old, new)) == [line]
