"""Sign a result file, so that everybody can see who adopted it; the signature stands in a file of its own.

The signature is one of OpenSSH: `ssh-keygen -Y verify -n budgetopt-result` checks it too. The key is the office's own;
only its public half is published. `verify RESULT --signature FILE --signers LIST` says who signed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from budgetopt.cli.failures import say_written
from budgetopt.cli.files import check_target
from budgetopt.errors import OptionError, ResultFileError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "sign"
HELP = "sign a result file, so that everybody can see who adopted it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("result", metavar="RESULT", help="the file that `solve --json` wrote")
    text = "the private key of whoever adopts it, as `ssh-keygen -t ed25519` makes it"
    parser.add_argument("--key", metavar="FILE", required=True, help=text)
    parser.add_argument("--out", metavar="FILE", help="the file of the signature (default: RESULT.sig)")


def run(arguments: argparse.Namespace) -> int:
    """Sign the result and write the signature beside it."""
    from budgetopt.allocation.result_schema import read_result
    from budgetopt.allocation.result_seal import document_sha256
    from budgetopt.allocation.signature import sign_bytes
    from budgetopt.reading.input_file import UnreadableFileError, read_bytes
    from budgetopt.whole_files import write_text

    out = arguments.out or f"{arguments.result}.sig"
    check_target("--out", out)
    if Path(out).exists() and Path(out).samefile(arguments.result):
        raise OptionError("--out: the signature stands in a file of its own", hint=f"name it {arguments.result}.sig")
    try:
        data = read_bytes(arguments.result)
        document = read_result(data.decode("utf-8-sig"))
    except UnreadableFileError as error:
        raise OptionError(f"{arguments.result!r} cannot be read: {error.reason}", hint=error.hint) from None
    except UnicodeDecodeError:
        raise ResultFileError(f"{arguments.result}: it is not text in UTF-8") from None
    except ResultFileError as error:
        raise ResultFileError(f"{arguments.result}: {error.message}", hint=error.hint) from None
    if document_sha256(document) != document["document_sha256"]:
        message = f"{arguments.result}: the document was changed after it was written, and is not signed"
        raise ResultFileError(message, hint="solve again, and sign what is written then")
    say_written(write_text(out, sign_bytes(data, arguments.key)))
    return 0
