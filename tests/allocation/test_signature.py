"""Who signed a file, in words and with a key of OpenSSH."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from budgetopt.allocation.signature import NAMESPACE, Signer, sign_bytes, signer_of
from budgetopt.errors import OptionError


def test_a_signer_is_told_by_name_if_a_list_names_the_key_and_by_fault_if_nothing_holds() -> None:
    assert str(Signer("clerk", "SHA256:k")) == "adopted by clerk, who signed this very file with the key SHA256:k"
    assert str(Signer("", "SHA256:k")) == "signed with the key SHA256:k; --signers FILE says whose key that is"
    assert str(Signer("", "", "the signature is not one of this very file")).startswith("the signature is not one of")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")
def test_a_signature_names_the_signer_of_these_very_bytes_and_no_other(tmp_path: Path) -> None:
    key, signature, signers = tmp_path / "clerk", tmp_path / "result.sig", tmp_path / "signers"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "clerk", "-f", str(key)], check=True)
    signers.write_text(f'clerk@town.example namespaces="{NAMESPACE}" {key.with_suffix(".pub").read_text()}')
    signature.write_text(sign_bytes(b"a result", key))
    found = signer_of(b"a result", signature, signers)
    assert (found.name, found.fault) == ("clerk@town.example", "")
    assert found.key.startswith("SHA256:")
    assert signer_of(b"a result", signature) == Signer("", found.key)
    assert signer_of(b"another", signature, signers).fault.startswith("the signature is not one of this very file (")


def test_what_is_no_signature_is_refused_before_openssh_reads_it(tmp_path: Path) -> None:
    huge, pipe = tmp_path / "huge.sig", tmp_path / "pipe"
    with huge.open("wb") as file:
        file.truncate(3_000_000_000)
    os.mkfifo(pipe)
    for name, why in (
        (huge, r"the file has 3,000,000,000 bytes \(at most 200,000 bytes\)"),
        (pipe, "it is no regular file"),
        (tmp_path, "it is a folder"),
        (tmp_path / "none", "there is no file"),
    ):
        with pytest.raises(OptionError, match=why):
            signer_of(b"a result", name)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")
def test_a_list_of_signers_is_limited_too(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "clerk")], check=True)
    signature, signers = tmp_path / "result.sig", tmp_path / "signers"
    signature.write_text(sign_bytes(b"a result", tmp_path / "clerk"))
    signers.write_text("a" * 200_001)
    with pytest.raises(OptionError, match="200,001 bytes"):
        signer_of(b"a result", signature, signers)
