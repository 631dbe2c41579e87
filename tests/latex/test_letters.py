"""Every letter that a document prints is defined before it is used: in LaTeX, on the page and in the terminal."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from proved import derivation_of
from symicl.cli.derivation_text import in_full
from symicl.statements import all_theorems, find, opening, undefined_letters
from symicl.typeset import Vocabulary, definitions
from symicl.typeset.letters import bound, defined, used
from symicl.views import record_of, theorem_latex
from symicl.views.mathml import block, prose

THEOREMS = all_theorems()


@pytest.fixture(scope="module")
def derivations():
    return {theorem.id: derivation_of(theorem.id) for theorem in THEOREMS}


def names(latex):
    return [letter.name for letter in used(latex)]


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"\lVert\beta^{*}\rVert_H^{2}", [r"\beta^{*}", r"\lVert\cdot\rVert_{H}", "H"]),
        (r"Q_{pp}\,u^{2}+\hat{y}_{t,j}", ["Q_{pp}", "p", "p", "u", r"\hat{y}_{tj}", "t", "j"]),
        (r"\beta^{*\top}{u^{*}}^2W^{KQ}_{32}", [r"\beta^{*}", "u^{*}", "W_{32}^{KQ}"]),
        (r"\frac{\alpha'}{n}\operatorname{tr}X^{\top}X", [r"\alpha^{'}", "n", "X", "X"]),
        (r"\text{all of }F,\;\mathrm{gap}(s)", ["F", r"\mathrm{gap}", "s"]),
    ],
)
def test_letters_of_a_formula(latex, letters):
    assert names(latex) == letters


def test_what_a_formula_binds_and_defines():
    assert bound(r"\sum_{i\ne j}x_i+\min_p f(p)+\mathbb{E}_{z}z") == {"i", "j", "p", "z"}
    found = {
        letter.name: arguments for letter, arguments in defined(r"F(u)=u^{2},\qquad v=F(1)\quad u^{2}=3")
    }
    assert found == {"F": {"u"}, "v": set()}


def test_a_vocabulary_knows_what_was_defined_and_nothing_else():
    vocabulary = Vocabulary()
    where = {"x_t": r"$\in\mathbb{R}^{d}$ is a vector", "d": "is the dimension", "K,Q_{pp}": "are numbers"}
    assert vocabulary.passage([], [], where) == []
    assert vocabulary.passage(["for every $v$ of $x_{1}$ and $x_i$"], ["K Q_{pp} v"]) == []
    assert vocabulary.passage(["of $v$ and $K^{*}$"], ["Q_{pq}+Q_{p}"]) == [
        "Q_{pq}",
        "p",
        "q",
        "Q_{p}",
        "v",
        "K^{*}",
    ]
    assert vocabulary.passage(["with $r=d+1$"], [r"\sum_{s}s\,r"]) == []
    assert vocabulary.passage(["at $s=2$"], ["r"]) == ["s"]


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_every_letter_is_defined(theorem, derivations):
    assert undefined_letters(theorem, derivations[theorem.id]) == []


REMOVED = [
    ("mahankali2023.isotropic", "s_1", "s_{1}"),
    ("mahankali2023.isotropic", "Q", "Q"),
    ("mahankali2023.isotropic", "p", "p"),
    ("zhang2024.gd_beta", r"\Phi", r"\Phi"),
    ("zhang2024.gd_beta", r"\rho", r"\rho"),
    ("zhang2024.lsa_gap", r"\gamma", r"\gamma"),
    ("zhang2024.gradient_flow", r"\delta", r"\delta"),
    ("zheng2024.limit", r"\tau", r"\tau"),
    ("zheng2024.not_gd", "Q", "Q"),
    ("sander2024.orthogonal", "X", "X"),
]


@pytest.mark.parametrize(("theorem_id", "letters", "name"), REMOVED)
def test_a_missing_definition_is_noticed(theorem_id, letters, name, derivations):
    derivation = derivations[theorem_id]
    assert any(letters in step.where for step in derivation.steps)
    steps = tuple(
        replace(step, where={k: v for k, v in step.where.items() if k != letters})
        for step in derivation.steps
    )
    missing = undefined_letters(find(theorem_id), replace(derivation, steps=steps))
    assert name in [letter for _, letter in missing]


def test_most_definitions_are_needed(derivations):
    """Without the setting a proof is unreadable; the test of it must say so."""
    for theorem in THEOREMS:
        bare = replace(theorem, setting=(replace(opening(theorem)[0], where={}),), where={})
        assert len(undefined_letters(bare, derivations[theorem.id])) > 5, theorem.id


# --- as printed -------------------------------------------------------------------------------------


def clauses(sentence):
    """The clauses of "Here $p=1$; $q$ is a number." as a dictionary from letters to meaning."""
    found = {}
    for clause in re.split(r";\s+(?=\$)", sentence.removeprefix("Here ").rstrip(".")):
        _, letters, *rest = clause.split("$")
        found[letters] = " " + "$".join(rest)
    return found


def displays(text):
    pattern = r"\\\[\n.*?\n\\\]|\\begin\{align\*\}.*?\\end\{align\*\}"
    return re.findall(pattern, text, re.S), re.sub(pattern, "", text, flags=re.S)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_printed_latex(theorem, derivations):
    text = theorem_latex(theorem, derivations[theorem.id])
    setting, _, rest = text.split(r"\subsection*{Setting}")[1].partition(r"\subsection*{Statement}")
    statement, _, proof = rest.partition(r"\begin{proof}")
    vocabulary = Vocabulary()
    for part in setting.split(r"\end{itemize}"):
        formulas, words = displays(part)
        items = re.findall(r"^\\item (.*)$", words, re.M)
        where = {k: v for item in items for k, v in clauses(item).items()}
        assert vocabulary.passage([re.sub(r"(?m)^\\item.*$", "", words)], formulas, where) == []
    formulas, words = displays(statement)
    assert vocabulary.passage(words.split("\n"), formulas, formulas_define=False) == []
    steps = re.findall(r"\\begin\{step\}\[\{(.*?)\}\]\\label\{.*?\}\n(.*?)\n\\end\{step\}", proof, re.S)
    assert len(steps) == len(derivations[theorem.id].steps)
    for title, body in steps:
        formulas, words = displays(body)
        here = next((line for line in words.split("\n") if line.startswith("Here ")), "")
        where = clauses(here) if here else {}
        assert vocabulary.passage([title, *words.replace(here, "").split("; ")], formulas, where) == [], title


GREEK = {chr(code): name for name, code in {
    "alpha": 0x3B1, "beta": 0x3B2, "gamma": 0x3B3, "delta": 0x3B4, "epsilon": 0x3F5, "varepsilon": 0x3B5, "eta": 0x3B7,
    "theta": 0x3B8, "kappa": 0x3BA, "lambda": 0x3BB, "mu": 0x3BC, "pi": 0x3C0, "rho": 0x3C1, "sigma": 0x3C3,
    "tau": 0x3C4, "phi": 0x3D5, "varphi": 0x3C6, "psi": 0x3C8, "omega": 0x3C9, "varsigma": 0x3C2, "Gamma": 0x393,
    "Theta": 0x398, "Lambda": 0x39B, "Pi": 0x3A0, "Sigma": 0x3A3, "Phi": 0x3A6, "Psi": 0x3A8, "Omega": 0x3A9,
    "ell": 0x2113, "imath": 0x131, "jmath": 0x237,
}.items()}  # fmt: skip


ACCENTS = {
    "^": "hat",
    "~": "tilde",
    "\u00af": "bar",
    "\u0304": "bar",
    "\u203e": "bar",
    "\u02d9": "dot",
    "\u2015": "bar",
}
SIGNS = {
    "∑": r"\sum ", "⨁": r"\bigoplus ", "‖": r"\rVert", "⟩": r"\rangle", "∈": r"\in ", "⊤": r"\top ", "∗": "*",
    "′": "'", "∼": r"\sim ",
    "𝔼": r"\mathbb{E}", "ℝ": r"\mathbb{R}", "ℂ": r"\mathbb{C}", "𝟏": r"\mathbf{1}", "ℛ": r"\mathcal{R}",
    "ℰ": r"\mathcal{E}", "ℒ": r"\mathcal{L}", "≥": r"\ge ", "≤": r"\le ",
    "→": r"\to ", "∂": r"\partial ", "∇": r"\nabla ",
}  # fmt: skip
NAMED = ("min", "max", "inf", "sup", "lim", "ln", "sin", "cos", "det", "exp")


def to_latex(node):
    """MathML as LaTeX again, read off what a browser gets."""
    tag = node.tag.rsplit("}", 1)[1]
    parts = [to_latex(child) for child in node]
    text = (node.text or "").strip()
    if tag in ("mi", "mo", "mn", "mtext"):
        if tag == "mtext" or (len(text) > 1 and text not in NAMED):
            return rf"\text{{{text}}}" if tag != "mi" else rf"\mathrm{{{text}}}"
        if text in NAMED:
            return f"\\{text} "
        return f"\\{GREEK[text]} " if text in GREEK else SIGNS.get(text, text)
    if tag == "mrow" and len(node) > 1 and all(child.get("mathvariant") == "normal" for child in node):
        return rf"\mathrm{{{''.join(node.itertext())}}}"
    if tag == "mspace":
        return r"\qquad " if node.get("width", "").startswith(("1", "2")) else ""
    if tag in ("msub", "munder"):
        return f"{parts[0]}_{{{parts[1]}}}"
    if tag == "msup":
        return f"{parts[0]}^{{{parts[1]}}}"
    if tag in ("msubsup", "munderover"):
        return f"{parts[0]}_{{{parts[1]}}}^{{{parts[2]}}}"
    if tag == "mover":
        accent = "".join(node[1].itertext()).strip()
        return rf"\{ACCENTS[accent]}{{{parts[0]}}}"
    if tag == "mfrac":
        return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
    if tag == "mtr":
        return r" \qquad ".join(parts) + r" \qquad "
    return "".join(parts)


def from_page(text):
    """Prose of a page with its formulas as LaTeX between dollar signs again."""
    words = re.sub(
        r"<math.*?</math>", lambda m: f"${to_latex(ElementTree.fromstring(m[0]))}$", text, flags=re.S
    )
    return re.sub(r"<[^<>$]*>", "", words)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_the_page(theorem, derivations):
    """What a browser is given, read back, defines every letter before it is used."""
    record = record_of(theorem, derivations[theorem.id])
    vocabulary = Vocabulary()

    def read(texts, formulas=(), where=(), **options):
        meanings = {k: v for clause in where for k, v in clauses(from_page(prose(clause))).items()}
        shown = [from_page(block(latex)).strip("$") for latex in formulas]
        return vocabulary.passage([from_page(prose(text)) for text in texts], shown, meanings, **options)

    for passage in record["setting"]:
        assert read([passage["text"]], passage["formulas"], passage["where"]) == []
    stated = [entry["latex"] for entry in record["stated"] if entry["main"]]
    assert read([*record["assumptions"], record["statement"]]) == []
    assert read([], stated, formulas_define=False) == []
    for step in record["steps"]:
        checks = [text for check in step["checks"] for text in check.values()]
        assert read([step["title"], step["note"], *checks], step["formulas"], step["where"]) == [], step[
            "title"
        ]


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_the_terminal_shows_every_definition_before_its_step(theorem, derivations):
    derivation = derivations[theorem.id]
    text = in_full(theorem, derivation, None)
    assert "Not defined by the author" not in text
    sections = re.split(r"\n\n(?=\d+\. )", text)
    assert len(sections) == len(derivation.steps) + 1
    assert sections[0].count("where ") >= sum(len(p.where) for p in opening(theorem))
    for section, step in zip(sections[1:], derivation.steps, strict=True):
        lines = section.split("\n")
        shown = [k for k, line in enumerate(lines) if line.startswith("   where ")]
        assert len(shown) == len(definitions(step.where))
        assert shown == list(range(shown[0], shown[0] + len(shown))) if shown else True
