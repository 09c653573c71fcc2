"""A scenario reads the files of its project, and no others."""

from pathlib import Path

import pytest

from budgetopt import Scenario, ScenarioError, load
from budgetopt.cli import main
from budgetopt.errors import OptionError
from budgetopt.reading.project_folder import project_of

SECRET = "root:x:0:0:secret of somebody:/:/bin/sh\n"
CITY = (
    "funds: {general: {revenue: 10M}}\nprograms: {library: {baseline: 1M}}\n"
    "objective: {minimize: change from baseline}\n"
)
TABLE = "program,baseline\npools,2M\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "town/city/scenario.yaml": CITY,
        "town/base.yaml": CITY,
        "town/programs.csv": TABLE,
        "elsewhere/base.yaml": CITY,
        "elsewhere/programs.csv": TABLE,
        "elsewhere/passwd": SECRET,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def problem_of(file: Path, text: str, **options: object) -> str:
    file.write_text(text if "extends" in text else text + CITY)
    with pytest.raises(ScenarioError) as caught:
        load(file, **options)  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert "secret" not in str(problem)
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (str(file), 1)
    return problem.code


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "/etc/hosts", "{}/elsewhere/passwd", "../../elsewhere/base.yaml", "city/../../../elsewhere"]
)
@pytest.mark.parametrize("key", ["extends: {}", "tables: {{programs: {}}}", "tables: {{evidence: [{{file: {}}}]}}"])
def test_files_outside_of_the_project_are_refused_and_not_shown(folder: Path, name: str, key: str) -> None:
    text = key.format(name.format(folder)) + "\n"
    assert problem_of(folder / "town/city/cut.yaml", text) == "outside-project"


def test_what_does_not_exist_outside_is_told_from_nothing(folder: Path) -> None:
    """Neither whether a file exists nor what it is called beside it can be asked."""
    assert problem_of(folder / "town/city/cut.yaml", "extends: /var/lib/nothing\n") == "outside-project"


def test_the_folder_above_is_the_project_where_none_is_marked(folder: Path) -> None:
    cut = folder / "town/city/cut.yaml"
    cut.write_text("extends: ../base.yaml\ntables: {programs: ../programs.csv}\n")
    assert load(cut).programs.ids.tolist() == ["library", "pools"]
    cut.write_text(f"extends: {folder.resolve()}/town/base.yaml\n")
    assert load(cut).programs.ids.tolist() == ["library"]


@pytest.mark.parametrize("marker", [".git", ".budgetopt", "pyproject.toml"])
def test_a_marker_makes_the_project(folder: Path, marker: str) -> None:
    cut = folder / "town/city/cut.yaml"
    (folder / marker).touch()
    cut.write_text("extends: ../../elsewhere/base.yaml\ntables: {programs: ../../elsewhere/programs.csv}\n")
    assert len(load(cut).programs) == 2
    # the nearest one counts
    (folder / "town" / marker).touch()
    assert problem_of(cut, "extends: ../../elsewhere/base.yaml\n") == "outside-project"


def test_a_link_is_followed_before_it_is_judged(folder: Path) -> None:
    city = folder / "town/city"
    (city / "inside.csv").write_text(TABLE)
    (city / "link.csv").symlink_to("inside.csv")
    (city / "cut.yaml").write_text(f"tables: {{programs: link.csv}}\n{CITY}")
    assert len(load(city / "cut.yaml").programs) == 2
    for target in (folder / "elsewhere/passwd", folder / "town/programs.csv", Path("/etc/passwd")):
        (city / "link.csv").unlink()
        (city / "link.csv").symlink_to(target)
        assert problem_of(city / "other.yaml", "tables: {programs: link.csv}\n") == "outside-project"
    (city / "folder").symlink_to(folder / "elsewhere", target_is_directory=True)
    assert problem_of(city / "other.yaml", "extends: folder/base.yaml\n") == "outside-project"


def test_what_a_file_extends_names_files_of_the_same_project(folder: Path) -> None:
    (folder / "town/base.yaml").write_text("extends: ../elsewhere/base.yaml\n")
    (folder / "town/city/cut.yaml").write_text("extends: ../base.yaml\n")
    with pytest.raises(ScenarioError, match=r"base\.yaml:1:10: .*outside of the scenario's project"):
        load(folder / "town/city/cut.yaml")


def test_folders_are_allowed_in_a_call_and_on_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, elsewhere = folder / "town/city/cut.yaml", folder / "elsewhere"
    cut.write_text(f"extends: ../../elsewhere/base.yaml\ntables: {{programs: {elsewhere}/programs.csv}}\n")
    assert len(load(cut, allow_folders=[elsewhere]).programs) == 2
    for command in (["check", cut], ["diff", cut, cut], ["solve", cut], ["compare", cut]):
        words = [str(word) for word in command]
        assert main(words) == 2
        assert "hint: if it is meant, allow its folder: --allow-folder DIR" in capsys.readouterr().err
        assert main([*words, "--allow-folder", str(folder / "town"), "--allow-folder", str(elsewhere)]) == 0
    assert main(["check", str(cut), "--allow-folder", str(folder / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_a_mapping_names_files_of_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "town/city")
    near = {"extends": "../base.yaml", "tables": {"programs": "../programs.csv"}}
    assert len(Scenario.from_document(near).programs) == 2
    far = {"extends": str(folder / "elsewhere/base.yaml")}
    with pytest.raises(ScenarioError, match="outside-project"):
        Scenario.from_document(far)
    assert len(Scenario.from_document(far, allow_folders=[folder / "elsewhere"]).programs) == 1
    with pytest.raises(OptionError, match="no folder"):
        Scenario.from_document(far, allow_folders="nowhere")


def test_a_folder_for_everyone_is_no_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = folder / "town/city"
    assert project_of(city).above == folder.resolve() / "town"
    (folder / "town").chmod(0o1777)
    (folder / "town/.git").touch()
    assert project_of(city).above is None
    assert project_of(city).folders == (city.resolve(),)
    (folder / "town").chmod(0o755)
    monkeypatch.setenv("HOME", str(folder / "town"))
    assert project_of(city).folders == (city.resolve(),)
    assert problem_of(city / "cut.yaml", "extends: ../base.yaml\n") == "outside-project"


def test_a_file_that_is_no_scenario_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text(SECRET)
    (tmp_path / "top.yaml").write_text("extends: passwd\n")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "top.yaml")
    assert "secret" not in str(caught.value)
    assert "the file is one value, not a mapping" in str(caught.value)
