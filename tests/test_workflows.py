"""The workflows: what pull requests bring can neither steer the gate nor reach its key (design §5)."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from huiyin.cli.main import cli
from tests.cases import PROJECT, Story
from tests.repository import NOW, Repository

FOLDER = PROJECT / ".github/workflows"
NAMES = sorted(path.stem for path in FOLDER.iterdir())
OWN = ".venv/bin/huiyin"
BIN = Path(sys.executable).parent


class _Loader(yaml.SafeLoader):
    """YAML 1.2 as forges read it: ``on`` is a word and no truth."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def read(name: str) -> dict[str, Any]:
    """A workflow as data."""
    return dict(yaml.load(text(name), Loader=_Loader))  # noqa: S506 - a SafeLoader


def text(name: str) -> str:
    """A workflow as it is written."""
    return (FOLDER / f"{name}.yml").read_text(encoding="utf-8")


def jobs(name: str) -> Mapping[str, dict[str, Any]]:
    """Its jobs."""
    return dict(read(name)["jobs"])


def steps(name: str) -> Iterator[dict[str, Any]]:
    """Every step of every job."""
    for job in jobs(name).values():
        yield from job["steps"]


def strings(value: Any) -> Iterator[str]:
    """Every text anywhere in a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    else:
        yield str(value)


def test_there_are_these() -> None:
    """One workflow a purpose; what is not known here is not tested here."""
    assert ["audit", "check", "deadlines", "gate", "publish", "remind", "review"] == NAMES
    assert set(NAMES) == {path.name.removesuffix(".yml") for path in FOLDER.iterdir()}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_allowed_unless_a_job_says_so(name: str) -> None:
    """No permission on top; a time limit, a pinned machine and a concurrency group everywhere."""
    assert {} == read(name)["permissions"]
    assert read(name)["concurrency"]["group"]
    for job in jobs(name).values():
        assert 0 < job["timeout-minutes"] <= 120
        assert "ubuntu-24.04" == job["runs-on"]


def test_permissions_are_these() -> None:
    """Whoever gives a job more has to say so here; nobody may write the contents."""
    read_only = {"contents": "read"}
    assert {
        "audit/audit": read_only,
        "check/record": read_only,
        "check/program": read_only,
        "deadlines/list": read_only,
        "deadlines/issues": {"contents": "read", "issues": "write"},
        "gate/sweep": {"contents": "read", "pull-requests": "write", "statuses": "write"},
        "publish/build": read_only,
        "publish/deploy": {"pages": "write", "id-token": "write"},
        "remind/send": read_only,
        "review/wake": {},
    } == {f"{name}/{job}": data.get("permissions", {}) for name in NAMES for job, data in jobs(name).items()}


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned(name: str) -> None:
    """By the full hash of a commit, with the version beside it, and only GitHub's own."""
    used = re.findall(r"^ +(?:- )?uses: *(.*)", text(name), re.M)
    assert len(used) == sum("uses" in step for step in steps(name))
    for line in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_has_one_version() -> None:
    """The same pin everywhere."""
    pins = {line for name in NAMES for line in re.findall(r"^ +(?:- )?uses: *(.*)", text(name), re.M)}
    assert len(pins) == len({line.split("@")[0] for line in pins})


@pytest.mark.parametrize("name", NAMES)
def test_no_expression_reaches_a_shell(name: str) -> None:
    """What others write gets into ``run`` through ``env`` alone; not even ``env`` takes a text of theirs."""
    for step in steps(name):
        assert "${{" not in step.get("run", "")
        assert "script" not in step.get("with", {})
    expressions = {found for value in strings(read(name)) for found in re.findall(r"\$\{\{ *(.*?) *\}\}", value)}
    assert expressions <= {
        *("github.event.pull_request.number", "github.event.pull_request.base.sha"),
        *("github.api_url", "github.repository", "github.token", "github.run_id", "vars.HUIYIN_AUDIT_SINCE"),
        *("secrets.HUIYIN_GATE_KEY", "secrets.HUIYIN_CONTACTS", "secrets.HUIYIN_OUTBOX"),
        "steps.deployment.outputs.page_url",
    }


