"""The scan of a folder: nothing is passed over, and only what the record holds is allowed (第十九条)."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.findings import Key
from huiyin.model.personal import Confidence, PersonalKind
from huiyin.model.problem import HuiyinError, UsageError
from huiyin.publish.accepted import in_hashes, look_through
from huiyin.publish.gather import gather
from huiyin.repo.source import FolderSource
from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.scan.site import scan
from huiyin.scan.vendored import installed, listed
from tests.cases import Story
from tests.publish.building import AS_OF, Built, make_project, run_mkdocs
from tests.repository import Repository
from tests.scan.planting import MOBILE, page

NOTHING = PrivacySettings()
DOUBTFUL = "62010219900101001X"
"""Looks like an identity number; its check digit is wrong (synthetic)."""


def write(folder: Path, **files: str | bytes) -> Path:
    """A folder with files; ``_`` in a name stands for the dot before its ending."""
    folder.mkdir()
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder


def codes(folder: Path) -> list[str]:
    """What a scan without any allowance says."""
    return [p.code for p in scan(folder, NOTHING).problems]


def test_clean_files_pass(tmp_path: Path) -> None:
    """Counted with their bytes."""
    found = scan(write(tmp_path / "site", a_html=page("<p>演示</p>"), b_json="{}"), NOTHING)
    assert (True, 2, ()) == (found.ok, found.files, found.problems)
    assert sum(f.stat().st_size for f in (tmp_path / "site").iterdir()) == found.size


def test_what_is_certain_fails_and_what_is_doubtful_warns(tmp_path: Path) -> None:
    """Errors first; each is told once, with the number of its places, and never with its words."""
    folder = write(tmp_path / "site", a_html=page(DOUBTFUL), b_txt=MOBILE, c_txt=f"{MOBILE[:3]} {MOBILE[3:]}")
    found = scan(folder, NOTHING)
    assert [("HY760", "b.txt"), ("HY761", "a.html")] == [(p.code, p.path) for p in found.problems]
    assert "共2处" in found.problems[0].message
    assert not found.ok
    assert scan(write(tmp_path / "doubtful", a_txt=DOUBTFUL), NOTHING).ok


def test_what_the_record_holds_is_counted(tmp_path: Path) -> None:
    """Exactly that, by kind and content."""
    folder = write(tmp_path / "site", a_txt=f"电话{MOBILE}", b_txt="电话13900139000")
    found = scan(folder, NOTHING, accepted={Key(PersonalKind.MOBILE, MOBILE)})
    assert (1, [("HY760", "b.txt")]) == (found.accepted, [(p.code, p.path) for p in found.problems])


def test_a_link_is_refused(tmp_path: Path) -> None:
    """To a file, to a folder, to nowhere: it is not followed."""
    outside = write(tmp_path / "outside", a_txt=MOBILE)
    folder = write(tmp_path / "site", a_txt="演示")
    for name, target in (("file.txt", outside / "a.txt"), ("folder", outside), ("gone.txt", tmp_path / "gone")):
        (folder / name).symlink_to(target)
    assert ["HY766"] * 3 == codes(folder)


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """Without waiting for a writer."""
    folder = write(tmp_path / "site", a_txt="演示")
    os.mkfifo(folder / "pipe.txt")
    assert ["HY766"] == codes(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root READS EVERYTHING: files without permission are NOT TESTED")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    """A file and a folder without permission."""
    folder = write(tmp_path / "site", a_txt="演示")
    (folder / "a.txt").chmod(0)
    (folder / "b").mkdir(mode=0)
    assert ["HY763"] * 2 == codes(folder)


def test_names_are_looked_at_and_not_repeated(tmp_path: Path) -> None:
    """Of files and folders, also where the file itself is refused."""
    folder = write(tmp_path / "site")
    (folder / f"tel-{MOBILE}").mkdir()
    (folder / f"tel-{MOBILE}" / "a.pdf").write_bytes(b"%PDF")
    found = scan(folder, NOTHING)
    assert {"HY760", "HY762"} == {p.code for p in found.problems}
    assert not any(MOBILE in p.path + p.message for p in found.problems)


def test_a_name_that_cannot_be_seen_is_refused(tmp_path: Path) -> None:
    """Zero-width characters in a name."""
    folder = write(tmp_path / "site")
    (folder / "a\u200b.txt").write_text("演示", encoding="utf-8")
    assert ["HY766"] == codes(folder)


def test_nothing_is_no_clean_site(tmp_path: Path) -> None:
    """A build that wrote nothing, or another folder than was meant, must not pass."""
    folder = write(tmp_path / "site")
    (folder / "empty").mkdir()
    with pytest.raises(UsageError) as raised:
        scan(folder, NOTHING)
    assert ["HY907"] == [p.code for p in raised.value.problems]


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    """A missing folder is a mistake, and no clean site."""
    with pytest.raises(UsageError) as raised:
        scan(tmp_path / "none", NOTHING)
    assert "HY907" == raised.value.problems[0].code


def test_vendored_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    """One byte more, and the file is read."""
    data = f"var n = '{MOBILE}'".encode()
    known = {hashlib.sha256(data).hexdigest()}
    folder = write(tmp_path / "site", a_js=data, b_js=data + b" ")
    found = scan(folder, NOTHING, vendored=known)
    assert (1, ["b.js"]) == (found.vendored, [p.path for p in found.problems])


def test_the_list_of_vendored_files_is_that_of_sha256sum() -> None:
    """Comments and empty lines are free; anything else is refused, line by line."""
    digest = "0" * 64
    assert frozenset({digest}) == listed(f"# 图表库\n\n{digest}  assets/a.js\n{digest} *assets/b.js\n")
    with pytest.raises(HuiyinError) as raised:
        listed(f"{digest}\nabc  a.js\n")
    assert [("HY768", 1), ("HY768", 2)] == [(p.code, p.line) for p in raised.value.problems]


def test_the_theme_is_known() -> None:
    """Its scripts and fonts are; its templates, which are filled with texts, are not."""
    import material  # type: ignore[import-untyped]

    folder = Path(material.__file__).parent / "templates"
    bundle = next((folder / "assets" / "javascripts").glob("bundle.*.js"))
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() in installed()
    assert hashlib.sha256((folder / "base.html").read_bytes()).hexdigest() not in installed()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with a published reply that gives an office's number, which the rules list."""
    story = Story(reference="P1", facts={"title": "建议增设公交站台", "body": "第一段。"})
    story.assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    story.answered("2026-11-19 09:00", reply="联系电话：0931-8465432。（演示用虚构答复）").published("2026-11-20 09:00")
    return make_project(tmp_path_factory.mktemp("project"), [story])


