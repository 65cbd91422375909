/* A convolution that pays for events: of each input value that is not zero, one row of weights for
 * each tap of the kernel is added to the output it reaches. Zeros cost a look.
 *
 * Maps are channels-last, (height, width, channels), float32. The weights of one block of output
 * channels are (kernel rows, kernel columns, input channels, 8 * vectors). An output is its bias and
 * then what arrives from kernel row to kernel row, column to column, channel to channel: always in
 * this order, so that neither rows per thread nor other events change its bits.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

#define LANES 8
typedef float Lanes __attribute__((vector_size(32), aligned(4)));
typedef int32_t Places __attribute__((vector_size(32), aligned(4)));

/* The events of one row of the input: `first[x]` is the index of position x's first one, `weight`
 * where the weights of its channel begin, `value` what it sends. */
typedef struct {
    int32_t *first, *weight;
    float *value;
} Row;

static int32_t active_lanes[256][LANES]; /* of a mask of lanes, the active ones first */
static uint8_t how_many[256];

/* Fill the two tables when the library is loaded. */
__attribute__((constructor)) static void fill_tables(void) {
    for (int mask = 0; mask < 256; mask++) {
        int found = 0;
        for (int lane = 0; lane < LANES; lane++)
            if (mask >> lane & 1) active_lanes[mask][found++] = lane;
        how_many[mask] = found;
    }
}

/* One bit for each lane that is not zero: the lanes' bits, joined by halves. */
INLINE unsigned mask_of(const float *values) {
    Places bits = (*(const Lanes *)values != (Lanes){0}) & (Places){1, 2, 4, 8, 16, 32, 64, 128};
    bits |= __builtin_shuffle(bits, (Places){4, 5, 6, 7, 0, 1, 2, 3});
    bits |= __builtin_shuffle(bits, (Places){2, 3, 0, 1, 6, 7, 4, 5});
    bits |= __builtin_shuffle(bits, (Places){1, 0, 3, 2, 5, 4, 7, 6});
    return bits[0];
}

/* Write one position's events behind the `count` there are, and up to 8 values that the next write
 * covers; return the new count. */
INLINE int append_events(Row row, int count, const float *input, int channels, int stride) {
    int channel = 0;
    for (; channel + LANES <= channels; channel += LANES) {
        Lanes values = *(const Lanes *)(input + channel);
        unsigned mask = mask_of(input + channel);
        Places lanes = *(const Places *)active_lanes[mask];
        *(Lanes *)(row.value + count) = __builtin_shuffle(values, lanes);
        *(Places *)(row.weight + count) = (lanes + channel) * stride;
        count += how_many[mask];
    }
    for (; channel < channels; channel++)
        if (input[channel] != 0) {
            row.weight[count] = channel * stride;
            row.value[count++] = input[channel];
        }
    return count;
}

INLINE void find_events(Row row, const float *input, int width, int channels, int step, int stride) {
    int count = 0;
    for (int x = 0; x < width; x++) {
        row.first[x] = count;
        count = append_events(row, count, input + (size_t)x * step, channels, stride);
    }
    row.first[width] = count;
}

/* Add what one tap brings to a row of outputs; the event that reaches x stands at x + shift. */
INLINE void add_tap(const int vectors, float *output, int step, const float *weights, Row row,
                    int width, int from, int to, int shift) {
    for (int x = from; x < to; x++) {
        int event = row.first[x + shift], end = row.first[x + shift + 1];
        if (event == end) continue;
        float *here = output + (size_t)x * step;
        Lanes sum[vectors];
        for (int v = 0; v < vectors; v++) sum[v] = *(Lanes *)(here + v * LANES);
        for (; event < end; event++) {
            const float *line = weights + row.weight[event];
            float value = row.value[event];
            for (int v = 0; v < vectors; v++) sum[v] += value * *(const Lanes *)(line + v * LANES);
        }
        for (int v = 0; v < vectors; v++) *(Lanes *)(here + v * LANES) = sum[v];
    }
}

INLINE void add_row(const int vectors, float *output, int step, const float *weights, Row row,
                    int width, int columns, int channels, int padding, int dilation) {
    for (int column = 0; column < columns; column++) {
        int shift = column * dilation - padding;
        int from = shift < 0 ? -shift : 0, to = shift > 0 ? width - shift : width;
        add_tap(vectors, output, step, weights + (size_t)column * channels * vectors * LANES, row,
                width, from, to, shift);
    }
}

static int allocate(Row *rows, int count, int width, int channels) {
    size_t most = (size_t)width * channels + LANES;
    for (int i = 0; i < count; i++) {
        rows[i].first = malloc((width + 1) * sizeof(int32_t));
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

/* Output rows `begin` to `end` of a convolution of stride 1 whose output is as large as its input.
 * `input_step` and `output_step` are the floats from one position to the next, which are more than
 * the channels where a group or a block of channels is meant. Returns -1 where memory is short. */
FOR_EACH_PROCESSOR
int event_conv(const float *input, const float *weights, const float *bias, float *output,
               int height, int width, int channels, int vectors, int input_step, int output_step,
               int rows, int columns, int padding_y, int padding_x, int dilation_y, int dilation_x,
               int begin, int end) {
    int kept = (rows - 1) * dilation_y + 1, stride = vectors * LANES;
    Row *ring = calloc(kept, sizeof(Row));
    if (!ring) return -1;
    if (allocate(ring, kept, width, channels)) {
        release(ring, kept);
        return -1;
    }
    int next = begin - padding_y < 0 ? 0 : begin - padding_y;
    for (int y = begin; y < end; y++) {
        int last = y + (rows - 1) * dilation_y - padding_y;
        for (; next <= last && next < height; next++)
            find_events(ring[next % kept], input + (size_t)next * width * input_step, width,
                        channels, input_step, stride);
        float *line = output + (size_t)y * width * output_step;
        for (int x = 0; x < width; x++)
            memcpy(line + (size_t)x * output_step, bias, stride * sizeof(float));
        for (int row = 0; row < rows; row++) {
            int source = y + row * dilation_y - padding_y;
            if (source < 0 || source >= height) continue;
            const float *taps = weights + (size_t)row * columns * channels * stride;
            switch (vectors) {
#define VECTORS(n)                                                                              \
    case n:                                                                                     \
        add_row(n, line, output_step, taps, ring[source % kept], width, columns, channels,      \
                padding_x, dilation_x);                                                         \
        break;
                VECTORS(1) VECTORS(2) VECTORS(3) VECTORS(4)
                VECTORS(5) VECTORS(6) VECTORS(7) VECTORS(8)
            }
        }
    }
    release(ring, kept);
    return 0;
}
