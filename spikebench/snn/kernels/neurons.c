/* Neurons that pass over their memory once: integrate, compare and reset together.
 *
 * Each does with PyTorch's results, to the bit, what the class for which it is registered does: no
 * product is fused with a sum here (-ffp-contract=off).
 */

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "neuron.h"

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#define EXPONENT 0x7F800000u
#define FRACTION 0x007FFFFFu
#define LEADING_ONE 0x00800000u
#define SIGN 0x80000000u
#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

INLINE float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The largest of 1, 1/2 .. that is not above `value` and above `below`, which lies between 0 and the
 * smallest level; 0 where none is. */
INLINE float level_below(float value, float below) {
    float power = float_of(bits_of(value) & EXPONENT);
    power = power > 1.0f ? 1.0f : power;
    return power > below ? power : 0.0f;
}

/* The graded spike of a potential in thresholds, a negative one within what was sent: see
 * `signed_level` in spikebench/snn/model/spikes/levels.py. */
INLINE float graded_spike(float potential, float sent, float below) {
    float found = level_below(float_of(bits_of(potential) & ~SIGN) / 0.75f, below);
    float allowed = level_below(sent, below);
    found = potential < 0 && allowed < found ? allowed : found;
    return float_of(bits_of(found) | (bits_of(potential) & SIGN));
}

/* What every kernel begins with: the layer's maps at hand, and a pass over its positions. */
#define MAPS                                                                                       \
    float *restrict v = layer->v;                                                                  \
    const float *restrict theta = layer->theta, *restrict shift = layer->shift;                    \
    int64_t channels = layer->channels;
#define EACH_POSITION                                                                              \
    for (int64_t p = begin, at = begin * channels; p < end; p++, at += channels, z += channels)
#define EACH_CHANNEL                                                                               \
    _Pragma("GCC ivdep") /* no two of the maps share memory */                                     \
    for (int64_t c = 0, i = at; c < channels; c++, i++)

#define FEW 32 /* channels that are worked on together */

/* IF of a few channels. Numbers are written after all membranes, which makes bytes of them fast. */
INLINE void integrate_and_fire_few(const int few, const int hard, float *restrict v,
                                   const float *restrict z, const float *restrict theta,
                                   const float *restrict shift, int8_t *restrict number,
                                   int16_t *restrict sent, const int8_t *restrict silent) {
    int32_t fired[FEW];
    for (int c = 0; c < few; c++) {
        float u = v[c] + z[c];
        u = u + shift[c];
        int32_t n = u >= theta[c];
        v[c] = hard && n ? 0.0f : u - (n ? theta[c] : 0.0f);
        fired[c] = n;
    }
    for (int c = 0; c < few && sent; c++) sent[c] += fired[c];
    for (int c = 0; c < few; c++) number[c] = silent && silent[c] ? 0 : (int8_t)fired[c];
}

INLINE void integrate_and_fire_all(const int hard, const int remembers, const Layer *layer,
                                   const float *z, int64_t begin, int64_t end) {
    MAPS
    int8_t *number = layer->number;
    int16_t *sent = remembers ? layer->memory[0] : NULL;
    const int8_t *silent = remembers ? layer->memory[1] : NULL;
    EACH_POSITION {
        int64_t c = 0;
        for (; c + FEW <= channels; c += FEW)
            integrate_and_fire_few(FEW, hard, v + at + c, z + c, theta + c, shift + c,
                                   number + at + c, sent ? sent + at + c : NULL,
                                   silent ? silent + at + c : NULL);
        for (; c < channels; c++)
            integrate_and_fire_few(1, hard, v + at + c, z + c, theta + c, shift + c,
                                   number + at + c, sent ? sent + at + c : NULL,
                                   silent ? silent + at + c : NULL);
    }
}

/* IF: n = [u >= theta]. A hard reset empties the membrane. `sent`, which may be null, is the sum of
 * n; where `silent`, which may be null, is not 0, the neuron resets but sends nothing. */
FOR_EACH_PROCESSOR
void integrate_and_fire(const Layer *layer, const float *z, int64_t begin, int64_t end) {
    if (layer->constants[0] != 0) integrate_and_fire_all(1, 1, layer, z, begin, end);
    else if (layer->memory[0] || layer->memory[1])
        integrate_and_fire_all(0, 1, layer, z, begin, end);
    else integrate_and_fire_all(0, 0, layer, z, begin, end);
}

/* Signed IF with memory: n = [u >= theta] - [u < 0 and something was sent]; where `deep` is not 0 a
 * spike is taken back at u <= -theta only. */
FOR_EACH_PROCESSOR
void signed_integrate_and_fire(const Layer *layer, const float *z, int64_t begin, int64_t end) {
    MAPS
    int8_t *restrict number = layer->number;
    int16_t *restrict sent = layer->memory[0];
    int deep = layer->constants[0] != 0;
    EACH_POSITION EACH_CHANNEL {
        float u = v[i] + z[c];
        u = u + shift[c];
        int low = deep ? u <= -theta[c] : u < 0;
        int n = (u >= theta[c]) - (low & (sent[i] > 0));
        sent[i] += n;
        v[i] = u - (float)n * theta[c];
        number[i] = n;
    }
}

