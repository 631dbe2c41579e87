"""Text from a user is no code: sizes are refused by name, and nothing in symicl asks SymPy to parse."""

import ast
from pathlib import Path

import pytest

import symicl as si
from symicl.errors import InputError

PARSERS = {"sympify", "parse_expr", "eval", "exec"}
LAWS = [si.gaussian, si.independent_entries, si.rademacher, si.uniform, si.sphere, si.elliptical, si.haar]


@pytest.mark.parametrize("law", [*LAWS, si.goe], ids=lambda law: law.__name__)
def test_a_size_that_is_text(law, capsys):
    with pytest.raises(InputError, match="a dimension is a positive integer or a symbol"):
        law("x", "print('parsed')")
    assert not capsys.readouterr().out


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("shape", [("n", "print('parsed')"), (3,), (2, 3, 4), None, 2.5, True, 0])
def test_a_shape_that_is_none(law, shape, capsys):
    with pytest.raises(InputError, match=r"a dimension is a positive|give \(rows, columns\) or one size"):
        law("x", shape)
    assert not capsys.readouterr().out


def called(source):
    """The names of functions that a module calls or passes on."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "sympy":
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def test_a_parser_is_found():
    assert PARSERS & set(called("import sympy\nsize = tuple(map(sympy.sympify, shape))"))
    assert PARSERS & set(called("value = eval(text)"))


def test_nothing_parses():
    files = sorted(Path(si.__file__).parent.rglob("*.py"))
    assert len(files) > 500
    assert not [file.name for file in files if PARSERS & set(called(file.read_text(encoding="utf-8")))]
