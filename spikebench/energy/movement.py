"""Moving data, after Yan, Bai, Tang and Wong, "Reconsidering the Energy Efficiency of SNNs".

arXiv 2409.08290. Their constants: arithmetic in 22 nm, and what a bit costs on its way in a dense,
regular dataflow and in sparse, event-driven routing (normalised to Loihi). Their whole model maps
layers to cores; this one moves every operand over one hop. All values have 8 bits.
"""

from spikebench.energy.nm45 import NARROW, PICOJOULE
from spikebench.energy.prices import PriceList

ACCUMULATE = 0.05448  # pJ, 22 nm; a comparison and a subtraction cost the same
ADDITION, MULTIPLICATION = PICOJOULE["int8"]  # in 45 nm (Horowitz, ISSCC 2014); here as ratios
MAC_PER_ACCUMULATE = (ADDITION + MULTIPLICATION) / ADDITION  # 7.7
DENSE, SPARSE = 0.25, 3.0  # pJ per bit and hop
BITS = 8  # of a weight, a potential and the ANN's activation

MODELS = [
    PriceList(
        name="movement_22nm",
        title="22 nm, data movement",
        source="after Yan et al., arXiv 2409.08290, 22 nm: 0.05448 pJ per accumulate and state "
        "operation, 0.25 pJ per bit of weights, activations and potentials, 3 pJ per bit of a "
        "spike; a MAC by the int8 ratio of Horowitz, ISSCC 2014, its multiplication by the square "
        "of its bits; a shift costs an accumulate",
        omits="special functions, more than one hop, off-chip memory, data reuse, leakage; the "
        "address of a spike",
        mac=MAC_PER_ACCUMULATE * ACCUMULATE,
        ac=ACCUMULATE,
        shift=ACCUMULATE,
        mac_at={bits: ACCUMULATE * (1 + price / ADDITION) for bits, price in NARROW.items()},
        state_op=ACCUMULATE,
        weight_read=BITS * DENSE,
        activation_bit=DENSE,
        activation_bits=BITS,
        payload_bit=SPARSE,
        neuron_step=2 * BITS * DENSE,  # a potential is read and written
    )
]
