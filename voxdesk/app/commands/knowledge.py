"""`voxdesk knowledge`: check what is known, list it, ask it, and see what callers miss."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.table import Table
from rich.text import Text

from crm.questions import repository
from dialog.events import Match, Search
from dialog.flow import CONFIRM_BELOW
from dialog.flow_problems import meant
from dialog.knowledge.file import CheckedKnowledge, check_knowledge_file, knowledge_files
from dialog.knowledge.model import Knowledge, Question, named
from dialog.knowledge.schema import knowledge_schema
from dialog.prompts import Prompts
from dialog.template import render
from voxdesk.app.commands.checked_files import chosen, out, print_check, state
from voxdesk.app.database import opened
from voxdesk.app.knowledge.on_demand import library_for
from voxdesk.app.knowledge.unanswered import UnansweredGroup, summarize
from voxdesk.app.knowledge.users import users
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time
from voxdesk.kernel.errors import DatabaseError
from voxdesk.kernel.worded import worded

EXAMPLES = 3

app = typer.Typer(help="Check, list and ask what is known.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Days = Annotated[int, typer.Option(min=1, max=3650, help="Of so many days.")]


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(help="A name, or a file; all of config/knowledge when left out.")
    ] = "",
) -> None:
    """Say everything that is wrong with what is known; exit code 1 when anything is."""
    print_check([check_knowledge_file(path) for path in _files(name)], _content)


def _content(checked: CheckedKnowledge) -> str:
    known = checked.knowledge
    if known is None:
        return "Nothing"
    return f"{len(known.questions)} questions, in {', '.join(known.languages)}"


@app.command(name="list")
def list_(
    name: Annotated[str, typer.Argument(help="One of them: its questions.")] = "",
    days: Days = 30,
) -> None:
    """Every file with the flows that use it; or the questions of one, and how often they came."""
    if name:
        out.print(_questions(_one(name), days), soft_wrap=False)
        return
    used = users(load_settings().config_dir / "flows")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("knowledge", "languages", "questions", "wordings", "used by", "state"):
        table.add_column(column)
    for path in _files(""):
        checked = check_knowledge_file(path)
        known = checked.knowledge
        questions = known.questions.values() if known else ()
        languages = known.languages if known else ()
        table.add_row(
            path.stem,
            ", ".join(languages),
            str(len(questions)),
            str(sum(len(one.wordings(tag)) for one in questions for tag in languages)),
            ", ".join(used.get(path.stem, ())),
            state(checked),
        )
    out.print(table, soft_wrap=False)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="As a caller would say it.")],
    in_: Annotated[
        list[str] | None, typer.Option("--in", help="Only this file; more than one may be given.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of the caller.")] = "en",
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the call.  [today]")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what a caller with this question would hear, and why."""
    settings = load_settings()
    knowledge = _knowledge(in_ or ())
    spoken = sorted({tag for one in knowledge.values() for tag in one.languages})
    if language not in spoken:
        _leave(
            f'Nothing is known in "{language}".\n  {meant(language, spoken, worded("Languages"))}'
        )
    day = (today.date() if today else datetime.now().astimezone().date()).isoformat()
    search = Search(0, (question,), language, tuple(knowledge), day)
    matches = library_for(knowledge, settings.state_dir).search(search)
    if as_json:
        typer.echo(json.dumps([asdict(match) for match in matches]))
        return
    if not matches:
        out.print("There is no answer to that; a step goes to its `unknown`, and it is noted.")
        raise typer.Exit(1)
    prompts = Prompts.load(settings.config_dir / "prompts")
    for line in _heard(matches, knowledge, prompts, language, day):
        out.print(clean(line))


