from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from huiyin.model.problem import HuiyinError
from huiyin.reminders.notices import Key
from huiyin.reminders.outbox import MARKER, Message, Outbox, State, open_folder, prepare
from tests.cases import PROJECT, at

AT = datetime.fromisoformat(at("2026-11-23 10:00"))
KEYS = tuple(Key("2026-11-23", "claim", f"people-{n}", "lanzhou.clerk", "mail") for n in range(4))


def message(name: str, *keys: Key) -> Message:
    """A mail to 兰州市."""
    return Message(name, "mail", "lanzhou.clerk", keys)


def codes(error: HuiyinError) -> list[str]:
    """Of its problems."""
    return [p.code for p in error.problems]


def test_what_is_written_is_there_the_next_time(tmp_path: Path) -> None:
    """Each state, of each key, after the outbox was closed and opened again."""
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True) as outbox:
        outbox.note(KEYS, State.DUE)
        outbox.begin([message("m0", KEYS[0]), message("m1", KEYS[1], KEYS[2])])
        outbox.finish(message("m0", KEYS[0]), State.SENT)
        outbox.finish(message("m1", KEYS[1], KEYS[2]), State.DUE, "HY864")
        outbox.note(KEYS[2:3], State.LAPSED)
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=False) as outbox:
        assert [State.SENT, State.DUE, State.LAPSED, State.DUE] == [outbox.state(k) for k in KEYS]
        assert None is outbox.state(KEYS[0]._replace(day="2026-11-24"))
    lines = (tmp_path / "o/2026-11.jsonl").read_text(encoding="utf-8").splitlines()
    assert "HY864" == json.loads(lines[4])["code"]


def test_a_run_that_died_leaves_what_it_was_sending_unknown(tmp_path: Path) -> None:
    """It was marked before it was sent, so the next run knows that it does not know."""
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True) as outbox:
        outbox.begin([message("m0", KEYS[0])])
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=False) as outbox:
        assert [message("m0", KEYS[0])] == outbox.recover()
        assert State.UNKNOWN is outbox.state(KEYS[0])
        assert [] == outbox.recover()


@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_line_that_a_crash_cut_off_is_no_line(cut: int, tmp_path: Path) -> None:
    """Nothing was done on its account, as it was not on the disk whole; what follows begins a line of its own."""
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True) as outbox:
        outbox.note(KEYS[:1], State.DUE)
        outbox.note(KEYS[1:2], State.DUE)
    path = tmp_path / "o/2026-11.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=False) as outbox:
        assert [State.DUE, None] == [outbox.state(k) for k in KEYS[:2]]
        outbox.note(KEYS[2:3], State.DUE)
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=False) as outbox:
        assert [State.DUE, None, State.DUE] == [outbox.state(k) for k in KEYS[:3]]


@pytest.mark.parametrize("line", ["damaged", "[]", '{"do":"due"}', '{"do":"sent","message":"none"}', '{"do":"sung"}'])
def test_a_damaged_outbox_sends_nothing(line: str, tmp_path: Path) -> None:
    """Whoever cannot read what was sent must not send; the problem names the line."""
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True) as outbox:
        outbox.note(KEYS[:1], State.DUE)
    path = tmp_path / "o/2026-11.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(HuiyinError) as caught, open_folder(tmp_path / "o", tmp_path / "r", AT, new=False):
        pass
    assert [("HY868", 2)] == [(p.code, p.line) for p in caught.value.problems]


