// Exact squared Euclidean distance transform.
//
// The first axis longer than one is done by two scans.  Along the others, each result is the
// minimum of parabolas: a window around the voxel grows while it can still improve, for a block
// of lanes at a time; where the window would grow too far, the lower envelope of the parabolas
// is built line by line instead (Felzenszwalb and Huttenlocher 2012).
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

constexpr Index block = 64;  // lanes that are done together
constexpr Index widest_window = 128;
constexpr Index window_after_failure = 16;
constexpr Index rows_per_task = 32;

template <class T>
constexpr int vectors = static_cast<int>(block) / lanes<T>;

template <class T>
constexpr T far_away = sizeof(T) == 4 ? static_cast<T>(__builtin_huge_valf())
                                      : static_cast<T>(__builtin_huge_val());

// The parabolas of one line that are lowest somewhere, with the places where each begins.  Those
// places are kept in double precision: single would choose wrongly on long lines.
template <class T>
struct Envelope {
    double* start;
    double* reciprocal;
    T* height;
    std::int32_t* apex;

    static std::size_t bytes(Index length) {
        return static_cast<std::size_t>(length + 1) *
               (2 * sizeof(double) + sizeof(T) + sizeof(std::int32_t));
    }

    // `memory` is aligned for a double.
    Envelope(void* memory, Index length, T squared_step)
        : start(static_cast<double*>(memory)),
          reciprocal(start + length + 1),
          height(reinterpret_cast<T*>(reciprocal + length + 1)),
          apex(reinterpret_cast<std::int32_t*>(height + length + 1)) {
        for (Index i = 1; i < length; ++i) {
            reciprocal[i] = 0.5 / (static_cast<double>(squared_step) * static_cast<double>(i));
        }
    }

    void solve(const T* in, T* out, Index length, Index stride, T squared_step) const {
        Index last = -1;
        for (Index q = 0; q < length; ++q) {
            const T own = in[q * stride];
            if (own == far_away<T>) continue;
            double begin = -__builtin_huge_val();
            while (last >= 0) {
                const Index p = apex[last];
                begin = (static_cast<double>(own) - static_cast<double>(height[last])) *
                            reciprocal[q - p] +
                        0.5 * static_cast<double>(q + p);
                if (begin > start[last]) break;
                begin = -__builtin_huge_val();
                --last;
            }
            ++last;
            apex[last] = static_cast<std::int32_t>(q);
            height[last] = own;
            start[last] = begin;
        }
        if (last < 0) {
            for (Index q = 0; q < length; ++q) out[q * stride] = far_away<T>;
            return;
        }
        Index q = 0;
        for (Index current = 0; current <= last; ++current) {
            const double next = current < last ? start[current + 1] : static_cast<double>(length);
            const T base = height[current];
            const Index peak = apex[current];
            for (; q < length && static_cast<double>(q) <= next; ++q) {
                const T offset = static_cast<T>(q - peak);
                out[q * stride] = squared_step * (offset * offset) + base;
            }
        }
    }
};

template <class T>
FIDUCIAL_INLINE bool can_improve(const Vector<T>* lowest, T candidate) {
    Vector<T> highest = lowest[0];
    for (int j = 1; j < vectors<T>; ++j) highest = greater(highest, lowest[j]);
    return any(highest > splat(candidate));
}

// Whether to ask, at this width, if the window can still improve: looking further does no harm.
FIDUCIAL_INLINE bool is_checked(Index k) { return k <= 4 || k % 4 == 1; }

// A block of `block` lines side by side; false if a window would have to be wider than `widest`.
// Lanes with `empty` set hold nothing but infinity and stay as they are.
template <class T>
bool windows_across(const T* in, T* out, Index length, T squared_step, Index widest,
                    const Vector<T>* ceiling) {
    for (Index y = 0; y < length; ++y) {
        const T* here = in + y * block;
        Vector<T> lowest[vectors<T>];
        for (int j = 0; j < vectors<T>; ++j) lowest[j] = load(here + j * lanes<T>);
        for (Index k = 1;; ++k) {
            const T rise = squared_step * static_cast<T>(k * k);
            const bool has_before = y - k >= 0;
            const bool has_after = y + k < length;
            if (!has_before && !has_after) break;
            if (is_checked(k)) {
                Vector<T> judged[vectors<T>];
                for (int j = 0; j < vectors<T>; ++j) judged[j] = lesser(lowest[j], ceiling[j]);
                if (!can_improve<T>(judged, rise)) break;
                if (k > widest) return false;
            }
            if (has_before) {
                for (int j = 0; j < vectors<T>; ++j) {
                    lowest[j] = lesser(lowest[j],
                                       load(here - k * block + j * lanes<T>) + splat(rise));
                }
            }
            if (has_after) {
                for (int j = 0; j < vectors<T>; ++j) {
                    lowest[j] = lesser(lowest[j],
                                       load(here + k * block + j * lanes<T>) + splat(rise));
                }
            }
        }
        for (int j = 0; j < vectors<T>; ++j) store(out + y * block + j * lanes<T>, lowest[j]);
    }
    return true;
}

