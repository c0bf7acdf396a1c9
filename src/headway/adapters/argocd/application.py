"""What an Argo CD Application is to Headway: found by repository, branch and path, never by its name."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from headway.adapters.argocd.api import ApplicationKey
from headway.adapters.argocd.connection import Json, mapping, one_line
from headway.domain.adoption.place import place_of
from headway.domain.names import EnvironmentName, InstanceName

_SCP = re.compile(r"(?:[^@/:]+@)?([^/:]+):(?!//)(.+)")


def same_repository(url: str) -> str:
    """Give what two URLs of one repository have in common: host and path, however they are reached.

    Argo CD may read by HTTPS what Headway writes by SSH: scheme, user, usual port and ``.git`` differ.
    """
    scp = _SCP.fullmatch(url.strip())
    if scp and "://" not in url:
        return f"{scp[1].lower()}/{_plain_path(scp[2])}"
    parts = urlsplit(url.strip())
    if parts.scheme in ("", "file"):
        return f"file/{_plain_path(parts.path)}"
    port = f":{parts.port}" if parts.port and parts.port not in (22, 80, 443) else ""
    return f"{(parts.hostname or '').lower()}{port}/{_plain_path(parts.path)}"


def _plain_path(path: str) -> str:
    return path.strip("/").removesuffix(".git").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One Application as Argo CD tells of it; a view of its JSON that raises nothing."""

    json: Json

    @property
    def key(self) -> ApplicationKey:
        """Give its name and namespace."""
        return ApplicationKey.of(self.json)

    @property
    def _status(self) -> Json:
        return mapping(self.json, "status")

    @property
    def project(self) -> str:
        """Give the project that it belongs to."""
        return str(mapping(self.json, "spec").get("project") or "default")

    @property
    def told(self) -> str:
        """Give all that it tells, without when: equal is nothing new."""
        return str({key: value for key, value in self._status.items() if key != "reconciledAt"})

    @property
    def content(self) -> tuple[str, object, object]:
        """Give all by which two of its changes differ for us."""
        return self.told, mapping(self.json, "spec"), self.json.get("operation")

    @property
    def revision(self) -> str | None:
        """Give the commit that Argo CD last compared with; None: it has not yet."""
        return mapping(self._status, "sync").get("revision") or None

    @property
    def is_synced(self) -> bool:
        """Say whether the last comparison found no difference."""
        return bool(mapping(self._status, "sync").get("status") == "Synced")

    @property
    def is_compared(self) -> bool:
        """Say whether it is known how the cluster differs from Git; not so before the first look, say."""
        return mapping(self._status, "sync").get("status") in ("Synced", "OutOfSync")

    @property
    def health(self) -> str:
        """Give Argo CD's word: Healthy, Progressing, Degraded, Suspended, Missing or Unknown."""
        return str(mapping(self._status, "health").get("status") or "Unknown")

    @property
    def operation(self) -> Json:
        """Give the state of the last operation; empty: there was none."""
        return mapping(self._status, "operationState")

    @property
    def is_operating(self) -> bool:
        """Say whether an operation runs, is asked for, or is being ended."""
        phase = self.operation.get("phase")
        return bool(self.json.get("operation")) or phase in ("Running", "Terminating")

    @property
    def is_tried_again(self) -> bool:
        """Say whether the operation failed and waits for Argo CD to try it again.

        Its phase stays Running then; that it ended is told by its time alone, which the next try takes away.
        """
        return self.operation.get("phase") == "Running" and bool(self.operation.get("finishedAt"))

    @property
    def is_compared_since_its_sync(self) -> bool:
        """Say whether it was compared after its last operation ended; both times are whole seconds."""
        compared, ended = self._status.get("reconciledAt"), self.operation.get("finishedAt")
        return compared is None or ended is None or str(compared) > str(ended)

    @property
    def operation_revision(self) -> str | None:
        """Give the commit that the last operation brings or brought."""
        result = mapping(self.operation, "syncResult").get("revision")
        asked = mapping(mapping(self.operation, "operation"), "sync").get("revision")
        return result or asked or None

    def has_applied(self, kind: str, name: str) -> bool:
        """Say whether an object stands in the cluster as the revision that was compared with has it.

        While an operation runs, or something else of it failed, that is so of what it tells as synced.
        """
        if self.is_synced and not self.is_operating:
            return True
        if self.operation_revision != self.revision:
            return False
        return any(
            (one.get("kind"), one.get("name"), one.get("status")) == (kind, name, "Synced")
            for one in mapping(self.operation, "syncResult").get("resources") or ()
        )

    @property
    def out_of_sync(self) -> list[str]:
        """Name the objects that differ from Git."""
        return [
            f"{one.get('kind')} {one.get('name')}"
            for one in self._status.get("resources") or ()
            if one.get("status") == "OutOfSync"
        ]

    @property
    def only_to_be_pruned(self) -> bool:
        """Say whether all that differs are objects that are no longer in Git, and still in the cluster."""
        differs = [one for one in self._status.get("resources") or () if one.get("status") == "OutOfSync"]
        return bool(differs) and all(one.get("requiresPruning") for one in differs)

    @property
    def refuses_by_itself(self) -> str | None:
        """Say what keeps it from following its branch by itself; None: nothing does."""
        spec = mapping(self.json, "spec")
        if spec.get("sources"):
            return "it has several sources, so its revision tells nothing of one: give it the one source"
        if mapping(mapping(spec, "source"), "directory").get("recurse") is not True:
            return "it does not read the folders of the artifacts: set spec.source.directory.recurse"
        automated = mapping(spec, "syncPolicy").get("automated")
        if not isinstance(automated, Mapping) or automated.get("enabled") is False:
            return "automated sync is off: set spec.syncPolicy.automated"
        return None

    @property
    def is_compared_for_its_folder_only(self) -> bool:
        """Say whether a commit elsewhere on the branch leaves it alone."""
        notes = mapping(mapping(self.json, "metadata"), "annotations")
        return bool(notes.get("argocd.argoproj.io/manifest-generate-paths"))

    @property
    def troubles(self) -> list[str]:
        """Give the errors that Argo CD itself reports of it, such as a repository that it cannot read."""
        return [
            f"{one.get('type')}: {one_line(one.get('message'))}"
            for one in self._status.get("conditions") or ()
            if str(one.get("type", "")).endswith("Error")
        ]


