"""What neurons were told by in earlier versions, and what to write in its place."""

from spikebench.errors import BenchError

HOOKS = {
    "kernel": "leave it out, or call register_kernel(ThisClass, INTEGRATE_AND_FIRE, ask)",
    "kernel_arguments": "leave it out, or give what it returned to register_kernel as Arguments",
    "launch": "leave it out: register_kernel says what a kernel is given",
    "rehearse": "derive the neuron from Listening and call the function `listen`",
    "reset": 'write reset = property(lambda self: Reset("name", function, conserves_charge=False)) '
    "with a function of u and spikes",
}


def refuse_outdated(neuron: type) -> None:
    """Raise `BenchError` where a class defines what would be overlooked now.

    A name is taken from `spikebench.snn`; methods/README.md explains it.
    """
    for name, advice in HOOKS.items():
        value = vars(neuron).get(name)
        if isinstance(value, str) or callable(value):
            raise BenchError(
                f"Class {neuron.__name__} defines `{name}` as neurons of an earlier version did: "
                f"{advice}. All these names come from spikebench.snn, see methods/README.md."
            )
