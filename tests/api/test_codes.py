"""Each refusal and each reason of a verdict has a code, which keeps when its sentence is put better."""

import json

import pytest

import symicl as si
from symicl import codes, collected_codes
from symicl.codes import code_of


def test_the_table_is_that_of_the_code():
    assert codes.FILE.read_text() == collected_codes.made_anew(), "run make texts"


def test_each_sentence_of_the_code_has_its_own_code():
    sites = collected_codes.sites()
    assert len(sites) > 1400
    known = {text: code for code, text in codes.table().items()}
    assert all(site.sentence in known for site in sites)
    assert len(known) >= len({site.sentence for site in sites})


def test_raises_without_words_of_their_own_pass_on_those_of_others():
    silent = [(file, line) for _, file, line, said in collected_codes.raises() if not any(map(_words, said))]
    assert len(silent) <= 30, silent


def _words(sentence):
    return len(sentence.replace("{}", "").strip()) >= codes.SHORTEST


def test_a_sentence_is_found_again_with_its_gaps_filled():
    wrong = [
        site.sentence
        for site in collected_codes.sites()
        if codes.table()[code_of(site.sentence.replace("{}", "xyz"), site.letter)] != site.sentence
    ]
    assert len(wrong) <= 3, wrong


def test_causes_that_differ_have_different_codes():
    def code(call):
        with pytest.raises(si.SymiclError) as refused:
            call()
        return refused.value.code

    found = [
        code(lambda: si.find("foo.bar")),
        code(lambda: si.dims(3)),
        code(lambda: si.LinearRegression(noise=-1)),
        code(lambda: si.LinearRegression().at(n=3)),
        code(lambda: si.check("dims n\nclaim x = 1")),
    ]
    assert len(set(found)) == 5 and all(name.startswith("SYM-E") and name[-3:] != "000" for name in found)


def test_other_words_keep_the_code_and_a_number_is_not_used_twice():
    old = {
        "codes": {"SYM-E001": "there is no theorem called {}", "SYM-E002": "a gap is needed"},
        "retired": {},
    }
    site = collected_codes.Site("E", "no theorem is called {}", "a.py", 1)
    other = collected_codes.Site("E", "the file {} cannot be read at all", "a.py", 2)
    new = collected_codes.renewed(old, [site, other])
    assert new["codes"] == {"SYM-E001": "no theorem is called {}", "SYM-E003": other.sentence}
    assert new["retired"] == {"SYM-E002": "a gap is needed"}
    assert collected_codes.renewed(new, [site, other]) == new


def test_a_sentence_that_is_not_listed_has_the_number_000():
    assert code_of("qqq", "U") == "SYM-U000"


def test_the_command_line_prints_it(capfd):
    from symicl.cli.app import run

    assert run(["prove", "foo.bar"]) == 2
    assert (
        f"[{code_of('there is no theorem called foo.bar; see symicl list', 'E')}]" in capfd.readouterr().err
    )


def test_json_has_it_beside_the_reason_of_what_is_no_success():
    from symicl.cli.output import with_codes

    reason = "no proof and no instance was found"
    document = json.loads(json.dumps(with_codes([{"verdict": "undecided", "reason": f"L: {reason}"}])))
    assert document[0]["code"] == code_of(reason) and document[0]["code"].startswith("SYM-V")
    assert "code" not in with_codes({"verdict": "confirmed", "reason": reason})