/* Burst: n = clip(floor(u / theta), 0, cap), put right where the quotient was rounded to a whole
 * number: the n at most `cap` with n theta <= u < (n + 1) theta. */
FOR_EACH_PROCESSOR
void burst(const Layer *layer, const float *z, int64_t begin, int64_t end) {
    MAPS
    int8_t *restrict number = layer->number;
    float cap = layer->constants[0];
    EACH_POSITION EACH_CHANNEL {
        float u = v[i] + z[c];
        u = u + shift[c];
        float n = floorf(u / theta[c]);
        n = n - (float)(n * theta[c] > u);
        n = n < 0 ? 0 : n > cap ? cap : n;
        v[i] = u - n * theta[c];
        number[i] = (int8_t)n;
    }
}

/* Multi-threshold: one graded spike; `total` is the sum of what was sent, in thresholds. */
FOR_EACH_PROCESSOR
void multi_threshold(const Layer *layer, const float *z, int64_t begin, int64_t end) {
    MAPS
    float *restrict number = layer->number, *restrict total = layer->memory[0];
    float below = layer->constants[0];
    EACH_POSITION EACH_CHANNEL {
        float u = v[i] + z[c];
        u = u + shift[c];
        float n = graded_spike(u / theta[c], total[i], below);
        total[i] += n;
        v[i] = u - n * theta[c];
        number[i] = n;
    }
}

/* Differentially coded multi-threshold at step `time`: `sent` is the running
 * estimate of the output. A negative spike goes as far as all that was sent, time * sent, and, with
 * `least` = 1, as far as it likes. */
FOR_EACH_PROCESSOR
void differential(const Layer *layer, const float *z, int64_t begin, int64_t end) {
    MAPS
    float *restrict number = layer->number, *restrict sent = layer->memory[0];
    float time = layer->constants[0], below = layer->constants[1], least = layer->constants[2];
    float rate = (float)(1.0 / time);
    float stretch = time > 1 ? (float)((double)time / ((double)time - 1)) : 1.0f;
    EACH_POSITION EACH_CHANNEL {
        float u = v[i] * stretch;
        u = u + z[c];
        u = u + shift[c];
        float allowed = sent[i] * time / theta[c];
        allowed = allowed > least ? allowed : least;
        float n = graded_spike(u / theta[c], allowed, below);
        float spike = n * theta[c];
        v[i] = u - spike;
        sent[i] += spike * rate;
        number[i] = n;
    }
}

/* What n spikes are worth: n * theta. */
FOR_EACH_PROCESSOR
void values_of_spikes(const int8_t *restrict number, const float *restrict theta,
                      float *restrict values, int64_t positions, int64_t channels) {
    for (int64_t p = 0; p < positions; p++)
        for (int64_t c = 0; c < channels; c++)
            values[p * channels + c] = (float)number[p * channels + c] * theta[c];
}

/* Add what the spikes of some steps are worth, theta * n, to running sums, step by step. */
FOR_EACH_PROCESSOR
void add_values(const int8_t *const *numbers, int steps, const float *restrict theta,
                float *restrict sums, int64_t positions, int64_t channels) {
    for (int64_t p = 0; p < positions; p++, sums += channels)
        for (int step = 0; step < steps; step++) {
            const int8_t *number = numbers[step] + p * channels;
            for (int64_t c = 0; c < channels; c++) sums[c] += (float)number[c] * theta[c];
        }
}

INLINE void add_found(int64_t *found, int64_t events, int8_t least, int8_t most) {
    found[0] += events;
    found[1] = least < found[1] ? least : found[1];
    found[2] = most > found[2] ? most : found[2];
}

/* A `Counter` of each number: int16. */
FOR_EACH_PROCESSOR
void count_spikes(const int8_t *restrict number, void *into, int64_t positions, int64_t channels,
                  int64_t *found) {
    int16_t *restrict counts = into;
    int64_t size = positions * channels;
    for (int64_t block = 0; block < size; block += 1 << 14) {
        int64_t end = block + (1 << 14) < size ? block + (1 << 14) : size;
        int32_t here = 0;
        int8_t least = 0, most = 0;
        for (int64_t i = block; i < end; i++) {
            int8_t n = number[i];
            counts[i] += n < 0 ? -n : n;
            here += n != 0;
            least = n < least ? n : least;
            most = n > most ? n : most;
        }
        add_found(found, here, least, most);
    }
}

/* The digits of n = s * 2^e in its binary form, or in its non-adjacent signed form: those of its whole
 * significand s; there s and 3s differ where 2s has its digits (Reitwiesner 1960). */
