// Maps of single values: ramps, tables, curves and the unmixing of colours.
//
// Every value is computed from itself alone, in the order of the reference in Python, so threads
// and vectors cannot matter.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

constexpr Index values_per_task = 32768;

// Calls body(first, last, slot) for runs of values.
template <class Body>
bool in_runs(Index size, const Team& team, const Body& body) {
    const Index tasks = (size + values_per_task - 1) / values_per_task;
    return team.run(tasks, [&](Index task, int slot) {
        const Index first = task * values_per_task;
        body(first, smaller(first + values_per_task, size), slot);
    });
}

template <class T>
bool ramp(const RampArguments<T>& arguments) {
    const Team team(arguments.size, arguments.cancel);
    const float low = arguments.low, scale = arguments.scale;
    return in_runs(arguments.size, team, [&](Index first, Index last, int) {
        const T* __restrict in = arguments.in;
        float* __restrict out = arguments.out;
        for (Index i = first; i < last; ++i) {
            float value = (static_cast<float>(in[i]) - low) * scale;
            value = value < 0.0f ? 0.0f : value;  // NaN is in no order, and stays
            out[i] = value > 1.0f ? 1.0f : value;
        }
    });
}

template <class T>
bool lookup(const LookupArguments<T>& arguments) {
    const Team team(arguments.size, arguments.cancel);
    return in_runs(arguments.size, team, [&](Index first, Index last, int) {
        const T* __restrict in = arguments.in;
        const float* __restrict table = arguments.table;
        float* __restrict out = arguments.out;
        for (Index i = first; i < last; ++i) out[i] = table[in[i]];
    });
}

template <class T>
bool curve(const CurveArguments<T>& arguments) {
    const Team team(arguments.size, arguments.cancel);
    const double low = arguments.low, scale = arguments.scale;
    const double highest = static_cast<double>(arguments.count - 1);
    return in_runs(arguments.size, team, [&](Index first, Index last, int) {
        const T* __restrict in = arguments.in;
        const float* __restrict bases = arguments.bases;
        const float* __restrict slopes = arguments.slopes;
        float* __restrict out = arguments.out;
        constexpr int run_length = 64;
        double places[run_length];
        std::int32_t bins[run_length];
        for (Index start = first; start < last; start += run_length) {
            const int found = static_cast<int>(smaller(Index{run_length}, last - start));
            for (int i = 0; i < found; ++i) {
                double place = (static_cast<double>(in[start + i]) - low) * scale;
                place = place < 0.0 ? 0.0 : place;
                place = place > highest ? highest : place;
                const double known = place == place ? place : 0.0;
                bins[i] = static_cast<std::int32_t>(known);
                places[i] = place - static_cast<double>(bins[i]);
            }
            for (int i = 0; i < found; ++i) {
                out[start + i] = static_cast<float>(
                    static_cast<double>(bases[bins[i]]) +
                    static_cast<double>(slopes[bins[i]]) * places[i]);
            }
        }
    });
}

// Densities of red, green and blue from tables, times a matrix; counts of odd pixels.
template <class T>
bool unmix(const UnmixArguments<T>& arguments) {
    const Team team(3 * arguments.pixels, arguments.cancel);
    constexpr std::size_t bytes = 5 * sizeof(std::int64_t);
    const Scratch scratch(team.slots(), bytes);
    for (int slot = 0; slot < team.slots(); ++slot) __builtin_memset(scratch.at(slot), 0, bytes);
    float m[9];
    __builtin_memcpy(m, arguments.matrix, sizeof(m));
    const float least = arguments.least;
    const float floor = arguments.clip ? 0.0f : -__builtin_inff();
    const std::int32_t limit[3] = {arguments.bright[0], arguments.bright[1], arguments.bright[2]};
    const float* red = arguments.tables;
    const float* green = red + arguments.entries;
    const float* blue = green + arguments.entries;
    const bool done = in_runs(arguments.pixels, team, [&](Index first, Index last, int slot) {
        const T* __restrict in = arguments.in;
        float* __restrict out = arguments.out;
        std::int32_t negative[3] = {0, 0, 0}, dark = 0, bright = 0;
        // A run of pixels, channel by channel: loops without branches, which become vectors.
        constexpr int run_length = 64;
        float density[3][run_length] = {}, found[run_length];
        for (Index start = first; start < last; start += run_length) {
            const int count = static_cast<int>(smaller(Index{run_length}, last - start));
            const T* pixels = in + 3 * start;
            for (int i = 0; i < count; ++i) {
                density[0][i] = red[pixels[3 * i]];
                density[1][i] = green[pixels[3 * i + 1]];
                density[2][i] = blue[pixels[3 * i + 2]];
            }
            for (int i = 0; i < count; ++i) {
                const std::int32_t r = pixels[3 * i], g = pixels[3 * i + 1], b = pixels[3 * i + 2];
                dark += static_cast<std::int32_t>((r == 0) | (g == 0) | (b == 0));
                bright += static_cast<std::int32_t>((r >= limit[0]) | (g >= limit[1]) |
                                                    (b >= limit[2]));
            }
            for (int k = 0; k < 3; ++k) {
                const float a = m[k], b = m[3 + k], c = m[6 + k];
                std::int32_t below = 0;
                for (int i = 0; i < run_length; ++i) {
                    const float value = density[0][i] * a + density[1][i] * b + density[2][i] * c;
                    found[i] = value < floor ? floor : value;
                    below += i < count ? static_cast<std::int32_t>(value < least) : 0;
                }
                negative[k] += below;
                float* results = out + 3 * start + k;
                for (int i = 0; i < count; ++i) results[3 * i] = found[i];
            }
        }
        std::int64_t* counts = static_cast<std::int64_t*>(scratch.at(slot));
        for (int k = 0; k < 3; ++k) counts[k] += negative[k];
        counts[3] += dark;
        counts[4] += bright;
    });
    for (int slot = 0; slot < team.slots(); ++slot) {
        const std::int64_t* counts = static_cast<const std::int64_t*>(scratch.at(slot));
        for (int k = 0; k < 5; ++k) arguments.counts[k] += counts[k];
    }
    return done;
}

}  // namespace

void add_pointwise(Kernels& kernels) {
    kernels.ramp_i8 = ramp<std::int8_t>;
    kernels.ramp_u8 = ramp<std::uint8_t>;
    kernels.ramp_i16 = ramp<std::int16_t>;
    kernels.ramp_u16 = ramp<std::uint16_t>;
    kernels.ramp_f32 = ramp<float>;
    kernels.lookup8 = lookup<std::uint8_t>;
    kernels.lookup16 = lookup<std::uint16_t>;
    kernels.curve_f32 = curve<float>;
    kernels.curve_f64 = curve<double>;
    kernels.unmix8 = unmix<std::uint8_t>;
    kernels.unmix16 = unmix<std::uint16_t>;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
