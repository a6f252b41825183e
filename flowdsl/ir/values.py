"""Values that flow: a fast look at their type, and their lossless written form."""

from flowdsl.ir.checks import Check, checker
from flowdsl.ir.decoding import decode
from flowdsl.ir.encoding import TAG, canonical, encode

__all__ = ["TAG", "Check", "canonical", "checker", "decode", "encode"]
