"""`check`: a claim file in, verdicts out."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

from symicl.certificates import recording
from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language.assumptions import in_order
from symicl.language.bounds import MAX_CHARACTERS
from symicl.language.declarations import Declarer
from symicl.language.judge import judge
from symicl.language.parser import parse
from symicl.language.reading import OutsideCalculus, Reader
from symicl.language.result import CheckResult
from symicl.language.scope import Scope
from symicl.language.source import Source


def check(text: str, *, name: str = "", certificate: bool = False) -> CheckResult:
    """Prove or refute the claims of a text.

    Parameters
    ----------
    text : str
        A claim file; the language is described in ``docs/claims.md``.
    name : str, optional
        What messages call the text.
    certificate : bool
        Record the work, so that the result has a ``.certificate``.

    Returns
    -------
    CheckResult
        ``.verdict`` is "proved", "refuted" or "undecided"; ``.claims`` holds one result per claim.

    Raises
    ------
    ClaimError
        If the text cannot be read or meant; the message points at the place.

    Examples
    --------
    >>> import symicl
    >>> result = symicl.check('''
    ... dims n, d
    ... X ~ gaussian(n, d)
    ... claim E[X' X] = n I
    ... ''')
    >>> result.verdict
    'proved'
    """
    if not isinstance(text, str):
        raise InputError(f"check() takes the text of a claim file, not {type(text).__name__}")
    if not certificate:
        return _check(text, name)[0]
    # Whoever writes certificates knows all kinds of statements, which take longer to import than claims to check.
    from symicl.language.certify import certificate as write
    from symicl.language.certify import prepare

    with recording() as recorded:
        result, reader = _check(text, name)
        prepared = prepare(result.claims, reader)
    written = write(result.claims, prepared, recorded, name=name or "claims")
    return replace(result, certificate=written)


def _check(text: str, name: str) -> tuple[CheckResult, Reader]:
    source = Source(text, name)
    statements = in_order(parse(source), source)
    scope = Scope(source)
    reader = Reader(source, scope)
    declarer = Declarer(reader)
    titles: set[str] = set()
    results = []
    for statement in statements:
        if not isinstance(statement, t.Claim):
            try:
                declarer.run(statement)
                reader.statements.append(statement)
            except OutsideCalculus as problem:
                raise source.error(statement.span, str(problem)) from None
            continue
        if statement.title and statement.title in titles:
            raise source.error(statement.span, f"two claims have the title {statement.title}")
        titles.add(statement.title)
        declarer.written_laws(statement.formulas)
        results.append(judge(statement, reader))
    if not results:
        raise InputError(f"{name or 'the text'} states no claim; add a line such as: claim E[X' X] = n I")
    return CheckResult(tuple(results)), reader


def check_file(file: str | PathLike[str], *, certificate: bool = False) -> CheckResult:
    """Prove or refute the claims of a file; see `check`.

    Raises
    ------
    InputError
        If the file cannot be read, or its text cannot be meant.
    """
    path = Path(file)
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * MAX_CHARACTERS + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if len(data) > 4 * MAX_CHARACTERS:
        raise InputError(f"{path} is larger than {4 * MAX_CHARACTERS} bytes; split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text file in UTF-8") from None
    return check(text, name=path.name, certificate=certificate)