def test_an_outbox_is_not_made_by_mistake(tmp_path: Path) -> None:
    """A new one would send everything again, so it is made only when asked for, and not over other files."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").write_text("?", encoding="utf-8")
    for folder, new in (("none", False), ("full", False), ("full", True)):
        with (
            pytest.raises(HuiyinError) as caught,
            open_folder(tmp_path / folder, tmp_path / "r", AT, new=new),
        ):
            pass
        assert ["HY868"] == codes(caught.value)
    assert not (tmp_path / "none").exists()


def test_a_file_is_no_outbox(tmp_path: Path) -> None:
    """HY906 with the reason, and the file is as it was."""
    (tmp_path / "file").write_text("?", encoding="utf-8")
    with pytest.raises(HuiyinError) as caught, open_folder(tmp_path / "file", tmp_path / "r", AT, new=True):
        pass
    assert (["HY906"], "?") == (codes(caught.value), (tmp_path / "file").read_text(encoding="utf-8"))


def test_the_outbox_lies_outside_the_record(tmp_path: Path) -> None:
    """It would be committed with it."""
    with pytest.raises(HuiyinError) as caught, open_folder(tmp_path / "r/o", tmp_path / "r", AT, new=True):
        pass
    assert ["HY868"] == codes(caught.value)


def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """HY906 before anything is sent, and the state is as it was."""
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True) as outbox:
        (tmp_path / "o/2026-11.jsonl").symlink_to("/dev/full")
        with pytest.raises(HuiyinError) as caught:
            outbox.begin([message("m0", KEYS[0])])
        assert (["HY906"], None) == (codes(caught.value), outbox.state(KEYS[0]))


def test_an_outbox_holds_only_files(tmp_path: Path) -> None:
    """A link could lead anywhere, and a device never ends."""
    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True):
        pass
    (tmp_path / "o/2026-11.jsonl").symlink_to("/dev/null")
    with pytest.raises(HuiyinError) as caught, open_folder(tmp_path / "o", tmp_path / "r", AT, new=False):
        pass
    assert ["HY868"] == codes(caught.value)


def test_two_runs_take_turns(tmp_path: Path) -> None:
    """A second process waits, and gives up with a problem instead of sending beside the first."""
    code = (
        "import sys; from datetime import datetime; from pathlib import Path\n"
        "from huiyin.model.problem import HuiyinError\n"
        "from huiyin.reminders.outbox import open_folder\n"
        "try:\n"
        "    at = datetime.fromisoformat(sys.argv[2])\n"
        "    with open_folder(Path(sys.argv[1]), Path('r'), at, new=False, patience=0.2):\n"
        "        print('open')\n"
        "except HuiyinError as error:\n"
        "    print(error.problems[0].code)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "o"), AT.isoformat()]

    def other() -> str:
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.strip()

    with open_folder(tmp_path / "o", tmp_path / "r", AT, new=True):
        assert "HY869" == other()
    assert "open" == other()


class Journal(RuleBasedStateMachine):
    """An outbox beside a dictionary that does the same, closed and opened at any time."""

    @initialize(folder=st.just(None))
    def make(self, folder: None) -> None:
        """Begin with an empty one."""
        import tempfile

        self.place = tempfile.TemporaryDirectory()
        self.expected: dict[Key, State] = {}
        self.sending: dict[str, tuple[Key, ...]] = {}
        self.number = 0
        self.outbox = Outbox(Path(self.place.name), AT)

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1), state=st.sampled_from([State.DUE, State.LAPSED]))
    def note(self, keys: set[Key], state: State) -> None:
        """Due, or too late."""
        free = sorted(k for k in keys if self.expected.get(k) not in {State.SENDING, State.SENT})
        self.outbox.note(free, state)
        self.expected |= dict.fromkeys(free, state)

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1))
    def begin(self, keys: set[Key]) -> None:
        """Something of that is being sent."""
        free = tuple(sorted(k for k in keys if self.expected.get(k) not in {State.SENDING, State.SENT}))
        if free:
            self.number += 1
            self.outbox.begin([message(f"m{self.number}", *free)])
            self.sending[f"m{self.number}"] = free
            self.expected |= dict.fromkeys(free, State.SENDING)

    @rule(state=st.sampled_from([State.SENT, State.DUE, State.UNKNOWN]))
    def finish(self, state: State) -> None:
        """One of the messages is answered."""
        if self.sending:
            name, keys = self.sending.popitem()
            self.outbox.finish(message(name, *keys), state)
            self.expected |= dict.fromkeys(keys, state)

    @rule()
    def die(self) -> None:
        """A new run finds the messages that were being sent."""
        self.outbox = Outbox(Path(self.place.name), AT)
        found = {m.id: m.keys for m in self.outbox.recover()}
        assert self.sending == found
        for keys in self.sending.values():
            self.expected |= dict.fromkeys(keys, State.UNKNOWN)
        self.sending.clear()

    @invariant()
    def agree(self) -> None:
        """Both know the same."""
        if hasattr(self, "outbox"):
            assert self.expected == {k: self.outbox.state(k) for k in KEYS if self.outbox.state(k)}

    def teardown(self) -> None:
        """Throw it away."""
        if hasattr(self, "place"):
            self.place.cleanup()


TestJournal = Journal.TestCase
TestJournal.settings = settings(max_examples=25, stateful_step_count=20)


def test_two_that_make_it_at_once(tmp_path: Path) -> None:
    """What another run has half made is no stranger's file; any other file is, and nothing is written beside it."""
    new, used = tmp_path / "new", tmp_path / "used"
    for folder, name in ((new, ".0123456789abcdef.tmp"), (used, "账目.xlsx")):
        folder.mkdir()
        (folder / name).write_text("", encoding="utf-8")
    prepare(new, new=True)
    assert (new / MARKER).is_file()
    with pytest.raises(HuiyinError, match="HY868"):
        prepare(used, new=True)
    assert ["账目.xlsx"] == [path.name for path in used.iterdir()]
