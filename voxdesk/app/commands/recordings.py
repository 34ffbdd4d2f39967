"""`voxdesk recordings`: sealed, locked with a new key, brought to the store, checked."""

from collections.abc import Iterable
from typing import Annotated

import typer
from sqlalchemy import select

from crm.calls.models import Call
from recordings.keeping import Done
from voxdesk.app.database import opened
from voxdesk.app.recordings_kept import keeper_of, key_file_of, library_of
from voxdesk.app.settings import Settings, load_settings
from voxdesk.app.terminal import clean, length
from voxdesk.kernel.errors import SettingsError

app = typer.Typer(help="Recordings as files: keys, sealing, the store.", no_args_is_help=True)


@app.command("list")
def list_(
    *,
    trouble: Annotated[
        bool, typer.Option("--trouble", help="Only those that can't be read.")
    ] = False,
) -> None:
    """Every recording: length, where it is, whether it is sealed and whole."""
    count = 0
    for stored in library_of(load_settings()).stored():
        if trouble and not stored.trouble:
            continue
        count += 1
        what = clean(stored.trouble) or (
            f"{length(stored.seconds)}  {'sealed' if stored.sealed else 'plain'}  "
            f"{stored.wholeness.value}  {stored.shown_at}"
        )
        typer.echo(f"{stored.name}  {what}")
    if not count:
        typer.echo("No recordings.")


@app.command()
def seal() -> None:
    """Encrypt recordings that were made before recordings were encrypted."""
    settings = _sealing()
    _report(keeper_of(settings).seal(except_for=in_progress(settings)), "sealed")


@app.command("new-key")
def new_key() -> None:
    """Make a new key: it seals from now on. What was sealed before still needs its own."""
    file = key_file_of(_sealing())
    key = file.add()
    typer.echo(
        f"{file.path} has the new key {key.id.hex()}. Keep a copy of the file elsewhere.\n"
        "To lock older recordings with it too: voxdesk recordings rotate-key --keep"
    )


@app.command("rotate-key")
def rotate_key(
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Make no new key; use the newest that there is.")
    ] = False,
) -> None:
    """Make a new key and lock every recording with it; their sound isn't touched.

    May be stopped and run again, with --keep. Recordings in a store are brought here and back.
    """
    settings = _sealing()
    file = key_file_of(settings)
    if not keep:
        file.ready()
        file.add()
    _report(keeper_of(settings).lock_anew(), "locked anew")
    ring = file.ring()
    if len(ring.keys) > 1:
        typer.echo(
            f"{file.path} still has older keys, for backups and for calls in progress; when "
            "`voxdesk recordings check` finds nothing with only the first, they may go."
        )


@app.command()
def ship() -> None:
    """Bring finished recordings to the store now; the jobs do so by themselves."""
    settings = load_settings()
    if not settings.recording.store.bucket:
        raise SettingsError("there is no store: set recording.store.bucket")
    _report(keeper_of(settings).ship_all(except_for=in_progress(settings)), "brought to the store")


@app.command()
def check() -> None:
    """Read every recording to its end; says which aren't as they were written."""
    _report(keeper_of(load_settings()).check(), "as they were written")


def in_progress(settings: Settings) -> frozenset[str]:
    """Calls that go on now, as far as the database knows."""
    with opened(settings.database_url) as database, database.reading() as session:
        return frozenset(session.scalars(select(Call.id).where(Call.ended_at.is_(None))))


def _sealing() -> Settings:
    settings = load_settings()
    if not settings.recording.encrypt:
        raise SettingsError("recordings aren't encrypted here: recording.encrypt is false")
    return settings


def _report(done: Iterable[Done], what: str) -> None:
    well = bad = 0
    for one in done:
        if one.trouble:
            bad += 1
            typer.echo(f"{one.name}: {clean(one.trouble)}", err=True)
        else:
            well += 1
    typer.echo(f"{well} recording{'s' if well != 1 else ''} {what}.")
    if bad:
        typer.echo(f"{bad} not; see above.", err=True)
        raise typer.Exit(1)
