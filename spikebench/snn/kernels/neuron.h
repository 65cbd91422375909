/* A layer of spiking neurons, as a kernel of neurons.c advances it by one step. */

#ifndef NEURON_H
#define NEURON_H

#include <stdint.h>

/* Maps are channels-last, (positions, channels). `theta` and `shift` have one entry a channel.
 * `number` receives n, which is int8, or float where spikes are graded. `memory` and `constants` are
 * what a kind of neuron has besides. */
typedef struct {
    float *v;
    const float *theta, *shift;
    void *number;
    void *memory[3];
    float constants[3];
    int64_t channels;
} Layer;

/* Advance positions `begin` to `end`; `z` are their currents, those of position `begin` first. */
typedef void Neuron(const Layer *layer, const float *z, int64_t begin, int64_t end);

/* Add |n| to running counts, one for each number or one for each position. `found` are the events,
 * the least and the largest n so far. */
typedef void Counter(const int8_t *number, void *counts, int64_t positions, int64_t channels,
                     int64_t *found);

#endif