INLINE int digits_of(float number, int in_signed_form) {
    uint32_t bits = bits_of(number), significand = (bits & FRACTION) | LEADING_ONE;
    if (!(bits & ~SIGN)) return 0;
    return __builtin_popcount(in_signed_form ? significand ^ (3 * significand) : significand);
}

#define ONES 0x0101010101010101u

/* Add up numbers that are 0 or 1, eight at a time; -1 where one of them is something else. */
INLINE int64_t count_ones(const int8_t *number, int64_t channels) {
    uint64_t eight, seen = 0;
    int64_t c = 0, sum = 0;
    for (; c + 8 <= channels; c += 8) {
        memcpy(&eight, number + c, sizeof eight);
        seen |= eight;
        sum += __builtin_popcountll(eight);
    }
    for (; c < channels; c++) {
        seen |= (uint8_t)number[c];
        sum += number[c];
    }
    return seen & ~ONES ? -1 : sum;
}

/* A `Counter` of each position: int32. Where all is 0 or 1, it counts bits, which is fast. */
FOR_EACH_PROCESSOR
void count_spikes_at(const int8_t *restrict number, void *into, int64_t positions, int64_t channels,
                     int64_t *found) {
    int32_t *restrict sums = into;
    int64_t ones = 0;
    for (int64_t p = 0; p < positions; p++, number += channels) {
        int64_t sum = count_ones(number, channels);
        if (sum >= 0) {
            sums[p] += sum;
            ones += sum;
            continue;
        }
        int32_t spikes = 0, events = 0;
        int8_t least = 0, most = 0;
        for (int64_t c = 0; c < channels; c++) {
            int8_t n = number[c];
            spikes += n < 0 ? -n : n;
            events += n != 0;
            least = n < least ? n : least;
            most = n > most ? n : most;
        }
        sums[p] += spikes;
        add_found(found, events, least, most);
    }
    add_found(found, ones, 0, ones > 0);
}

/* The most digits of a number, 1 where all are powers of two or 0. */
FOR_EACH_PROCESSOR
int most_digits(const float *restrict number, int64_t size, int in_signed_form) {
    uint32_t rest = 0;
    for (int64_t i = 0; i < size; i++) rest |= bits_of(number[i]) & FRACTION;
    int most = 1;
    for (int64_t i = 0; i < size && rest; i++) {
        int digits = digits_of(number[i], in_signed_form);
        most = digits > most ? digits : most;
    }
    return most;
}

/* Add the digits of each number to the running counts and return the events; `single` says that no
 * number has more than one. */
FOR_EACH_PROCESSOR
int64_t count_digits(const float *restrict number, int16_t *restrict counts, int64_t positions,
                     int64_t channels, int in_signed_form, int single) {
    int64_t events = 0, size = positions * channels;
    for (int64_t i = 0; i < size && single; i++) {
        counts[i] += number[i] != 0;
        events += number[i] != 0;
    }
    for (int64_t i = 0; i < size && !single; i++) {
        counts[i] += digits_of(number[i], in_signed_form);
        events += number[i] != 0;
    }
    return events;
}

/* The same, summed over the channels at each position. */
FOR_EACH_PROCESSOR
int64_t count_digits_at(const float *restrict number, int32_t *restrict sums, int64_t positions,
                        int64_t channels, int in_signed_form, int single) {
    int64_t events = 0;
    for (int64_t p = 0; p < positions; p++, number += channels) {
        int32_t sum = 0, here = 0;
        for (int64_t c = 0; c < channels; c++) here += number[c] != 0;
        for (int64_t c = 0; c < channels && !single; c++)
            sum += digits_of(number[c], in_signed_form);
        sums[p] += single ? here : sum;
        events += here;
    }
    return events;
}

/* How far values are from factor * theta * n at most, and the largest |theta * n|: `found` receives
 * both. Magnitudes are compared as integers, which order floats above zero alike. */
#define LARGEST_DIFFERENCE(name, type)                                                           \
    FOR_EACH_PROCESSOR                                                                           \
    void name(const float *restrict values, const type *restrict number,                         \
              const float *restrict theta, float factor, float *restrict found,                  \
              int64_t positions, int64_t channels) {                                             \
        uint32_t left = 0, most = 0;                                                             \
        for (int64_t p = 0; p < positions; p++)                                                  \
            for (int64_t c = 0; c < channels; c++) {                                             \
                float expected = (float)number[p * channels + c] * theta[c];                     \
                float difference = values[p * channels + c] - factor * expected;                 \
                uint32_t size = bits_of(expected) & ~SIGN, far = bits_of(difference) & ~SIGN;    \
                most = size > most ? size : most;                                                \
                left = far > left ? far : left;                                                  \
            }                                                                                    \
        found[0] = float_of(left);                                                               \
        found[1] = float_of(most);                                                               \
    }
LARGEST_DIFFERENCE(largest_difference, int8_t)
LARGEST_DIFFERENCE(largest_graded_difference, float)
