"""Arithmetic in 45 nm CMOS at fp32, the field's usual figures.

Horowitz, "Computing's energy problem", ISSCC 2014, fig. 1.1.9: fp32 addition 0.9 pJ,
multiplication 3.7 pJ; a multiply-accumulate is both.
"""

from spikebench.energy.model import EnergyModel

PICOJOULE = 1e-12

JOULE_PER_OPERATION = {
    "mac": 4.6 * PICOJOULE,
    "ac": 0.9 * PICOJOULE,
}

SOURCE = "Horowitz, ISSCC 2014, 45 nm, fp32: 4.6 pJ per MAC, 0.9 pJ per AC"
OMITS = "memory and addressing, membrane updates, spike transport, leakage"

MODELS = {
    model.name: model
    for model in (
        EnergyModel(
            name="45nm_fp32_cached",
            title="45 nm, first layer once",
            macs="macs_cached",
            source=SOURCE,
            omits=OMITS,
            **JOULE_PER_OPERATION,
        ),
        EnergyModel(
            name="45nm_fp32_streaming",
            title="45 nm, first layer every step",
            macs="macs_streaming",
            source=SOURCE,
            omits=OMITS,
            **JOULE_PER_OPERATION,
        ),
    )
}
