/* A convolution that pays for events: of each input value that is not zero, one row of weights for
 * each tap of the kernel is added to the output it reaches. Zeros cost a look. Where neurons are given,
 * they take their currents while these are in the cache, and no map of currents is written.
 *
 * Maps are channels-last, (height, width, channels). The weights of one block of output channels are
 * (kernel rows, kernel columns, input channels, 8 * vectors). An output is its bias and then what
 * arrives from kernel row to kernel row, column to column, channel to channel: always in this order,
 * so that neither rows per thread nor other events change its bits.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "neuron.h"

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

#define LANES 8
#define MOST_VECTORS 8 /* of output channels, summed in registers */
#define CHUNK 256 /* positions of a row whose sums stay in the cache from tap to tap */
typedef float Lanes __attribute__((vector_size(32), aligned(4)));
typedef int32_t Places __attribute__((vector_size(32), aligned(4)));

/* What arrives: numbers of spikes, int8 if `whole`, else float, and what one of them is worth, by
 * channel. `step` are the numbers from one position to the next. */
typedef struct {
    const void *numbers;
    const float *worth;
    int32_t whole, width, channels, step;
} Input;

/* Rows and columns of the kernel, padding and dilation along each. */
typedef struct {
    int32_t rows, columns, padding_y, padding_x, dilation_y, dilation_x;
} Kernel;

/* Running counts of the neurons in rows `top` to `bottom` of a map, the first of them at `counts`,
 * where a position has `bytes`. */
typedef struct {
    Counter *count;
    char *counts;
    int32_t bytes, top, bottom;
} Census;

/* The events of one row of the input: `first[x]` is the index of position x's first one, `weight`
 * where the weights of its channel begin, `value` what it sends. */
typedef struct {
    int32_t *first, *weight;
    float *value;
} Row;

/* One bit for each of 8 floats that is not zero: the lanes' bits, joined by halves. */
INLINE uint64_t mask_of_floats(const float *values) {
    Places bits = (*(const Lanes *)values != (Lanes){0}) & (Places){1, 2, 4, 8, 16, 32, 64, 128};
    bits |= __builtin_shuffle(bits, (Places){4, 5, 6, 7, 0, 1, 2, 3});
    bits |= __builtin_shuffle(bits, (Places){2, 3, 0, 1, 6, 7, 4, 5});
    bits |= __builtin_shuffle(bits, (Places){1, 0, 3, 2, 5, 4, 7, 6});
    return bits[0];
}

/* The same of 8 bytes: each folded to its lowest bit, these bits gathered in the topmost byte. */
INLINE uint64_t mask_of_bytes(const int8_t *numbers) {
    uint64_t bits;
    memcpy(&bits, numbers, sizeof bits);
    bits |= bits >> 4 & 0x0F0F0F0F0F0F0F0Full;
    bits |= bits >> 2 & 0x3333333333333333ull;
    bits |= bits >> 1 & 0x5555555555555555ull;
    return (bits & 0x0101010101010101ull) * 0x0102040810204080ull >> 56;
}

INLINE float number_at(const int whole, const void *numbers, size_t at) {
    return whole ? ((const int8_t *)numbers)[at] : ((const float *)numbers)[at];
}

/* One bit for each of up to 64 channels that is not zero. */
INLINE uint64_t mask_of(const int whole, const void *numbers, size_t at, int channels) {
    uint64_t mask = 0;
    int c = 0;
#ifdef __SSE2__
    for (; whole && c + 16 <= channels; c += 16) {
        __m128i here = _mm_loadu_si128((const __m128i *)((const int8_t *)numbers + at + c));
        unsigned zeros = _mm_movemask_epi8(_mm_cmpeq_epi8(here, _mm_setzero_si128()));
        mask |= (uint64_t)(~zeros & 0xFFFF) << c;
    }
#endif
    for (; c + LANES <= channels; c += LANES)
        mask |= (whole ? mask_of_bytes((const int8_t *)numbers + at + c)
                       : mask_of_floats((const float *)numbers + at + c)) << c;
    for (; c < channels; c++) mask |= (uint64_t)(number_at(whole, numbers, at + c) != 0) << c;
    return mask;
}