// One line with infinity on both sides; the same rule.
template <class T>
bool windows_along(const T* line, T* out, Index length, T squared_step, Index widest) {
    if (length < block) return false;
    for (Index start = 0; start < length; start += block) {
        const Index x = smaller(start, length - block);
        const T* here = line + x;
        Vector<T> lowest[vectors<T>];
        for (int j = 0; j < vectors<T>; ++j) lowest[j] = load(here + j * lanes<T>);
        for (Index k = 1;; ++k) {
            const T rise = squared_step * static_cast<T>(k * k);
            if (is_checked(k)) {
                if (!can_improve<T>(lowest, rise)) break;
                if (k > widest) return false;
            }
            for (int j = 0; j < vectors<T>; ++j) {
                const Vector<T> before = load(here - k + j * lanes<T>);
                const Vector<T> after = load(here + k + j * lanes<T>);
                lowest[j] = lesser(lowest[j], lesser(before, after) + splat(rise));
            }
        }
        for (int j = 0; j < vectors<T>; ++j) store(out + x + j * lanes<T>, lowest[j]);
    }
    return true;
}

template <class T>
class Distance {
public:
    explicit Distance(const DistanceArguments<T>& arguments)
        : arguments_(arguments),
          shape_(arguments.shape),
          team_(arguments.shape.size(), arguments.cancel) {}

    bool run() {
        // A single slice is scanned along y, a single row along x.
        const bool deep = shape_.z > 1;
        if (deep) {
            if (!scan(1, shape_.z, shape_.plane(), 0)) return false;
            if (!across_y()) return false;
        } else if (shape_.y > 1) {
            if (!scan(1, shape_.y, shape_.x, 1)) return false;
        } else {
            for (Index x = 0; x < shape_.x; ++x) {
                arguments_.out[x] = arguments_.mask[x] ? T{0} : far_away<T>;
            }
        }
        return along_x();
    }

private:
    T squared_step(int axis) const {
        return static_cast<T>(arguments_.spacing[axis] * arguments_.spacing[axis]);
    }

    // Counts steps from the nearest True voxel before, then after, and squares the lesser.
    bool scan(Index outer, Index length, Index inner, int axis) {
        const Index width = 4 * block;
        const Index pieces = (inner + width - 1) / width;
        const T step = squared_step(axis);
        return team_.run(outer * pieces, [&](Index task, int) {
            const Index start = task % pieces * width;
            const Index count = smaller(width, inner - start);
            const Index origin = task / pieces * length * inner + start;
            T steps[4 * block];
            for (Index i = 0; i < width; ++i) steps[i] = far_away<T>;
            for (Index n = 0; n < length; ++n) {
                const std::uint8_t* mask = arguments_.mask + origin + n * inner;
                T* out = arguments_.out + origin + n * inner;
                for (Index i = 0; i < count; ++i) {
                    steps[i] = mask[i] ? T{0} : steps[i] + T{1};
                    out[i] = steps[i];
                }
            }
            for (Index i = 0; i < width; ++i) steps[i] = far_away<T>;
            for (Index n = length - 1; n >= 0; --n) {
                T* out = arguments_.out + origin + n * inner;
                for (Index i = 0; i < count; ++i) {
                    const T before = out[i];
                    const T after = steps[i] + T{1};
                    steps[i] = before < after ? before : after;
                    out[i] = steps[i] * steps[i] * step;
                }
            }
        });
    }

