"""`reelbank evaluate`: how good answers, tags and look-alikes are, on a labelled file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import open_likeness, open_market, open_tagger
from bot.cli.terminal import existing, put_json, say, settings

if TYPE_CHECKING:
    from bot.market.evaluate import Report as AnswersReport

_json_option = click.option("--json", "as_json", is_flag=True, help="Give the report as JSON.")
_file = click.argument("file")


@click.group()
def evaluate() -> None:
    """Measure answers, tags and look-alikes on a labelled YAML file."""


@evaluate.command()
@_file
@_json_option
def answers(file: str, *, as_json: bool) -> None:
    """Ask every question of FILE; print accuracy per kind, abstention, and the failures.

    An entry has id, question, kind, must_include, must_not_include, and may have entities,
    previous_turns and source_url.
    """
    import yaml  # noqa: PLC0415  loads with the knowledge

    from bot.market.evaluate import evaluate_file, read_cases  # noqa: PLC0415

    path = existing(file)
    try:
        read_cases(path)
    except (LookupError, AttributeError, TypeError, ValueError, yaml.YAMLError):
        text = f"{file}: not a list of questions with id, question, kind and must_include."
        raise click.ClickException(text) from None
    report = evaluate_file(open_market(settings()), path, datetime.now(UTC).date())
    if as_json:
        put_json(_answers_data(report), is_pretty=True)
    else:
        say(report.text())


def _answers_data(report: AnswersReport) -> dict[str, Any]:
    from bot.market.evaluate import NOT_KNOWN  # noqa: PLC0415

    kinds = dict.fromkeys(o.case.kind for o in report.outcomes)
    return {
        "questions": len(report.outcomes),
        "answerable": round(report.accuracy(besides=NOT_KNOWN), 4),
        "abstention": round(report.accuracy(*NOT_KNOWN), 4),
        "kinds": {kind: round(report.accuracy(kind), 4) for kind in kinds},
        "failures": [
            {"id": o.case.id, "kind": o.case.kind, "answer": o.answer.plain()}
            for o in report.failures
        ],
        "problems": {o.case.id: list(o.problems) for o in report.outcomes if o.problems},
    }


@evaluate.command()
@_file
@_json_option
def tags(file: str, *, as_json: bool) -> None:
    """Tag every idea of FILE; print how many primary industries are right, and the confusions.

    An entry has id, text, language, primary, and may have secondary.
    """
    from bot.tagging import evaluate_tags  # noqa: PLC0415

    _report(evaluate_tags(existing(file), open_tagger(settings())), as_json)


@evaluate.command()
@_file
@_json_option
def duplicates(file: str, *, as_json: bool) -> None:
    """Look for the labelled pairs of FILE (duplicates_of, hard_negative_of) among its ideas."""
    from bot.tagging import evaluate_duplicates  # noqa: PLC0415

    _report(evaluate_duplicates(existing(file), open_likeness(settings())), as_json)


def _report(report: Any, as_json: bool) -> None:  # noqa: FBT001  a flag handed on as it came
    if as_json:
        put_json(report.data(), is_pretty=True)
    else:
        say(report.text())