/* Write one position's events behind the `count` there are; return the new count. */
INLINE int append_events(const int whole, Row row, int count, const Input *input, size_t at,
                         int stride) {
    for (int first = 0; first < input->channels; first += 64) {
        int channels = input->channels - first < 64 ? input->channels - first : 64;
        uint64_t mask = mask_of(whole, input->numbers, at + first, channels);
        for (; mask; mask &= mask - 1) {
            int channel = first + __builtin_ctzll(mask);
            row.weight[count] = channel * stride;
            row.value[count++] =
                number_at(whole, input->numbers, at + channel) * input->worth[channel];
        }
    }
    return count;
}

INLINE void find_events(const int whole, Row row, const Input *input, int y, int stride) {
    int count = 0;
    for (int x = 0; x < input->width; x++) {
        size_t at = ((size_t)y * input->width + x) * input->step;
        row.first[x] = count;
        count = append_events(whole, row, count, input, at, stride);
    }
    row.first[input->width] = count;
}

/* Add what one tap brings to outputs `from` to `to` of a row, of which `sums` holds the first; the
 * event that reaches x stands at x + shift. */
INLINE void add_tap(const int vectors, float *sums, int step, const float *weights, Row row,
                    int from, int to, int shift) {
    for (int x = from; x < to; x++, sums += step) {
        int event = row.first[x + shift], end = row.first[x + shift + 1];
        if (event == end) continue;
        Lanes sum[MOST_VECTORS];
        for (int v = 0; v < vectors; v++) sum[v] = *(Lanes *)(sums + v * LANES);
        for (; event < end; event++) {
            const float *line = weights + row.weight[event];
            float value = row.value[event];
            for (int v = 0; v < vectors; v++) sum[v] += value * *(const Lanes *)(line + v * LANES);
        }
        for (int v = 0; v < vectors; v++) *(Lanes *)(sums + v * LANES) = sum[v];
    }
}

/* Add what one row of the kernel brings to outputs `begin` to `end` of a row. */
INLINE void add_row(const int vectors, float *sums, int step, const float *weights, Row row,
                    const Input *input, const Kernel *kernel, int begin, int end) {
    for (int column = 0; column < kernel->columns; column++) {
        int shift = column * kernel->dilation_x - kernel->padding_x;
        int from = begin + shift < 0 ? -shift : begin;
        int to = end + shift > input->width ? input->width - shift : end;
        if (from < to)
            add_tap(vectors, sums + (size_t)(from - begin) * step, step,
                    weights + (size_t)column * input->channels * vectors * LANES, row, from, to,
                    shift);
    }
}

static int allocate(Row *rows, int count, const Input *input) {
    size_t most = (size_t)input->width * input->channels;
    for (int i = 0; i < count; i++) {
        rows[i].first = malloc((input->width + 1) * sizeof(int32_t));
        rows[i].weight = malloc(most * sizeof(int32_t));
        rows[i].value = malloc(most * sizeof(float));
        if (!rows[i].first || !rows[i].weight || !rows[i].value) return -1;
    }
    return 0;
}

static void release(Row *rows, int count) {
    for (int i = 0; i < count; i++) {
        free(rows[i].first);
        free(rows[i].weight);
        free(rows[i].value);
    }
    free(rows);
}

/* Fill outputs `from` to `to` of row y with what the rows of events in the ring bring them. */
INLINE void sum_chunk(const int vectors, float *sums, int step, const float *weights,
                      const float *bias, const Row *ring, int kept, const Input *input,
                      const Kernel *kernel, int height, int y, int from, int to) {
    for (int x = from; x < to; x++)
        memcpy(sums + (size_t)(x - from) * step, bias, vectors * LANES * sizeof(float));
    for (int row = 0; row < kernel->rows; row++) {
        int source = y + row * kernel->dilation_y - kernel->padding_y;
        if (source < 0 || source >= height) continue;
        const float *taps =
            weights + (size_t)row * kernel->columns * input->channels * vectors * LANES;
        add_row(vectors, sums, step, taps, ring[source % kept], input, kernel, from, to);
    }
}

