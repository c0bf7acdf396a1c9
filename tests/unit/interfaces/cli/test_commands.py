"""What people type, what they read, and the exit code that their scripts see."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.fixtures.served import Served, delivered
from tests.fixtures.world import ESTATE, World

from headway.domain.names import ArtifactName, Cell, InstanceName


async def with_two_versions(served: Served) -> None:
    """Let 1.1.0 of app1 follow everywhere."""
    served.world.publish("app1", "1.1.0")
    await served.world.look()
    await served.world.pass_time(timedelta(seconds=5))


async def test_a_rollback_says_what_it_does_and_what_stays(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue") as served:
        await with_two_versions(served)
        told = await served.headway("rollback", "app1", "--from", "staging", "--dry-run", person="sue")
        assert served.world.tag_in("staging") == "1.1.0"
        done = await served.headway(
            "rollback", "app1", "--from", "staging", "--from", "prod1", "--reason", "slow", person="sue"
        )
        await served.world.settle()
        assert served.world.tags() == ["1.1.0", "1.0.0", "1.0.0", "1.1.0"]
        past = await served.headway("history", "--instance", "staging", "-o", "json")
    assert (told.code, done.code) == (0, 0)
    assert "1.1.0+" in told.out
    assert "→ 1.0.0+" in told.out
    assert "would be held there" in told.out
    assert done.out.count("is held there until somebody resumes it") == 2
    newest = json.loads(past.out)[0]
    assert (newest["kind"], newest["by"], newest["reason"]) == ("rollback", "sue", "slow")


async def test_resume_says_first_what_it_lets_in(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        await served.headway("hold", "prod2", "--artifact", "app1", "--reason", "wait for it")
        await with_two_versions(served)
        assert served.world.tag_in("prod2") == "1.0.0"
        told = await served.headway("resume", "prod2", "--dry-run")
        assert served.world.tag_in("prod2") == "1.0.0"
        done = await served.headway("resume", "prod2", "--reason", "it is here")
        await served.world.pass_time(timedelta(seconds=5))
        assert served.world.tag_in("prod2") == "1.1.0"
    for ran in (told, done):
        assert ran.out.index("this lets oc/app1 1.1.0+") < ran.out.index("lifted")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (("--for", "1h30m"), "until 2026-03-02 10:30:05 UTC"),
        (("--until", "2026-03-09T08:00+11:00"), "until 2026-03-08 21:00:00 UTC"),
        ((), "until somebody resumes it"),
    ],
)
async def test_a_hold_says_when_it_ends(tmp_path: Path, end: tuple[str, ...], words: str) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("hold", "staging", *end, "--reason", "load test")
    assert ran.code == 0
    assert ran.out == f"everything is held in oc/staging {words}\n"


async def test_a_promotion_shows_the_commit_that_it_would_make(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        await with_two_versions(served)
        before = served.world.desk.situation.sequence
        ran = await served.headway("promote", "app1", "--to", "dev", "--version", "1.0.0", "--dry-run")
        assert served.world.desk.situation.sequence == before
        asked = await served.headway("promote", "app1", "--to", "dev", "--version", "1.0.0", "-r", "compare")
        await served.world.pass_time(timedelta(seconds=5))
        past = await served.headway("history", "--instance", "dev", "-o", "json")
    assert any(one["by"] == "operator" and one["reason"] == "compare" for one in json.loads(past.out))
    assert "On environments/development, this commit:" in ran.out
    for trailer in ("Promotion-Id: ", "Artifact: oc/app1", "Promoted-By: operator", "Previous-Version: "):
        assert trailer in ran.out
    assert "oc/dev/lock.yaml" in ran.out
    assert "is asked for in oc/dev (runs 1.1.0+" in asked.out


async def test_a_promotion_without_a_place_asks_in_the_first_wave(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        await with_two_versions(served)
        ran = await served.headway("promote", "app1", "--version", "1.0.0", "--reason", "x", "-o", "json")
    assert [one["instance"] for one in json.loads(ran.out)["requests"]] == ["oc/dev"]


async def test_a_request_is_named_by_why_and_can_be_dropped(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue", "bob") as served:
        cell = Cell(ArtifactName("oc", "app1"), InstanceName("oc", "prod1"))
        first = served.world.desk.situation.cell(cell).locked
        assert first is not None
        await with_two_versions(served)
        await served.world.hold_all("prod1")
        await served.world.record_asked("prod1", cell.artifact, first, by="sue")
        why = await served.headway("why", "app1", "--in", "prod1")
        drop = ("promote", "app1", "--to", "prod1", "--cancel", "--reason", "not needed")
        stranger = await served.headway(*drop, person="bob")
        told = await served.headway(*drop, "--dry-run")
        before = served.world.desk.situation.sequence
        done = await served.headway(*drop)
        assert served.world.desk.situation.sequence == before + 1
        after = await served.headway("why", "app1", "--in", "prod1")
        again = await served.headway(*drop)
    assert "Asked for by sue at" in why.out
    assert "headway promote oc/app1 --to oc/prod1 --cancel" in why.out
    assert stranger.code == 4
    assert told.out.startswith("sue's request for oc/app1 1.0.0+")
    assert told.out.endswith("in oc/prod1 would be dropped\n")
    assert done.out.endswith("in oc/prod1 is dropped\n")
    assert "Asked for" not in after.out
    assert (again.code, again.out) == (2, "")
    assert "nobody's request for oc/app1 waits in oc/prod1" in again.err


async def test_quarantine_and_its_lift_say_what_they_mean(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        placed = await served.headway("quarantine", "app1", "1.0.0", "--reason", "loses messages")
        lifted = await served.headway("quarantine", "app1", "1.0.0", "--lift", "--reason", "network")
        again = await served.headway("quarantine", "app1", "1.0.0", "--lift", "--reason", "network")
    assert "is quarantined: no gate lets it in" in placed.out
    assert "oc/prod1" in placed.out
    assert "may go out again" in lifted.out
    assert (again.code, again.out) == (2, "")


async def test_an_approval_names_the_change_and_its_end(tmp_path: Path) -> None:
    estate = ESTATE.replace(
        "instances: {staging: staging}}",
        "instances: {staging: staging}, gates: {approvals: {count: 1, from: [support]}}}",
    )
    async with delivered(tmp_path, "sue", "pat", world=World(estate=estate)) as served:
        why = await served.headway("why", "app1", "--in", "staging")
        refused = await served.headway("approve", "oc", "--wave", "staging", "-r", "read it", person="pat")
        given = await served.headway("approve", "oc", "--wave", "staging", "-r", "read it", person="sue")
        await served.world.pass_time(timedelta(seconds=5))
        assert served.world.tag_in("staging") == "1.0.0"
        await served.world.hold_all("staging")
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=5))
        later = await served.headway("approve", "app1", "--wave", "staging", "-r", "read it", person="sue")
    assert "Nothing else keeps it out: it goes now." in given.out
    assert "oc/staging still waits for hold: held by pat" in later.out
    assert "Nothing else" not in later.out
    assert "✗ approvals:" in why.out
    assert "headway approve" in why.out
    assert refused.code == 4
    assert "sue" in refused.err
    assert "app1 1.0.0+" in given.out
    assert "until 2026-03-09" in given.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("versions", "app9"), 2, "known are oc/app1, oc/app2"),
        (("status", "nope"), 2, "no application"),
        (("why", "app1", "--in", "nope"), 2, "no instance"),
        (("hold", "staging"), 2, "--reason"),
        (("hold", "staging", "--for", "soon", "--reason", "x"), 2, "1h30m"),
        (("hold", "staging", "--until", "soon", "--reason", "x"), 2, "2026-03-02T09:00"),
        (("hold", "staging", "--for", "2h", "--until", "2027-01-01", "--reason", "x"), 2, "a hold ends once"),
        (("resume", "staging", "--reason", "x"), 2, "no such hold"),
        (("rollback", "app1", "--from", "dev", "--to", "1.0.0", "--reason", "x"), 2, "is what oc/dev runs"),
        (("promote", "app1", "--cancel", "--now", "--reason", "x"), 2, "--cancel and --now"),
        (("promote", "app1", "--cancel"), 2, "--reason"),
        (("promote", "app1", "--digest", "x", "--commit", "y", "--reason", "x"), 2, "is not an image digest"),
    ],
)
async def test_a_mistake_is_told_in_three_parts(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway(*arguments)
    assert (ran.code, ran.out) == (code, "")
    # A machine that takes longer than a second is said to be busy first.
    *meanwhile, what, why, following = ran.err.splitlines()
    assert all(line.endswith("…") for line in meanwhile)
    assert what.startswith("Error: ")
    assert why.startswith("  Why: ")
    assert following.startswith("  Next: ")
    assert words in ran.err


async def test_a_gate_that_says_no_has_its_own_exit_code(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        await with_two_versions(served)
        await served.headway("quarantine", "app1", "1.0.0", "--reason", "bad")
        ran = await served.headway("promote", "app1", "--to", "staging", "--version", "1.0.0", "-r", "x")
    assert ran.code == 5
    assert "quarantine" in ran.err


async def test_who_may_not_is_told_who_they_are(tmp_path: Path) -> None:
    async with delivered(tmp_path, "bob") as served:
        ran = await served.headway("hold", "staging", "--reason", "x", person="bob")
        served.store.remove("bob")
        (tmp_path / "identities/bob.token").write_text("gone")
        gone = await served.headway("status", person="bob")
    assert ran.code == 4
    assert "bob has no role" in ran.err
    assert gone.code == 4
    assert "nobody has this token" in gone.err


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("doctor",),
        ("versions", "app1"),
        ("why", "app1", "--in", "dev"),
        ("history",),
        ("wait", "app1", "--in", "dev"),
        ("hold", "dev", "--reason", "x"),
    ],
)
async def test_programs_get_json_or_yaml_of_the_same(tmp_path: Path, command: tuple[str, ...]) -> None:
    async with delivered(tmp_path) as served:
        first = await served.headway(*command, "-o", "json")
        second = await served.headway(*command, "-o", "yaml")
    one, other = json.loads(first.out), YAML(typ="safe", pure=True).load(second.out)
    assert one
    assert type(one) is type(other)
    assert (one.keys() == other.keys()) if isinstance(one, dict) else (len(one) == len(other))


async def test_what_others_wrote_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """A reason, a commit's subject and a tag reach the screen without their control characters."""
    hostile = "\x1b]0;owned\x07\x1b[2J[bold red]x\u202e"
    async with delivered(tmp_path) as served:
        served.world.commit(hostile, {"oc/app1/base/deployment.yaml": b"base 2\n"})
        await served.world.look()
        await served.headway("hold", "staging", "--reason", hostile)
        shown = [await served.headway(*one) for one in (("status",), ("versions", "app1"), ("history",))]
    for ran in shown:
        assert not set(ran.out + ran.err) & set("\x1b\x07\u202e")
    assert "[bold red]x" in shown[0].out
