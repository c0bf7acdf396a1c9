"""An environment says which Kubernetes it runs, or nothing."""

from collections.abc import Callable

import pytest

from headway.domain.estate.sources import EstateRead
from headway.domain.kubernetes_version import KubernetesVersion, parse_kubernetes_version
from headway.domain.names import EnvironmentName

DEVELOPMENT, PRODUCTION = EnvironmentName("development"), EnvironmentName("production")


def test_an_environment_has_the_version_that_it_names_and_no_other(
    read_files: Callable[..., EstateRead],
) -> None:
    estate = read_files(estate=("{region: ap-southeast-2,", '{kubernetes: "1.30",')).estate
    assert estate.environments[PRODUCTION].kubernetes == KubernetesVersion(1, 30)
    assert estate.environments[DEVELOPMENT].kubernetes is None


@pytest.mark.parametrize("text", ["", "1", "1.", "1.03", "2.1", "1.34.0", "v1.34", "1.3x", " 1.34"])
def test_what_is_no_minor_version_is_none(text: str) -> None:
    assert parse_kubernetes_version(text) is None


def test_versions_are_ordered_by_number_and_written_as_they_are_read() -> None:
    nine, ten = KubernetesVersion(1, 9), KubernetesVersion(1, 10)
    assert nine < ten == nine.next
    assert parse_kubernetes_version(str(ten)) == ten