/* Find the events of rows `next` to `last` of the input, as far as there are such rows. */
INLINE void find_rows(Row *ring, int kept, const Input *input, int next, int last, int height,
                      int stride) {
    for (int y = next < 0 ? 0 : next; y <= last && y < height; y++) {
        if (input->whole) find_events(1, ring[y % kept], input, y, stride);
        else find_events(0, ring[y % kept], input, y, stride);
    }
}

/* Count what some neurons of row y have sent, the first of them at column x. */
INLINE void take_census(const Census *census, const Layer *layer, int64_t place, int positions,
                        int width, int y, int x, int64_t *found) {
    if (y < census->top || y >= census->bottom) return;
    const int8_t *number = (const int8_t *)layer->number + place * layer->channels;
    int64_t at = (int64_t)(y - census->top) * width + x;
    census->count(number, census->counts + at * census->bytes, positions, layer->channels, found);
}

INLINE void convolve(const int vectors, const Input *inputs, int steps, const Kernel *kernel,
                     const float *weights, const float *bias, float *output, int step, Row *rings,
                     int kept, int height, int begin, int end, int64_t first, Neuron *fire,
                     const Layer *layers, const Census *census, int64_t *found) {
    int stride = vectors * LANES, next = begin - kernel->padding_y, width = inputs->width;
    float chunk[CHUNK * MOST_VECTORS * LANES];
    for (int y = begin; y < end; y++) {
        int last = y + (kernel->rows - 1) * kernel->dilation_y - kernel->padding_y;
        for (int t = 0; t < steps; t++)
            find_rows(rings + t * kept, kept, inputs + t, next, last, height, stride);
        next = last + 1;
        for (int from = 0; from < width; from += CHUNK) {
            int to = from + CHUNK < width ? from + CHUNK : width;
            int64_t place = first + (int64_t)y * width + from;
            for (int t = 0; t < steps; t++) {
                float *sums = fire ? chunk : output + place * step;
                sum_chunk(vectors, sums, fire ? stride : step, weights, bias, rings + t * kept,
                          kept, inputs + t, kernel, height, y, from, to);
                if (fire) fire(layers + t, chunk, place, place + to - from);
                if (census)
                    take_census(census, layers + t, place, to - from, width, y, from, found + 3 * t);
            }
        }
    }
}

/* Output rows `begin` to `end` of a convolution of stride 1 whose output is as large as its input.
 * They are written to `output`, whose positions are `step` floats apart; or, where there is `fire`,
 * neurons receive them, of which the map's are from position `first` on. These take several `steps`
 * while their membranes are in the cache, each with an input and a layer of its own, and are counted
 * by the `census`, if there is one: `found` are three numbers a step. Returns -1 where memory is
 * short. */
FOR_EACH_PROCESSOR
int event_conv(const Input *inputs, int steps, const Kernel *kernel, const float *weights,
               int vectors, const float *bias, float *output, int step, int height, int64_t first,
               Neuron *fire, const Layer *layers, const Census *census, int64_t *found, int begin,
               int end) {
    int kept = (kernel->rows - 1) * kernel->dilation_y + 1;
    Row *rings = calloc(kept * steps, sizeof(Row));
    if (!rings) return -1;
    if (allocate(rings, kept * steps, inputs)) {
        release(rings, kept * steps);
        return -1;
    }
    switch (vectors) {
#define VECTORS(n)                                                                               \
    case n:                                                                                      \
        convolve(n, inputs, steps, kernel, weights, bias, output, step, rings, kept, height,     \
                 begin, end, first, fire, layers, census, found);                                 \
        break;
        VECTORS(1) VECTORS(2) VECTORS(3) VECTORS(4)
        VECTORS(5) VECTORS(6) VECTORS(7) VECTORS(8)
    }
    release(rings, kept * steps);
    return 0;
}