@pytest.mark.parametrize("name", NAMES)
def test_checkouts_leave_no_credentials(name: str) -> None:
    """What runs afterwards finds no token in .git/config."""
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert "false" == str(step["with"]["persist-credentials"]).lower()


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"check", "review"}])
def test_only_main_is_run(name: str) -> None:
    """Everything but the feedback checks out main by its name; no head, no reference of the event."""
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert ("main", set()) == (step["with"]["ref"], set(step["with"]) & {"repository", "token", "ssh-key"})
    assert not re.search(r"github\.(event|head_ref|ref|sha|actor)|refs/pull|\bhead\b\.", text(name))


def test_the_gate_runs_nothing_of_a_pull_request() -> None:
    """Its three commands are a checkout of main, the installation from main's lock, and the sweep."""
    [checkout, install, sweep] = jobs("gate")["sweep"]["steps"]
    assert ("main", "make install") == (checkout["with"]["ref"], install["run"])
    assert [OWN, "gate", "sweep"] == sweep["run"].split()[:3]
    assert {"pull_request_target", "workflow_run", "schedule", "workflow_dispatch"} == set(read("gate")["on"])
    assert [read("review")["name"]] == read("gate")["on"]["workflow_run"]["workflows"]
    assert ["main"] == read("gate")["on"]["pull_request_target"]["branches"]


def test_secrets_are_in_one_step_of_one_environment() -> None:
    """The gate's key and the reminders' addresses: no other workflow, job or step sees a secret; only main has them."""
    holders = [
        (name, job, index)
        for name in NAMES
        for job, data in jobs(name).items()
        for index, step in enumerate(data["steps"])
        if any("secrets." in value for value in strings(step))
    ]
    assert [("gate", "sweep", 2), ("remind", "send", 2)] == holders
    assert {"gate": 1, "remind": 2} == {name: n for name in NAMES if (n := text(name).count("secrets."))}
    assert ("gate", "remind") == (jobs("gate")["sweep"]["environment"], jobs("remind")["send"]["environment"])
    assert all("cancel-in-progress: false" in text(name) for name in ("gate", "remind"))


def test_only_the_gate_has_dangerous_triggers() -> None:
    """And zizmor's one ignored rule is for that file alone, with its reason."""
    for name in NAMES:
        dangerous = {"pull_request_target", "workflow_run", "issue_comment", "repository_dispatch"} & set(
            read(name)["on"]
        )
        assert bool(dangerous) == (name == "gate")
    ignored = yaml.safe_load((PROJECT / ".github/zizmor.yml").read_text(encoding="utf-8"))["rules"]
    assert {"dangerous-triggers": {"ignore": ["gate.yml"]}} == ignored
    assert not any("zizmor: ignore" in text(name) for name in NAMES)


def test_the_waking_workflow_does_nothing() -> None:
    """A review may start it with the pull request's own text, so main's version must not tempt anybody to more."""
    [step] = steps("review")
    assert {"name": "Nothing to do", "run": "true"} == step
    assert {"pull_request_review"} == set(read("review")["on"])


def test_feedback_has_no_secret() -> None:
    """It runs what the pull request brings, so its trigger is the one without secrets."""
    assert {"pull_request"} == set(read("check")["on"])


def test_times_of_day() -> None:
    """第九条（二）: the list comes at 08:30 and 12:05 in Beijing, which is eight hours ahead of the schedule's UTC."""
    assert ["30 0 * * *", "5 4 * * *"] == [entry["cron"] for entry in read("deadlines")["on"]["schedule"]]


def test_times_of_reminders() -> None:
    """第九、十五条: in the morning, before claims are due at noon, and after 17:00, from when reviews are urged."""
    assert ["30 0 * * *", "0 3 * * *", "30 9 * * *"] == [e["cron"] for e in read("remind")["on"]["schedule"]]


