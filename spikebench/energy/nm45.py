"""Arithmetic in 45 nm CMOS, the field's usual figures, at three precisions.

Horowitz, "Computing's energy problem", ISSCC 2014, fig. 1.1.9. A multiply-accumulate is a
multiplication and an addition. At fp32 the models are the ones that most conversion papers use.
"""

from dataclasses import replace
from itertools import product

from spikebench.energy.model import FirstLayer
from spikebench.energy.prices import PriceList

# Picojoule per operation: (addition, multiplication)
PICOJOULE = {
    "fp32": (0.9, 3.7),
    "fp16": (0.4, 1.1),
    "int8": (0.03, 0.2),
}
INT32_ADDITION = 0.1  # pJ; membranes need more than the 8 bits of a weight
# An exponential, root or quotient of an analogue node. At fp32 one polynomial of degree 5 by
# Horner's rule, as Cephes's expf has it: 5 multiply-accumulates. At int8 a table of 256 bytes: a
# byte's share of Horowitz's 10 pJ for 64 bits out of 8 KB.
SPECIAL_OP = {"fp32": 5 * sum(PICOJOULE["fp32"]), "int8": 10 / 8}
BITS = {"fp32": 32, "fp16": 16, "int8": 8}
TITLES: dict[FirstLayer, str] = {
    "cached": "first layer once",
    "streaming": "first layer every step",
}
OMITS = "memory and addressing, membrane updates, special functions, spike transport, leakage"
# An activation of b bits multiplies at the int8 price scaled by (b/8)^2, as a multiplier grows; at
# full width this gives 3.2 pJ at 32 bits, where Horowitz has 3.1. One bit needs no multiplication.
NARROW = {
    bits: PICOJOULE["int8"][1] * (bits / BITS["int8"]) ** 2 for bits in range(2, BITS["int8"] + 1)
}
# A power of two is added to an exponent, of 8 bits, or shifts an integer, which takes no more.
SHIFT = PICOJOULE["int8"][0]


def _model(precision: str, first_layer: FirstLayer) -> PriceList:
    add, multiply = PICOJOULE[precision]
    mac = add + multiply
    return PriceList(
        name=f"45nm_{precision}_{first_layer}",
        title=f"45 nm {precision}, {TITLES[first_layer]}",
        source=f"Horowitz, ISSCC 2014, 45 nm, {precision}: {mac:g} pJ per MAC, {add:g} pJ per AC; "
        f"{SHIFT:g} pJ more per digit of a graded spike (an int8 addition); a b-bit activation "
        f"multiplies at 0.2 (b/8)\N{SUPERSCRIPT TWO} pJ",
        omits=OMITS,
        first_layer=first_layer,
        activation_bits=BITS[precision],
        mac=mac,
        ac=add,
        shift=SHIFT,
        mac_at={bits: add + multiplication for bits, multiplication in NARROW.items()},
    )


def _with_state(precision: str, state_op: float, words: str) -> PriceList:
    plain = _model(precision, "cached")
    return replace(
        plain,
        name=f"45nm_{precision}_state",
        title=f"45 nm {precision}, with state",
        source=f"{plain.source}, {state_op:g} pJ per state operation ({words}), "
        f"{SPECIAL_OP[precision]:g} pJ per exponential, root or quotient of an analogue node",
        omits=OMITS.replace("membrane updates, special functions", "membrane storage"),
        state_op=state_op,
        special_op=SPECIAL_OP[precision],
    )


MODELS = [
    *(_model(precision, first) for precision, first in product(PICOJOULE, TITLES)),
    _with_state("fp32", PICOJOULE["fp32"][0], "an fp32 addition"),
    _with_state("int8", INT32_ADDITION, "an int32 addition"),
]