def test_a_build_without_personal_data_passes(project: Path) -> None:
    """Theme, search index, sitemap and all are read to their end, and an office may give its number."""
    done = run_mkdocs(project, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    texts = (Built(project).site / "search/data").glob("*/0.json")
    assert ["0931-8465432" in text.read_text("utf-8") for text in texts] == [True]


def test_a_number_that_check_lets_pass_passes(tmp_path: Path) -> None:
    """An office's, in tags or their escapes that somebody typed, which pages show and the scan reads over."""
    story = Story(reference="P1", facts={"body": f"{'<' * 2000}{'>' * 2000}（演示）"})
    story.assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    reply = "咨询电话：0931-<b>8412345</b>，0931-&lt;b&gt;8412346。（演示用虚构答复）"
    story.answered("2026-11-19 09:00", reply=reply)
    story.published("2026-11-20 09:00")
    project = make_project(tmp_path, [story])
    done = run_mkdocs(project, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    assert "0931-&lt;b&gt;8412345" in next((project / "build/site/cases").glob("*/*/*/index.html")).read_text("utf-8")


def test_digits_of_hashes_are_nobodys_number(project: Path, tmp_path: Path) -> None:
    """``data/index.json`` tells the hash of each file; one in some thousands holds what looks like a telephone."""
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    assert 0 == run_mkdocs(copy, "build", "--strict").returncode
    shards = (str(number).encode() for number in range(100_000))
    texts = ((data, hashlib.sha256(data).hexdigest()) for data in shards)
    data, told = next(t for t in texts if Confidence.CERTAIN in {f.confidence for f in find_personal(t[1], NOTHING)})
    (copy / "build/site/data/cases/2026-01.csv").write_bytes(data)
    index = copy / "build/site/data/told.json"
    index.write_text(f'["{told}"]', encoding="utf-8")
    gathered = gather(FolderSource(copy), datetime.fromisoformat(AS_OF))
    assert () == look_through(copy / "build/site", gathered, copy).problems
    assert frozenset() != in_hashes([told], NOTHING)
    index.write_text(f'["{MOBILE}"]', encoding="utf-8")
    assert ["HY760"] == [p.code for p in look_through(copy / "build/site", gathered, copy).problems]


@pytest.mark.parametrize("planted", ["page", "template", "asset", "name"])
def test_a_build_with_personal_data_fails(project: Path, tmp_path: Path, planted: str) -> None:
    """第十九条: whatever brings it to the site; the words are not in the log."""
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    match planted:
        case "page":
            (copy / "site/about.md").write_text(f"# 关于\n\n来电138<b>0013</b>{MOBILE[7:]}（虚构）\n", encoding="utf-8")
        case "template":
            path = copy / "site/overrides/404.html"
            text = path.read_text("utf-8")
            assert "{% endblock %}" in text
            path.write_text(text.replace("{% endblock %}", f"<!-- {MOBILE} -->{{% endblock %}}"), encoding="utf-8")
        case "asset":
            (copy / "site/assets/a.json").write_text(f'{{"tel": {MOBILE}}}', encoding="utf-8")
        case "name":
            (copy / f"site/assets/tel-{MOBILE}.txt").write_text("演示", encoding="utf-8")
    done = run_mkdocs(copy, "build")
    assert 1 == done.returncode, done.stderr
    assert "HY760" in done.stderr
    assert "HY767" in done.stderr
    assert MOBILE not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_says_the_same(project: Path, tmp_path: Path) -> None:
    """``huiyin scan`` alone, in every form of output, without repeating the words."""
    site = write(tmp_path / "site", a_html=page(f"<p>{MOBILE}</p>"), b_pdf=b"%PDF")
    repository = Repository(project)
    for output in ("text", "json", "github"):
        done = repository.huiyin("scan", str(site), "--format", output, HUIYIN_AS_OF=AS_OF)
        assert 1 == done.code, done.err
        assert "HY760" in done.out
        assert "HY762" in done.out
        assert MOBILE not in done.out + done.err
    alone = repository.huiyin("scan", "--alone", str(site), cwd=tmp_path)
    assert 1 == alone.code
