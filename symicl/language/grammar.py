"""The grammar of claim files.

A statement is one line; lines that are indented continue it. The terminals come from `symicl.language.text` and
`symicl.language.latex`, which yield the same tokens for the two ways to write a formula.
"""

GRAMMAR = r"""
start: (_statement NEWLINE)*

_statement: dims | declaration | law | joint | let | assume | construction | claim

dims: DIMS NAME (COMMA? NAME)*
declaration: declared (COMMA declared)* COLON NAME arguments?
law: declared (COMMA declared)* TILDE NAME arguments
joint: (LBRACKET declared (SEMICOLON declared)+ RBRACKET | LPAR declared (COMMA declared)+ RPAR) TILDE NAME arguments
    | BLOCK_OPEN declared (SEMICOLON declared)+ BLOCK_CLOSE TILDE NAME arguments
let: LET declared EQUALS expression
assume: ASSUME assumption (COMMA assumption)*
assumption: length EQUALS expression | expression ((EQUALS | RELATION) expression)?
length: NORM_OPEN expression NORM_CLOSE
construction: (TASK | MODEL) NAME EQUALS NAME arguments?
declared: NAME (SUPERSCRIPT | CARET NUMBER | CARET LBRACE NUMBER RBRACE)?
arguments: LPAR (argument (COMMA argument)*)? RPAR
argument: (NAME EQUALS)? expression

claim: CLAIM title? (relation | minimiser)
at: AT size (COMMA size)*
size: NAME EQUALS NUMBER
title: (STRING | NAME) COLON
relation: expression (EQUALS | RELATION) (expression at? | limit) | limit (EQUALS | RELATION) (expression | limit)
minimiser: expression EQUALS expression MINIMISES expression
limit: LIMIT NAME (COMMA NAME)* ARROW (INFINITY | NUMBER) ratio* OF expression
ratio: (WITH | COMMA) NAME SLASH NAME ARROW expression

expression: (PLUS | MINUS)? product ((PLUS | MINUS) product)*
product: factor ((STAR | SLASH | INFIX)? factor)*
factor: _atom (PRIME | SUPERSCRIPT | power)*
power: CARET _exponent
_exponent: MINUS? NUMBER | PRIME | NAME | LPAR MINUS? NUMBER RPAR | LBRACE _inner RBRACE
_inner: MINUS? (NUMBER | PRIME | NAME)

_atom: NUMBER | NAME | IDENTITY | ONES | block | column | _group | _applied | _average
    | norm | inner | fraction | library
_applied: trace | inverse | relu | entrywise
_average: expectation | moment
_group: LPAR expression RPAR | LBRACKET expression RBRACKET | LBRACE expression RBRACE
block: BLOCK_OPEN row (SEMICOLON row)* BLOCK_CLOSE
row: expression (COMMA expression)*
column: LBRACKET expression (SEMICOLON expression)+ RBRACKET
trace: TRACE (_group | NAME)
inverse: INVERSE _group
relu: RELU _group
expectation: EXPECT over? (_group | norm | block)
moment: MOMENT over? (LBRACKET _parts RBRACKET | LPAR _parts RPAR)
_parts: expression (COMMA expression)?
over: UNDERSCORE (NAME | LBRACE _drawn (COMMA _drawn)* RBRACE)
_drawn: NAME | drawn
drawn: (NAME | LPAR NAME (COMMA NAME)* RPAR) TILDE NAME arguments?
norm: NORM_OPEN expression NORM_CLOSE weight? _square weight?
weight: UNDERSCORE (NAME | NUMBER | LBRACE (NAME | NUMBER) RBRACE)
inner: ANGLE_OPEN expression COMMA expression ANGLE_CLOSE weight?
_square: SUPERSCRIPT | CARET NUMBER | CARET LBRACE NUMBER RBRACE
fraction: FRACTION LBRACE expression RBRACE LBRACE expression RBRACE
library: FUNCTION LPAR NAME COMMA NAME RPAR
entrywise: ENTRYWISE LPAR expression (COMMA expression)* RPAR

%declare NEWLINE DIMS LET ASSUME TASK MODEL CLAIM COMMA COLON TILDE EQUALS RELATION MINIMISES
%declare LIMIT ARROW INFINITY WITH OF
%declare NAME STRING NUMBER IDENTITY ONES SUPERSCRIPT PLUS MINUS STAR SLASH INFIX CARET PRIME UNDERSCORE
%declare LPAR RPAR LBRACKET RBRACKET LBRACE RBRACE NORM_OPEN NORM_CLOSE ANGLE_OPEN ANGLE_CLOSE
%declare BLOCK_OPEN BLOCK_CLOSE SEMICOLON
%declare TRACE INVERSE RELU EXPECT MOMENT FRACTION FUNCTION ENTRYWISE AT
"""

IN_WORDS = {
    "NEWLINE": "the end of the line",
    "COMMA": "a comma",
    "COLON": "a colon",
    "TILDE": "~",
    "EQUALS": "=",
    "RELATION": "<= or >=",
    "MINIMISES": "minimises",
    "ARROW": "->",
    "INFINITY": "infinity",
    "OF": "of",
    "AT": "at",
    "WITH": "with",
    "NAME": "a name",
    "STRING": "a title in double quotes",
    "NUMBER": "a number",
    "SUPERSCRIPT": "a power",
    "CARET": "a power",
    "MINUS": "a sign",
    "PLUS": "a sign",
    "STAR": "an operator",
    "SLASH": "an operator",
    "INFIX": "an operator",
    "PRIME": "a transpose",
    "LPAR": "(",
    "RPAR": ")",
    "LBRACKET": "[",
    "RBRACKET": "]",
    "LBRACE": "{",
    "RBRACE": "}",
    "NORM_CLOSE": "the end of the norm",
    "ANGLE_CLOSE": ">",
    "BLOCK_CLOSE": "the end of the block matrix",
    "SEMICOLON": "another row of blocks",
    "UNDERSCORE": "a subscript",
    "LIMIT": "limit",
    "DIMS": "dims",
    "LET": "let",
    "ASSUME": "assume",
    "TASK": "task",
    "MODEL": "model",
    "CLAIM": "claim",
}
"""The terminals as an error names them; those that are not listed start a formula."""