@app.command()
def unanswered(
    days: Days = 30,
    language: Annotated[str, typer.Option(help="Only in this language.")] = "",
    flow: Annotated[str, typer.Option(help="Only said to this flow.")] = "",
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="At most so many groups.")
    ] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """What callers asked and nobody knew: like ones together, the most frequent first."""
    settings = load_settings()
    since = datetime.now(UTC) - timedelta(days=days)
    with opened(settings.database_url) as database, database.reading() as session:
        asked = repository.unanswered(session, since=since, language=language, flow=flow)
    knowledge = _readable()
    today = datetime.now().astimezone().date().isoformat()
    found = summarize(asked, library_for(knowledge, settings.state_dir), knowledge, today)
    if as_json:
        data = [{**asdict(one), "last": one.last.isoformat()} for one in found.groups[:limit]]
        typer.echo(json.dumps({"groups": data, "answered_now": found.answered_now}))
        return
    count = sum(group.count for group in found.groups)
    if count:
        out.print(f"In {days} days {count} questions had no answer, of {len(found.groups)} kinds:")
    else:
        out.print(f"In {days} days no question was left without an answer.")
    for group in found.groups[:limit]:
        for line in _group_lines(group):
            out.print(clean(line))
    if found.answered_now:
        out.print(f"{found.answered_now} more would be answered now.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the files, by which editors complete keys."""
    typer.echo(json.dumps(knowledge_schema(), indent=2, ensure_ascii=False))


# ------------------------------------------------------------------ files


def _folder() -> Path:
    return load_settings().config_dir / "knowledge"


def _files(name: str) -> list[Path]:
    return chosen(
        name, knowledge_files(_folder()), what="knowledge", kind=worded("Files"), folder=_folder()
    )


def _one(name: str) -> Knowledge:
    return _right(check_knowledge_file(_files(name)[0]))


def _right(checked: CheckedKnowledge) -> Knowledge:
    if checked.problems or checked.knowledge is None:
        _leave(checked.report)
    return checked.knowledge


def _knowledge(names: Iterable[str]) -> Mapping[str, Knowledge]:
    files = [path for name in names for path in _files(name)] or _files("")
    return {path.stem: _right(check_knowledge_file(path)) for path in files}


def _readable() -> Mapping[str, Knowledge]:
    """Every file without mistakes."""
    found = [check_knowledge_file(path) for path in knowledge_files(_folder())]
    return {
        each.knowledge.name: each.knowledge
        for each in found
        if each.knowledge is not None and not each.problems
    }


# ------------------------------------------------------------------ what is printed


def _questions(knowledge: Knowledge, days: int) -> Table:
    counted = _counts(days)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("question", "asked as", *knowledge.languages, "valid", f"in {days} days"):
        table.add_column(column)
    today = datetime.now().astimezone().date()
    for reference, question in knowledge.references():
        table.add_row(
            question.name,
            Text(clean(question.question.template(knowledge.languages[0]))),
            *(str(len(question.wordings(tag))) for tag in knowledge.languages),
            _valid(question, today),
            str(counted.get(reference, 0)) if counted is not None else "?",
        )
    return table


def _counts(days: int) -> Mapping[str, int] | None:
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        with opened(load_settings().database_url) as database, database.reading() as session:
            return repository.counts(session, since=since)
    except DatabaseError:
        return None


def _valid(question: Question, today: date) -> str:
    if question.first is None and question.last is None:
        return "always"
    parts = [f"from {question.first}" if question.first else ""]
    parts += [f"until {question.last}" if question.last else ""]
    now = "" if question.holds_on(today) else ", not today"
    return " ".join(part for part in parts if part) + now


def _heard(
    matches: Sequence[Match],
    knowledge: Mapping[str, Knowledge],
    prompts: Prompts,
    language: str,
    today: str,
) -> Iterable[str]:
    best = matches[0]
    question = named(knowledge, best.question)
    if question is None:
        return
    if best.confidence >= CONFIRM_BELOW:
        yield f"{best.question} ({best.confidence:.0%} sure). The caller hears:"
    else:
        asked = question.question.template(language)
        yield f"{best.question}, perhaps ({best.confidence:.0%} sure). The caller is asked:"
        yield f'  "{prompts.get("did_you_mean", language, question=asked)}"'
        yield "and after a yes hears:"
    values = {"caller": {}, "today": today, "language": language}
    yield f'  "{render(question.answer.template(language), values, language)}"'
    for match in matches[1:]:
        yield f"Next: {match.question} ({match.confidence:.0%})"


def _group_lines(group: UnansweredGroup) -> Iterable[str]:
    calls = f"{group.calls} call{'s' if group.calls > 1 else ''}"
    when = f"({calls}, last {local_time(group.last)})"
    yield f'{group.count:4}x  {group.language}  "{group.texts[0]}"  {when}'
    more = group.texts[1 : 1 + EXAMPLES]
    if more:
        left = len(group.texts) - 1 - len(more)
        rest = f", and {left} more" if left else ""
        yield "           also: " + ", ".join(f'"{text}"' for text in more) + rest
    if group.nearest:
        yield f"           nearest: {group.nearest}; is it a variant of that?"


def _leave(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
