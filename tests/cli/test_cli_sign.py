"""A result is signed with a key of OpenSSH, and everybody can see who adopted it, with our command or with theirs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from budgetopt.allocation import signature
from budgetopt.allocation.signature import NAMESPACE
from budgetopt.cli import main

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")

TOWN = {
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"visits": {"weight": 2}},
    "programs": {"library": {"baseline": 400, "outcomes": {"visits": {"per_dollar": 0.4}}}},
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scenario, its result, two keys, and a list that knows the first one."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "scenario.yaml").write_text(json.dumps(TOWN))
    for name in ("clerk", "stranger"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True)
    public = (folder / "clerk.pub").read_text()
    (folder / "signers").write_text(f'clerk@town.example namespaces="{NAMESPACE}" {public}')
    assert main(["solve", str(folder), "--json", str(folder / "result.json"), "--format", "csv"]) == 0
    assert main(["sign", str(folder / "result.json"), "--key", str(folder / "clerk")]) == 0
    return folder


def verified(office: Path, *more: str, result: str = "result.json") -> tuple[int, str]:
    words = [str(office / word) if (office / word).exists() else word for word in more]
    return main(["verify", str(office / result), str(office / "scenario.yaml"), *words]), " ".join(words)


def test_verify_says_who_adopted_a_result(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(office, "--signature", "result.json.sig", "--signers", "signers")[0] == 0
    shown = capsys.readouterr().out
    assert "ok    signature: adopted by clerk@town.example, who signed this very file with the key SHA256:" in shown
    assert shown.splitlines()[-1].startswith("Confirmed")
    assert verified(office, "--signature", "result.json.sig")[0] == 0
    assert "signed with the key SHA256:" in capsys.readouterr().out


def test_the_standard_tool_checks_ours_and_ours_checks_its(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = (office / "result.json").read_bytes()
    words = ["-f", str(office / "signers"), "-I", "clerk@town.example", "-n", NAMESPACE]
    done = subprocess.run(
        ["ssh-keygen", "-Y", "verify", *words, "-s", str(office / "result.json.sig")],
        input=data,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    theirs = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(office / "clerk"), "-n", NAMESPACE],
        input=data,
        capture_output=True,
        check=True,
    )
    (office / "theirs.sig").write_bytes(theirs.stdout)
    assert verified(office, "--signature", "theirs.sig", "--signers", "signers")[0] == 0
    assert "adopted by clerk@town.example" in capsys.readouterr().out


def test_what_was_not_signed_so_is_not_confirmed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # another layout of the same document is another file
    (office / "copy.json").write_text(json.dumps(json.loads((office / "result.json").read_text())))
    assert verified(office, result="copy.json")[0] == 0
    assert verified(office, "--signature", "result.json.sig", "--signers", "signers", result="copy.json")[0] == 2
    assert "FAIL  signature: the signature is not one of this very file" in capsys.readouterr().out
    assert verified(office, "--signature", "result.json.sig", result="copy.json")[0] == 2
    assert "NOT confirmed" in capsys.readouterr().out
    # a key that nobody knows, and a signature of something else
    assert (
        main(["sign", str(office / "result.json"), "--key", str(office / "stranger"), "--out", str(office / "s")]) == 0
    )
    assert verified(office, "--signature", "s", "--signers", "signers")[0] == 2
    assert "FAIL  signature:" in capsys.readouterr().out
    done = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(office / "clerk"), "-n", "file"],
        input=(office / "result.json").read_bytes(),
        capture_output=True,
        check=True,
    )
    (office / "file.sig").write_bytes(done.stdout)
    assert verified(office, "--signature", "file.sig", "--signers", "signers")[0] == 2
    assert "FAIL  signature:" in capsys.readouterr().out
    (office / "none.sig").write_text("no signature")
    assert verified(office, "--signature", "none.sig", "--signers", "signers")[0] == 2
    assert "FAIL  signature:" in capsys.readouterr().out


def test_mistakes_are_told(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = str(office / "result.json")
    assert main(["sign", result, "--key", str(office / "nobody")]) == 2
    assert "there is no key" in capsys.readouterr().err
    assert main(["sign", result, "--key", str(office / "scenario.yaml")]) == 2
    assert "signs nothing" in capsys.readouterr().err
    assert main(["sign", str(office / "scenario.yaml"), "--key", str(office / "clerk")]) == 2
    assert "no result document" in capsys.readouterr().err
    changed = json.loads((office / "result.json").read_text())
    changed["objective"]["value"] += 1
    (tmp_path / "changed.json").write_text(json.dumps(changed))
    assert main(["sign", str(tmp_path / "changed.json"), "--key", str(office / "clerk")]) == 2
    assert "was changed after it was written, and is not signed" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["changed.json"]
    assert verified(office, "--signature", "no.sig")[0] == 2
    assert "there is no file 'no.sig'" in capsys.readouterr().err
    assert verified(office, "--signers", "signers")[0] == 2
    assert "--signers goes with --signature" in capsys.readouterr().err
    monkeypatch.setattr(signature.shutil, "which", lambda _: None)
    assert main(["sign", result, "--key", str(office / "clerk")]) == 2
    assert "signatures need ssh-keygen of OpenSSH" in capsys.readouterr().err