def closed_window(windows: Json) -> str | None:
    """Say which sync window keeps Argo CD from syncing by itself; None: none does.

    `windows` is what Argo CD tells of an Application. A window that denies wins over all that allow; where
    some allow, one of them must be open. Its own `canSync` is of a sync by hand.
    """
    active, assigned = windows.get("activeWindows") or (), windows.get("assignedWindows") or ()
    for one in active:
        if one.get("kind") == "deny":
            return f"a sync window denies it (deny {one.get('schedule')} for {one.get('duration')})"
    if any(one.get("kind") == "allow" for one in active):
        return None
    for one in assigned:
        if one.get("kind") == "allow":
            return f"no sync window is open (allow {one.get('schedule')} for {one.get('duration')})"
    return None


class Applications:
    """The Applications of one Argo CD, by key; finds the one that makes an instance real."""

    def __init__(self, environment: EnvironmentName, repositories: Iterable[str]) -> None:
        """Know the manifests repositories by the URLs that the estate gives them."""
        self._environment = environment
        self._branch = f"environments/{environment}"
        self._repositories = frozenset(same_repository(url) for url in repositories)
        self._known: dict[ApplicationKey, Application] = {}
        self._by_instance: dict[InstanceName, set[ApplicationKey]] = {}

    def is_news(self, kind: str, json: Json) -> bool:
        """Say whether a change tells more than that Argo CD compared again, as it does now and then."""
        new = Application(json=json)
        known = self._known.get(new.key)
        return kind == "DELETED" or known is None or known.content != new.content

    def take(self, kind: str, json: Json) -> InstanceName | None:
        """Take a change in; gives the instance that it is about, if any."""
        application = Application(json=json)
        key, instance = application.key, self._instance_of(json)
        before = self._known.pop(key, None)
        if before is not None and (was := self._instance_of(before.json)) is not None:
            self._by_instance.get(was, set()).discard(key)
            instance = instance or was
        if kind != "DELETED":
            self._known[key] = application
            if (is_of := self._instance_of(json)) is not None:
                self._by_instance.setdefault(is_of, set()).add(key)
        return instance

    def update(self, json: Json) -> None:
        """Take in what was asked for; if it was deleted since, that it is gone stays true."""
        if ApplicationKey.of(json) in self._known:
            self.take("MODIFIED", json)

    def uids(self) -> dict[ApplicationKey, str]:
        """Give which Application each key stands for now."""
        return {key: str(mapping(one.json, "metadata").get("uid")) for key, one in self._known.items()}

    def keep_only(
        self, keys: Collection[ApplicationKey], *, of: Mapping[ApplicationKey, str]
    ) -> set[InstanceName]:
        """Forget what is not among the keys of a listing; gives the instances that this is about.

        `of` is what was known before the listing was asked for: whatever came since stays.
        """
        now = self.uids()
        gone = [key for key, uid in of.items() if key not in keys and now.get(key) == uid]
        found = {self.take("DELETED", self._known[key].json) for key in gone}
        return {instance for instance in found if instance is not None}

    def keys(self) -> set[ApplicationKey]:
        """Give all that are known."""
        return set(self._known)

    def json_of(self, key: ApplicationKey) -> Json:
        """Give an Application that is known."""
        return self._known[key].json

    def of(self, instance: InstanceName) -> list[Application]:
        """Give the Applications that read an instance's manifests: one is right."""
        keys = sorted(self._by_instance.get(instance, ()), key=lambda key: (key.namespace, key.name))
        return [self._known[key] for key in keys]

    def still_elsewhere(self, instance: InstanceName) -> list[tuple[Application, str]]:
        """Give the Applications that read an instance's overlay on another branch, and what they read."""
        found = []
        for application in self._known.values():
            source = mapping(mapping(application.json, "spec"), "source")
            branch, path = str(source.get("targetRevision") or "HEAD"), str(source.get("path") or "")
            if branch.startswith("environments/"):
                continue
            if same_repository(str(source.get("repoURL", ""))) not in self._repositories:
                continue
            place = place_of(path, [self._environment], instance.application)
            if place is not None and str(place) == str(instance):
                found.append((application, f"{path} of {branch}"))
        return found

    def _instance_of(self, json: Json) -> InstanceName | None:
        spec = mapping(json, "spec")
        sources: list[Any] = [spec.get("source"), *(spec.get("sources") or ())]
        for source in sources:
            if not isinstance(source, Mapping) or source.get("targetRevision") != self._branch:
                continue
            if same_repository(str(source.get("repoURL", ""))) not in self._repositories:
                continue
            parts = [part for part in str(source.get("path", "")).split("/") if part not in ("", ".")]
            if len(parts) == 3 and parts[2] == "manifests":
                return InstanceName(parts[0], parts[1])
        return None