def commands() -> list[tuple[str, str]]:
    """Every simple command of every step, with its workflow; words that a variable adds are taken as there."""
    lines = [
        (name, line.strip())
        for name in NAMES
        for step in steps(name)
        for line in re.split(
            r"\n|\|\||&&|\||>> \"\$GITHUB_STEP_SUMMARY\"", re.sub(r"\$\{\w+:\+(.*?)\}", r"\1", step.get("run", ""))
        )
    ]
    return [(name, line) for name, line in lines if line not in {"", "{", "}"}]


@pytest.mark.parametrize(("name", "line"), commands())
def test_every_command_is_there(name: str, line: str) -> None:
    """Each huiyin command with its options, each make target, each script; nothing else but git, echo and true."""
    program, *arguments = shlex.split(line)
    if program == OWN:
        command: click.Command = cli
        context = click.Context(cli, info_name="huiyin")
        while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
            below = command.get_command(context, arguments.pop(0))
            assert below is not None, line
            command, context = below, click.Context(below, parent=context)
        command.make_parser(context).parse_args(list(arguments))
        for option in (a for a in arguments if a.startswith("-")):
            assert any(option in p.opts for p in command.params), line
    elif program == "make":
        targets = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M)
        assert set(arguments) <= set(targets)
    elif program.startswith(".ci/"):
        assert (PROJECT / program).stat().st_mode & 0o111
    else:
        assert program in {"git", "echo", "true"}, (name, line)


@pytest.mark.parametrize(
    "command",
    [
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, sorted(FOLDER.iterdir()))),
        ("zizmor", "--offline", "--no-progress", "--persona=pedantic", str(FOLDER)),
    ],
    ids=lambda command: command[0],
)
def test_linters_find_nothing(command: tuple[str, ...]) -> None:
    """As ``make lint`` runs them; each finding that is meant stands in .github/zizmor.yml with its reason."""
    program = shutil.which(command[0], path=str(BIN))
    assert program is not None, f"{command[0]} is not installed"
    done = subprocess.run([program, *command[1:]], capture_output=True, encoding="utf-8", check=False)
    assert 0 == done.returncode, done.stdout + done.stderr


def feedback(repository: Repository, base: str) -> subprocess.CompletedProcess[str]:
    """What the pull request's author is told, by the script that the workflow runs."""
    return subprocess.run(
        [str(PROJECT / ".ci/check-changes"), base],
        cwd=repository.root,
        env={**os.environ, "HUIYIN": str(BIN / "huiyin"), "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_feedback_is_about_what_is_new(repository: Repository) -> None:
    """A case that was broken before is nobody else's fault; one that the branch breaks is."""
    repository.add(Story(reference="1")).write_text("id: [\n", encoding="utf-8")
    base = repository.commit()
    assert (0, "") == (feedback(repository, base).returncode, feedback(repository, base).stdout)
    repository.add(Story(reference="2").assigned("2026-11-16 10:00"))
    repository.commit()
    fine = feedback(repository, base)
    assert (0, False) == (fine.returncode, "::error" in fine.stdout), fine.stdout + fine.stderr
    repository.add(Story(reference="3").published("2026-11-16 10:00"))
    repository.commit()
    wrong = feedback(repository, base)
    assert 0 != wrong.returncode
    assert "::error file=cases/2026/11/16/people-3.yaml" in wrong.stdout
    assert "people-1.yaml" not in wrong.stdout


def test_feedback_on_rules_is_about_everything(repository: Repository) -> None:
    """A new rule may break any case."""
    repository.add(Story(reference="1").assigned("2026-11-16 10:00"))
    base = repository.commit()
    path = repository.root / "rules/units.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  lanzhou:\n", "  lanzhou2:\n"), encoding="utf-8")
    repository.commit()
    found = feedback(repository, base)
    assert 1 == found.returncode
    assert "people-1.yaml" in found.stdout


