"""`reelbank doctor`, `backup` and `restore`: keeping an installation well."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.opening import opened_store
from bot.cli.terminal import existing, note, put_json, run, say, settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Give the findings as JSON.")
@click.option("--offline", is_flag=True, help="Ask no platform what is missing there.")
def doctor(*, as_json: bool, offline: bool) -> None:
    """Check settings, store, knowledge, embedder, outbox, tokens and permissions.

    Says what to do about each finding, such as a permission that is missing in a channel. Exit
    code 1 if anything is bad. With a Discord token it prints the link that invites the bot.
    """
    from bot.core.doctor import Level, examine  # noqa: PLC0415
    from bot.supervision import configured_platforms  # noqa: PLC0415

    present = settings()
    asked = [] if offline else configured_platforms(present)
    openers = {platform.name: platform.open_inspector for platform in asked}
    findings = run(lambda: examine(present, openers, is_online=not offline))
    is_bad = any(f.level is Level.BAD for f in findings)
    if as_json:
        put_json(
            [
                {"level": f.level.value, "subject": f.subject, "text": f.text, "remedy": f.remedy}
                for f in findings
            ],
            is_pretty=True,
        )
    else:
        for finding in findings:
            say(f"{finding.level.value:<4}  {finding.subject}: {finding.text}")
            if finding.remedy:
                say(f"      {finding.remedy}")
    if is_bad:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("file")
def backup(file: str) -> None:
    """Copy the store to FILE, while it is in use if need be.

    The copy is whole and can be opened as it is. An existing FILE is not overwritten.
    """
    target = Path(file)
    if target.exists():
        raise click.ClickException(f"{file} is there already; nothing was written.")
    if not target.parent.is_dir():
        raise click.ClickException(f"{target.parent} is no folder.")
    run(lambda: _backup(target))
    note(f"Copied to {target} ({target.stat().st_size / (1 << 20):.1f} MB).")


async def _backup(target: Path) -> None:
    async with opened_store(settings()) as store:
        await store.backup(target)


@click.command()
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: str, *, yes: bool) -> None:
    """Put the backup FILE in the place of the store. Stop Reelbank first.

    Refuses a damaged backup and a store that is in use. The store as it was is kept beside it,
    with ".before-restore" at its end.
    """
    from storage import restore as put_back  # noqa: PLC0415

    source = existing(file)
    target = settings().store_path
    if target.exists():
        if not yes:
            click.confirm(f"Replace the store {target}?", abort=True, err=True)
        kept = target.with_name(f"{target.name}.before-restore")
        _keep_old(target, kept)
    put_back(source, target)
    note(f"Restored to {target}.")


def _keep_old(target: Path, kept: Path) -> None:
    """Copy the present store aside; one that cannot be read is what is being replaced."""
    from storage import Store, StoreError  # noqa: PLC0415

    kept.unlink(missing_ok=True)
    try:
        store = Store.open(target)
    except StoreError:
        kept.write_bytes(target.read_bytes())
    else:
        try:
            run(lambda: store.backup(kept))
        finally:
            store.close()
    note(f"The store as it was: {kept}")
