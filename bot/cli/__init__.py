"""The `reelbank` command: what a person or a script types. Each command loads when it is used."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main() -> None:
    """Run the command line; leaves the process with its exit code."""
    code = INTERRUPTED
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`) has gone: say nothing, also not when Python closes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 128 + 13  # SIGPIPE
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    from click import Abort, ClickException  # noqa: PLC0415  inside, so that Ctrl-C is caught

    from bot.cli.root import root  # noqa: PLC0415

    try:
        result = root.main(arguments, prog_name="reelbank", standalone_mode=False)
    except ClickException as error:
        error.show()
        return error.exit_code
    except Abort:
        return INTERRUPTED
    return result if isinstance(result, int) else 0