@pytest.mark.parametrize("name", ["--help.yaml", "$(touch HARM).yaml", "a\n::error::b.yaml", "; touch HARM;.yaml"])
def test_feedback_takes_no_name_for_a_command(repository: Repository, name: str) -> None:
    """A file's name is a name, whatever it looks like."""
    base = repository.commit()
    repository.write(f"cases/2026/11/16/{name}", "id: people-1\n")
    repository.commit()
    found = feedback(repository, base)
    assert 0 != found.returncode
    assert not list(repository.root.rglob("HARM"))
    assert not any(line.startswith("::error::b") for line in (found.stdout + found.stderr).splitlines())


def dates(repository: Repository, base: str, old: str = "") -> subprocess.CompletedProcess[str]:
    """What the summary is told of due dates, by the script that the workflow runs."""
    return subprocess.run(
        [str(PROJECT / ".ci/compare-dates"), base],
        cwd=repository.root,
        env={
            **os.environ, "HUIYIN": str(BIN / "huiyin"), "HUIYIN_OLD": old, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip


@pytest.fixture
def waiting(repository: Repository) -> Repository:
    """One open case of 临夏, which has a holiday of its own in November."""
    repository.add(Story("2026-11-16 08:00", reference="1").assigned("2026-11-16 10:00", "linxia"))
    return repository


def test_a_calendar_is_compared_with_mains(waiting: Repository) -> None:
    """Design §4: the open case whose date moves stands in the summary; nothing is left behind."""
    base = waiting.commit()
    path = waiting.root / "rules/calendar.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("month: 11", "month: 12"), encoding="utf-8")
    waiting.commit()
    found = dates(waiting, base)
    assert (0, "") == (found.returncode, found.stderr)
    assert "- `people-1`（临夏回族自治州，办理）：2026-11-26 → 2026-11-25" in found.stdout
    assert 1 == len(waiting.git("worktree", "list").splitlines())


def test_another_package_is_compared_with_mains(waiting: Repository, tmp_path: Path) -> None:
    """The lock changes, and main's program with main's package gives other dates."""
    waiting.write("requirements.lock", "chinesecalendar==1.10\n")
    base = waiting.commit()
    waiting.write("requirements.lock", "chinesecalendar==1.11\n")
    waiting.commit()
    # A package whose data have one holiday more, as if main had another version of it.
    former = tmp_path / "huiyin"
    former.write_text(
        f"#!{sys.executable}\n"
        "from datetime import date\n"
        "from chinese_calendar import constants\n"
        "constants.holidays[date(2026, 11, 24)] = constants.Holiday.new_years_day.value\n"
        "from huiyin.cli.main import main\n"
        "main()\n",
        encoding="utf-8",
    )
    former.chmod(0o755)
    found = dates(waiting, base, str(former))
    assert (0, "") == (found.returncode, found.stderr)
    assert "- `people-1`（临夏回族自治州，办理）：2026-11-27 → 2026-11-26" in found.stdout


def test_dates_are_not_compared_for_cases_alone(waiting: Repository) -> None:
    """Most pull requests: nothing to say, and no time lost."""
    base = waiting.commit()
    waiting.add(Story(reference="2"))
    waiting.commit()
    found = dates(waiting, base, "/nowhere/huiyin")
    assert (0, "", "") == (found.returncode, found.stdout, found.stderr)


def test_a_main_that_cannot_list_its_dates_fails_nobody(waiting: Repository) -> None:
    """An older program does not know the command; the summary says so."""
    base = waiting.commit()
    path = waiting.root / "rules/calendar.yaml"
    path.write_bytes(path.read_bytes() + b"# demo\n")
    waiting.commit()
    found = dates(waiting, base, "false")
    assert (0, "主线的程序列不出全部期限（输出见日志），没有比较。\n") == (found.returncode, found.stdout)
