// One step of Chan and Vese's active contour, semi-implicit in time.
//
// Every operation is rounded by itself and in the order of the reference in Python, so that both
// are equal to the bit.  Sums are kept per task, and tasks do not depend on the threads.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

typedef Vector<double> V;
constexpr int width = lanes<double>;
constexpr double tiny = 1e-16;  // keeps flat places from dividing by zero

FIDUCIAL_INLINE V root(V value) {
#if defined(__AVX512F__)
    return _mm512_maskz_sqrt_pd(0xff, value);  // the plain one warns in GCC 12
#elif defined(__FMA__)
    return _mm256_sqrt_pd(value);
#elif defined(FIDUCIAL_NEON)
    return vsqrtq_f64(value);
#else
    for (int i = 0; i < width; ++i) value[i] = __builtin_sqrt(value[i]);
    return value;
#endif
}

// A row and its neighbours across each axis.
struct Rows {
    const double* here;  // readable one sample before and after
    const double* before[2];
    const double* after[2];
    const double* image;
};

template <int across>
class Step {
public:
    explicit Step(const LevelSetArguments& arguments) : arguments_(arguments) {}

    bool run() const {
        const Shape shape = arguments_.shape;
        const Team team(shape.size(), arguments_.cancel);
        const std::size_t stride = static_cast<std::size_t>(shape.x + 3 * width) * 8;
        const Scratch scratch(team.slots(), stride);
        const Index rows = shape.z * shape.y;
        const Index tasks = (rows + arguments_.rows_per_task - 1) / arguments_.rows_per_task;
        return team.run(tasks, [&](Index task, int slot) {
            double* padded = static_cast<double*>(scratch.at(slot)) + width;
            V change = V{};
            const Index first = task * arguments_.rows_per_task;
            const Index last = smaller(first + arguments_.rows_per_task, rows);
            for (Index row = first; row < last; ++row) {
                one_row(row / shape.y, row % shape.y, padded, change);
            }
            double total = 0;
            for (int i = 0; i < width; ++i) total += change[i];
            arguments_.changes[task] = total;
        });
    }

private:
    const double* line(Index z, Index y) const {
        const Shape shape = arguments_.shape;
        z = z < 0 ? 0 : smaller(z, shape.z - 1);
        y = y < 0 ? 0 : smaller(y, shape.y - 1);
        return arguments_.phi + (z * shape.y + y) * shape.x;
    }

    void one_row(Index z, Index y, double* padded, V& change) const {
        const Index size = arguments_.shape.x;
        const Index offset = (z * arguments_.shape.y + y) * size;
        const double* here = line(z, y);
        copy(padded, here, size);
        padded[-1] = here[0];
        for (Index x = size; x < size + width + 1; ++x) padded[x] = here[size - 1];
        const double* before[2] = {line(z, y - 1), line(z - 1, y)};
        const double* after[2] = {line(z, y + 1), line(z + 1, y)};
        Rows rows;
        Index x = 0;
        for (; x + width <= size; x += width) {
            rows.here = padded + x;
            for (int k = 0; k < across; ++k) {
                rows.before[k] = before[k] + x;
                rows.after[k] = after[k] + x;
            }
            rows.image = arguments_.image + offset + x;
            const V next = advance(rows);
            store(arguments_.out + offset + x, next);
            const V step = next - load(rows.here);
            change += step * step;
        }
        if (x == size) return;
        double tails[5][width];
        const int left = static_cast<int>(size - x);
        for (int i = 0; i < width; ++i) {
            const Index at = x + smaller(i, left - 1);
            for (int k = 0; k < across; ++k) {
                tails[k][i] = before[k][at];
                tails[2 + k][i] = after[k][at];
            }
            tails[4][i] = arguments_.image[offset + at];
        }
        rows.here = padded + x;
        for (int k = 0; k < across; ++k) {
            rows.before[k] = tails[k];
            rows.after[k] = tails[2 + k];
        }
        rows.image = tails[4];
        const V next = advance(rows);
        const V step = next - load(rows.here);
        for (int i = 0; i < left; ++i) change[i] += step[i] * step[i];
        double values[width];
        store(values, next);
        copy(arguments_.out + offset + x, values, left);
    }

