"""Checkers of symicl's certificates, for those who doubt them: 9,420 lines.

They need Python's standard library alone, and import nothing of symicl. Copied anywhere, under
any name, the folder runs by itself:

    python FOLDER FILE...        0: all accepted; 1: one rejected; 2: one unreadable

A certificate is a file of JSON objects, one per line, from axioms to verdict. Its format is in
docs/certificates.md, and so is what a reader has to know beside the report.

Reading order; 1 and 2 without the rules are 1,700 lines, an afternoon in all:

1. `reading`: how a file is read and refused, which all share.
2. `proof`: the first checker. It computes all steps of a derivation anew. Read `words` and
   `values` first: what a closed form is, and when two are equal. Then `divisors`: nothing is
   divided by zero. Then, as a file uses them, the `rules`: one function each, with its
   statement above its code.
3. `phases` and `samples`: what the first checker leaves to them, averages over random phases
   and over samples of a random function. Each begins with its specification.
4. `command`: all three in a row; and `__main__`, which runs it.

What is to be trusted: this code; Python, with its whole numbers and fractions, its `json` and
`zlib`; and what the report prints: assumptions, axioms, conditions, what is known of letters,
and what is asserted. Not to be trusted is whoever wrote the file.

The layers of a checker are classes, each of which adds to the one before; `self`, or `log` in
a rule, is the file as far as it was read. `need(x, sentence)` rejects the file unless x holds;
`readable(x, sentence)` says that nothing can be said about it. `spend` counts work before it
is done, so that no file takes more than 10 s or 1 GB; who reads for soundness may skip it.
"""
