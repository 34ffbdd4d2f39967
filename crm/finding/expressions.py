"""A query in the languages of SQLite's FTS5 and PostgreSQL's text search. Pure.

Words are `crm.finding.tokens`: letters and digits only, so that quoting them is enough.
"""

from crm.finding.document import WEIGHTS
from crm.finding.query import Near, Phrase, Query, Term


def fts5(query: Query) -> str:
    """For `MATCH`; all terms are taken as wanted."""
    return " AND ".join(_fts5_term(term) for term in query.terms)


def _fts5_term(term: Term) -> str:
    either = " OR ".join(_fts5_one(one) for one in term.any_of)
    return f"{{{term.column}}} : ({either})" if term.column else f"({either})"


def _fts5_one(one: Phrase | Near) -> str:
    if isinstance(one, Phrase):
        return f'"{" ".join(one.words)}"'
    return f"NEAR({_fts5_one(one.left)} {_fts5_one(one.right)}, {one.between})"


def tsquery(query: Query) -> str:
    """A tsquery's literal; all terms are taken as wanted."""
    return " & ".join(_tsquery_term(term) for term in query.terms)


def _tsquery_term(term: Term) -> str:
    weight = f":{WEIGHTS[term.column]}" if term.column else ""
    return f"({' | '.join(_tsquery_one(one, weight) for one in term.any_of)})"


def _tsquery_one(one: Phrase | Near, weight: str) -> str:
    if isinstance(one, Phrase):
        quoted = [f"'{word}'{weight}" for word in one.words]
        return f"({' <-> '.join(quoted)})"
    left, right = _tsquery_one(one.left, weight), _tsquery_one(one.right, weight)
    apart = range(1, one.between + 2)
    either = [f"{a} <{steps}> {b}" for a, b in ((left, right), (right, left)) for steps in apart]
    return f"({' | '.join(either)})"