    // The level set after the step.
    FIDUCIAL_INLINE V advance(const Rows& rows) const {
        const V half = splat(0.5), one = splat(1.0);
        const V here = load(rows.here);
        V low[3], high[3], central[3];
        low[0] = load(rows.here - 1);
        high[0] = load(rows.here + 1);
#pragma GCC unroll 2
        for (int k = 0; k < across; ++k) {
            low[1 + k] = load(rows.before[k]);
            high[1 + k] = load(rows.after[k]);
        }
#pragma GCC unroll 3
        for (int k = 0; k <= across; ++k) {
            central[k] = (high[k] - low[k]) * half * splat(arguments_.inverse[k]);
            central[k] = central[k] * central[k];
        }
        V pull = V{}, total = V{};
#pragma GCC unroll 3
        for (int k = 0; k <= across; ++k) {
            const V inverse = splat(arguments_.inverse[k]);
            const V square = inverse * inverse;
            const V ahead = (high[k] - here) * inverse;
            const V behind = (here - low[k]) * inverse;
            V forward = splat(tiny), backward = splat(tiny);
#pragma GCC unroll 3
            for (int axis = 0; axis <= across; ++axis) {
                forward = forward + (axis == k ? ahead * ahead : central[axis]);
                backward = backward + (axis == k ? behind * behind : central[axis]);
            }
            forward = one / root(forward) * square;
            backward = one / root(backward) * square;
            pull = pull + high[k] * forward;
            pull = pull + low[k] * backward;
            total = total + forward;
            total = total + backward;
        }
        const V image = load(rows.image);
        const V inner = image - splat(arguments_.inside), outer = image - splat(arguments_.outside);
        V force = splat(-arguments_.lambda1) * (inner * inner) +
                  splat(arguments_.lambda2) * (outer * outer);
        force = image == image ? force : V{};
        const V delta = one / (one + here * here);
        const V moved = here + splat(arguments_.dt) * delta * (splat(arguments_.mu) * pull + force);
        return moved / (one + splat(arguments_.mu * arguments_.dt) * delta * total);
    }

    const LevelSetArguments& arguments_;
};

bool level_set(const LevelSetArguments& arguments) {
    if (arguments.shape.z > 1) return Step<2>(arguments).run();
    if (arguments.shape.y > 1) return Step<1>(arguments).run();
    return Step<0>(arguments).run();
}

// Sums of a stretch of the image on both sides of the level set.
struct Sums {
    double inside, outside, count;
};

FIDUCIAL_INLINE Sums operator+(const Sums& a, const Sums& b) {
    return {a.inside + b.inside, a.outside + b.outside, a.count + b.count};
}

FIDUCIAL_INLINE Sums value_of(double phi, double image) {
    if (image != image) return {0, 0, 0};
    if (phi > 0) return {image, 0, 1};
    return {0, image, 0};
}

// As numpy.sum adds: eight sums side by side up to 128 values, halves of whole eights beyond.
Sums pairwise(const double* phi, const double* image, Index size) {
    constexpr int vectors = 8 / width;
    static_assert(vectors * width == 8, "eight sums side by side");
    if (size > 128) {
        const Index half = size / 2 - size / 2 % 8;
        return pairwise(phi, image, half) + pairwise(phi + half, image + half, size - half);
    }
    Sums sums = {0, 0, 0};
    Index x = 0;
    if (size >= 8) {
        V inside[vectors], outside[vectors], count[vectors];
        for (int k = 0; k < vectors; ++k) inside[k] = outside[k] = count[k] = V{};
        for (; x + 8 <= size; x += 8) {
#pragma GCC unroll 4
            for (int k = 0; k < vectors; ++k) {
                const V value = load(image + x + k * width);
                const auto in = load(phi + x + k * width) > V{};
                const auto valid = value == value;
                inside[k] += in & valid ? value : V{};
                outside[k] += ~in & valid ? value : V{};
                count[k] += in & valid ? splat(1.0) : V{};
            }
        }
        double a[8], b[8], c[8];
        for (int k = 0; k < vectors; ++k) {
            store(a + k * width, inside[k]);
            store(b + k * width, outside[k]);
            store(c + k * width, count[k]);
        }
        const auto eight = [](const double* r) __attribute__((always_inline)) {
            return ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        };
        sums = {eight(a), eight(b), eight(c)};
    }
    for (; x < size; ++x) sums = sums + value_of(phi[x], image[x]);
    return sums;
}

bool level_set_sums(const LevelSetSumsArguments& arguments) {
    const Team team(arguments.bounds[arguments.count], arguments.cancel);
    return team.run(arguments.count, [&](Index task, int) {
        const Index first = arguments.bounds[task];
        const Sums sums = pairwise(arguments.phi + first, arguments.image + first,
                                   arguments.bounds[task + 1] - first);
        double* out = arguments.sums + task * 3;
        out[0] = sums.inside;
        out[1] = sums.outside;
        out[2] = sums.count;
    });
}

}  // namespace

void add_level_set(Kernels& kernels) {
    kernels.level_set = level_set;
    kernels.level_set_sums = level_set_sums;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