    bool across_y() {
        const std::size_t block_bytes = static_cast<std::size_t>(shape_.y * block) * sizeof(T);
        const Scratch scratch(team_.slots(), 2 * block_bytes + Envelope<T>::bytes(shape_.y));
        const T step = squared_step(1);
        return team_.run(shape_.z, [&](Index z, int slot) {
            T* in = static_cast<T*>(scratch.at(slot));
            T* out = in + shape_.y * block;
            const Envelope<T> envelope(out + shape_.y * block, shape_.y, step);
            Index widest = widest_window;
            for (Index x = 0; x < shape_.x; x += block) {
                const Index count = smaller(block, shape_.x - x);
                T* corner = arguments_.out + z * shape_.plane() + x;
                Vector<T> least[vectors<T>];
                for (int j = 0; j < vectors<T>; ++j) least[j] = splat(far_away<T>);
                for (Index y = 0; y < shape_.y; ++y) {
                    T* to = in + y * block;
                    if (count == block) {
                        copy(to, corner + y * shape_.x, block);
                    } else {
                        copy(to, corner + y * shape_.x, count);
                        for (Index i = count; i < block; ++i) to[i] = 0;
                    }
                    for (int j = 0; j < vectors<T>; ++j) {
                        least[j] = lesser(least[j], load(to + j * lanes<T>));
                    }
                }
                T lowest[block];
                Vector<T> ceiling[vectors<T>];
                bool any_finite = false;
                for (int j = 0; j < vectors<T>; ++j) {
                    const Vector<T> infinite = splat(far_away<T>);
                    ceiling[j] = least[j] < infinite ? infinite : splat(T{-1});
                    any_finite |= any(least[j] < infinite);
                    store(lowest + j * lanes<T>, least[j]);
                }
                if (!any_finite) continue;
                if (!windows_across(in, out, shape_.y, step, widest, ceiling)) {
                    widest = window_after_failure;
                    for (Index i = 0; i < count; ++i) {
                        if (lowest[i] == far_away<T>) {
                            for (Index y = 0; y < shape_.y; ++y) out[y * block + i] = lowest[i];
                        } else {
                            envelope.solve(in + i, out + i, shape_.y, block, step);
                        }
                    }
                } else {
                    widest = widest_window;
                }
                for (Index y = 0; y < shape_.y; ++y) {
                    copy(corner + y * shape_.x, out + y * block, count);
                }
            }
        });
    }

    bool along_x() {
        const Index margin = widest_window + 4 + block;
        const Index padded = (shape_.x + 2 * margin + 7) / 8 * 8;
        const Scratch scratch(team_.slots(), static_cast<std::size_t>(padded) * sizeof(T) +
                                                 Envelope<T>::bytes(shape_.x));
        const T step = squared_step(2);
        const Index rows = shape_.z * shape_.y;
        const Index tasks = (rows + rows_per_task - 1) / rows_per_task;
        return team_.run(tasks, [&](Index task, int slot) {
            T* line = static_cast<T*>(scratch.at(slot));
            const Envelope<T> envelope(line + padded, shape_.x, step);
            for (Index i = 0; i < margin; ++i) {
                line[i] = far_away<T>;
                line[margin + shape_.x + i] = far_away<T>;
            }
            Index widest = widest_window;
            const Index last = smaller((task + 1) * rows_per_task, rows);
            for (Index row = task * rows_per_task; row < last; ++row) {
                T* out = arguments_.out + row * shape_.x;
                copy(line + margin, out, shape_.x);
                if (!windows_along(line + margin, out, shape_.x, step, widest)) {
                    widest = window_after_failure;
                    envelope.solve(line + margin, out, shape_.x, 1, step);
                } else {
                    widest = widest_window;
                }
                if (arguments_.root) root(out);
            }
        });
    }

    void root(T* row) const {
        for (Index x = 0; x < shape_.x; ++x) {
            row[x] = sizeof(T) == 4
                         ? static_cast<T>(__builtin_sqrtf(static_cast<float>(row[x])))
                         : static_cast<T>(__builtin_sqrt(static_cast<double>(row[x])));
        }
    }

    const DistanceArguments<T>& arguments_;
    Shape shape_;
    Team team_;
};

template <class T>
bool distance(const DistanceArguments<T>& arguments) {
    return Distance<T>(arguments).run();
}

}  // namespace

void add_distance(Kernels& kernels) {
    kernels.distance32 = distance<float>;
    kernels.distance64 = distance<double>;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
