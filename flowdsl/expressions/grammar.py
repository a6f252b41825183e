"""The grammars of the dialects, for lark's LALR parser."""

from __future__ import annotations

from flowdsl.expressions.spelling import NAME_PATTERN

PYTHON = (
    r"""
?start: ternary

?ternary: either
    | either "if" either "else" ternary        -> choice
?either: both
    | both ("or" both)+                        -> any_of
?both: negated
    | negated ("and" negated)+                 -> all_of
?negated: comparison
    | "not" negated                            -> not_
?comparison: sum
    | sum tail+                                -> compared
tail: COMPARE sum
    | "in" sum                                 -> tail_in
    | "not" "in" sum                           -> tail_not_in
    | "is" "None"                              -> tail_is_none
    | "is" "not" "None"                        -> tail_is_not_none

?sum: product
    | sum "+" product                          -> add
    | sum "-" product                          -> sub
?product: signed
    | product "*" signed                       -> mul
    | product "/" signed                       -> truediv
    | product "//" signed                      -> floordiv
    | product "%" signed                       -> mod
?signed: power
    | negative
    | "-" signed                               -> neg
    | "+" signed                               -> pos
negative.2: "-" NUMBER
?power: postfix
    | postfix "**" signed                      -> pow

?postfix: atom
    | postfix "." NAME                         -> attr
    | postfix "." NAME "(" arguments ")"       -> method
    | postfix "[" index "]"                    -> getitem
?index: ternary
    | bound ":" bound                          -> slice
    | bound ":" bound ":" bound                -> slice
bound: [ternary]

?atom: NAME                                    -> name
    | NAME "(" arguments ")"                   -> call
    | NUMBER                                   -> number
    | STRING                                   -> text
    | "None"                                   -> none
    | "True"                                   -> true
    | "False"                                  -> false
    | "(" ternary ")"
    | "(" ")"                                  -> tuple
    | "(" ternary "," arguments ")"            -> tuple_of
    | "[" arguments "]"                        -> list
    | "{" "}"                                  -> dict
    | "{" pair ("," pair)* [","] "}"           -> dict
    | "{" ternary ("," ternary)* [","] "}"     -> set_
pair: ternary ":" ternary
arguments: [ternary ("," ternary)* [","]]

COMPARE: "==" | "!=" | "<=" | "<" | ">=" | ">"
NAME: /"""
    + NAME_PATTERN
    + r"""/
NUMBER: /[0-9](_?[0-9])*(\.([0-9](_?[0-9])*)?)?([eE][+-]?[0-9](_?[0-9])*)?|\.[0-9](_?[0-9])*([eE][+-]?[0-9](_?[0-9])*)?/
STRING: /"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'/

%import common.WS
%ignore WS
"""
)
"""Python's own grammar for the operators of the table, with its precedences."""
