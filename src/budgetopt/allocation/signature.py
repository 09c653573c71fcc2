"""Who adopted a result: a detached signature of its file, in the format of OpenSSH (SSHSIG).

``ssh-keygen -Y sign`` makes such signatures and ``ssh-keygen -Y verify`` checks them; both are run here, so that keys
on tokens, in agents and behind passphrases work, and so that whoever has OpenSSH needs nothing of ours to check one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from budgetopt.errors import OptionError, escaped
from budgetopt.reading.input_file import MissingFileError, UnreadableFileError, read_bytes

__all__ = ["NAMESPACE", "Signer", "sign_bytes", "signer_of"]

NAMESPACE = "budgetopt-result"
"""What is signed, so that a signature of something else is none of a result."""
MOST_NAMES = 20
"""Names of one key on a list of signers that are tried."""
_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_KEY = re.compile(r"key (\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a file: the name that the list of signers gives to the key, empty where no list says, and the key.

    ``fault`` says why the signature does not hold; empty if it does.
    """

    name: str
    key: str
    fault: str = ""

    def __str__(self) -> str:
        if self.fault:
            return self.fault
        if not self.name:
            return f"signed with the key {self.key}; --signers FILE says whose key that is"
        return f"adopted by {self.name}, who signed this very file with the key {self.key}"


def sign_bytes(data: bytes, key: str | Path) -> str:
    """Return the detached signature of what a file holds, as text.

    Parameters
    ----------
    data
        What the file holds.
    key
        The file of a private key, or of a public one whose private key an agent or a token holds.

    Raises
    ------
    OptionError
        If OpenSSH is not installed, or does not sign with the key.
    """
    if not Path(key).is_file():
        raise OptionError(f"there is no key {str(key)!r}", hint="make one: ssh-keygen -t ed25519 -f adopted_key")
    done = _run(["sign", "-f", str(Path(key).resolve()), "-n", NAMESPACE], data)
    text = done.stdout.decode("ascii", "replace")
    if done.returncode or not text.startswith(_BEGIN):
        raise OptionError(f"the key {str(key)!r} signs nothing: {_said(done)}")
    return text


def signer_of(data: bytes, signature: str | Path, signers: str | Path | None = None) -> Signer:
    """Return who signed what a file holds.

    Parameters
    ----------
    data
        What the file holds.
    signature
        The file with the detached signature.
    signers
        A list of signers in the form of ``allowed_signers`` of OpenSSH; without it only the key is told.

    Raises
    ------
    OptionError
        If OpenSSH is not installed, or a file is missing, is no regular file, or is too large.
    """
    with tempfile.TemporaryDirectory() as folder:
        at = ["-s", _copied(signature, folder, "signature")]
        if signers is None:
            done = _run(["check-novalidate", "-n", NAMESPACE, *at], data)
            return Signer("", _key_of(done)) if not done.returncode else _refused(done)
        listed = ["-f", _copied(signers, folder, "signers")]
        found = _run(["find-principals", *listed, *at], data)
        names = found.stdout.decode("utf-8", "replace").split("\n")
        for name in islice(filter(None, (name.strip() for name in names)), MOST_NAMES):
            done = _run(["verify", *listed, "-I", name, "-n", NAMESPACE, *at], data)
            if not done.returncode:
                return Signer(escaped(name), _key_of(done))
            found = done
        return _refused(found)


def _copied(name: str | Path, folder: str, copy: str) -> str:
    """Return the path of a copy of a file in a folder: OpenSSH reads what is there, however long it is."""
    try:
        data = read_bytes(name, "signature")
    except MissingFileError:
        raise OptionError(f"there is no file {str(name)!r}") from None
    except UnreadableFileError as error:
        expected = f" ({error.expected})" if error.expected else ""
        raise OptionError(f"{str(name)!r} cannot be read: {error.reason}{expected}", hint=error.hint) from None
    path = Path(folder, copy)
    path.write_bytes(data)
    return str(path)


def _refused(done: subprocess.CompletedProcess[bytes]) -> Signer:
    said = _said(done)
    fault = "the signature is not one of this very file"
    if "no principal" in said.lower() or "not in allowed" in said.lower():
        fault = "the key of the signature is nobody's on the list of signers"
    return Signer("", "", f"{fault} ({said})" if said else fault)


def _key_of(done: subprocess.CompletedProcess[bytes]) -> str:
    found = _KEY.search(done.stdout.decode("utf-8", "replace"))
    return escaped(found[1]) if found else ""


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last line of what OpenSSH says, without what a terminal would run."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return escaped(lines[-1].strip().rstrip(".").lower()) if lines else ""


def _run(words: Sequence[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        message = "signatures need ssh-keygen of OpenSSH 8.1 or newer, which is not installed"
        raise OptionError(message, hint="install OpenSSH; on Debian: apt-get install openssh-client")
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return subprocess.run([program, "-Y", *words], stdin=file, capture_output=True, check=False)
