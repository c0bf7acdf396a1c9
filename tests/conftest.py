"""What every test can ask for; the fixtures themselves live in tests/fixtures, one noun a file."""

pytest_plugins = [
    "tests.fixtures.registry",
    "tests.fixtures.images",
    "tests.fixtures.git_remote",
    "tests.fixtures.kustomize",
    "tests.fixtures.podman_engine",
    "tests.fixtures.real_delivery",
]
