// Sampling between voxels: linear and nearest, at positions given by an affine map, a field of
// displacements or coordinates, or both.
//
// Positions are computed in double precision for a run of voxels at a time, as vectors; the
// samples are then gathered pair by pair.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

constexpr Index run_length = 64;
constexpr Index voxels_per_task = 16384;
constexpr double slack = 1e-6;

typedef float Quad __attribute__((vector_size(16)));

// The positions of a run of voxels along one axis of the input.
struct Positions {
    double at[3][run_length];
};

template <class T>
class Warp {
public:
    explicit Warp(const WarpArguments<T>& arguments)
        : in_(arguments.in_shape), out_(arguments.out_shape), arguments_(arguments) {
        const Index sizes[3] = {in_.z, in_.y, in_.x};
        const Index strides[3] = {in_.plane(), in_.x, 1};
        for (int axis = 0; axis < 3; ++axis) {
            last_[axis] = static_cast<double>(sizes[axis] - 1);
            stride_[axis] = strides[axis];
            step_[axis] = sizes[axis] > 1 ? strides[axis] : 0;
        }
    }

    // For every run of voxels: prepare(positions, prepared), which may fetch from memory what is
    // needed, and later finish(prepared, out, count).
    template <class Prepared, class Prepare, class Finish>
    bool run(const Prepare& prepare, const Finish& finish) const {
        const Team team(out_.size(), arguments_.cancel);
        // One long row (a list of points) is cut as well.
        const Index length = smaller(out_.x, Index{4096});
        const Index pieces = (out_.x + length - 1) / length;
        const Index rows = out_.z * out_.y;
        const Index batch = larger(voxels_per_task / larger(length, Index{1}), Index{1});
        const Index batches = (rows + batch - 1) / batch;
        return team.run(batches * pieces, [&](Index task, int) {
            const Index start = task % pieces * length;
            const Index stop = smaller(start + length, out_.x);
            const Index first = task / pieces * batch;
            const Index last = smaller(first + batch, rows);
            Prepared prepared[2];
            T* waiting = nullptr;
            int waiting_count = 0;
            int turn = 0;
            for (Index row = first; row < last; ++row) {
                for (Index x = start; x < stop; x += run_length) {
                    const int count = static_cast<int>(smaller(run_length, stop - x));
                    Positions positions;
                    locate(row / out_.y, row % out_.y, x, count, positions);
                    prepare(positions, prepared[turn]);
                    turn = 1 - turn;
                    if (waiting != nullptr) finish(prepared[turn], waiting, waiting_count);
                    waiting = arguments_.out + row * out_.x + x;
                    waiting_count = count;
                }
            }
            if (waiting != nullptr) finish(prepared[1 - turn], waiting, waiting_count);
        });
    }

    // Asks for the samples around points of which every few share a line of the cache.
    template <class Offset>
    FIDUCIAL_INLINE void fetch(const Offset* offsets) const {
        constexpr int apart = 8 / static_cast<int>(sizeof(T));
        for (int i = 0; i < run_length; i += apart) {
            const T* corner = arguments_.in + offsets[i];
            __builtin_prefetch(corner);
            __builtin_prefetch(corner + step_[1]);
            __builtin_prefetch(corner + step_[0]);
            __builtin_prefetch(corner + step_[0] + step_[1]);
        }
    }

    Shape in_;
    Shape out_;
    double last_[3];
    Index stride_[3];
    Index step_[3];
    const WarpArguments<T>& arguments_;

private:
    FIDUCIAL_INLINE void locate(Index z, Index y, Index x, int count, Positions& positions) const {
        typedef Vector<double> V;
        V ramp;
        for (int i = 0; i < lanes<double>; ++i) ramp[i] = static_cast<double>(i);
        for (int axis = 0; axis < 3; ++axis) {
            const double* row = arguments_.matrix + 4 * axis;
            const double base = row[0] * static_cast<double>(z) + row[1] * static_cast<double>(y);
            const V slope = splat(row[2]);
            const V offset = splat(base + row[3]);
            for (int i = 0; i < run_length; i += lanes<double>) {
                const V index = ramp + splat(static_cast<double>(x + i));
                store(positions.at[axis] + i, index * slope + offset);
            }
        }
        const Index voxel = (z * out_.y + y) * out_.x + x;
        if (arguments_.field32 != nullptr) {
            add_field(arguments_.field32 + voxel * arguments_.components, count, positions);
        } else if (arguments_.field64 != nullptr) {
            add_field(arguments_.field64 + voxel * arguments_.components, count, positions);
        }
    }

    template <class F>
    FIDUCIAL_INLINE void add_field(const F* field, int count, Positions& positions) const {
        const int components = arguments_.components;
        if (components == 3 && count == run_length) {
            for (int i = 0; i < run_length; ++i) {
                positions.at[0][i] += static_cast<double>(field[3 * i]);
                positions.at[1][i] += static_cast<double>(field[3 * i + 1]);
                positions.at[2][i] += static_cast<double>(field[3 * i + 2]);
            }
            return;
        }
        for (int i = 0; i < count; ++i) {
            for (int c = 0; c < components; ++c) {
                positions.at[3 - components + c][i] +=
                    static_cast<double>(field[components * i + c]);
            }
        }
    }
};

// Whether points are in the array, by the rule of the face: a NaN is not.
FIDUCIAL_INLINE Vector<std::int64_t> is_inside(Vector<double> at, Vector<double> last) {
    return (at >= splat(-0.5 - slack)) & (at <= last + splat(0.5 + slack));
}

// Moves points into [0, last], a NaN to 0.
FIDUCIAL_INLINE Vector<double> clamp(Vector<double> at, Vector<double> last) {
    const Vector<double> zero = Vector<double>{};
    at = at > zero ? at : zero;
    return at < last ? at : last;
}

FIDUCIAL_INLINE Vector<double> whole_part(Vector<double> at) {
    return __builtin_convertvector(__builtin_convertvector(at, Matching<std::int32_t>),
                                   Vector<double>);
}

template <class T, class Values>
FIDUCIAL_INLINE void put(T* to, Values values) {
    __builtin_memcpy(to, &values, sizeof(values));
}

// Where the lower neighbour of each point of a run is, how far beyond it the point lies, and how
// far from the upper one.
template <class T, class Offset>
struct Neighbours {
    T upper[3][run_length];
    T lower[3][run_length];
    Offset offset[run_length];
    std::int64_t outside[run_length];
    bool any_outside;
};

template <class T, class Offset>
FIDUCIAL_INLINE void find_neighbours(const Warp<T>& warp, const Positions& positions,
                                     Neighbours<T, Offset>& found) {
    Vector<std::int64_t> out_of_run = Vector<std::int64_t>{};
    for (int i = 0; i < run_length; i += lanes<double>) {
        Vector<std::int64_t> inside = ~Vector<std::int64_t>{};
        Vector<double> offset = Vector<double>{};
        for (int axis = 0; axis < 3; ++axis) {
            const Vector<double> last = splat(warp.last_[axis]);
            const Vector<double> highest = splat(warp.last_[axis] > 1 ? warp.last_[axis] - 1 : 0);
            const Vector<double> at = load(positions.at[axis] + i);
            inside &= is_inside(at, last);
            const Vector<double> clamped = clamp(at, last);
            const Vector<double> first = lesser(whole_part(clamped), highest);
            const Matching<T> upper = __builtin_convertvector(clamped - first, Matching<T>);
            put(found.upper[axis] + i, upper);
            put(found.lower[axis] + i, T{1} - upper);
            offset += first * splat(static_cast<double>(warp.stride_[axis]));
        }
        put(found.offset + i, __builtin_convertvector(offset, Matching<Offset>));
        store(found.outside + i, ~inside);
        out_of_run |= ~inside;
    }
    found.any_outside = any(out_of_run);
}

FIDUCIAL_INLINE Quad two_pairs(const float* low, const float* high) {
    typedef double Two __attribute__((vector_size(16)));
    double a, b;
    __builtin_memcpy(&a, low, 8);
    __builtin_memcpy(&b, high, 8);
    return reinterpret_cast<Quad>(Two{a, b});
}

// The eight samples around one point, weighed plainly; samples of weight zero are not looked at.
template <class T>
T careful(const Warp<T>& warp, Index offset, T fz, T fy, T fx) {
    T total = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const T weight = (corner & 4 ? fz : 1 - fz) * (corner & 2 ? fy : 1 - fy) *
                         (corner & 1 ? fx : 1 - fx);
        if (!(weight > 0)) continue;
        const Index at = offset + (corner & 4 ? warp.step_[0] : 0) +
                         (corner & 2 ? warp.step_[1] : 0) + (corner & 1 ? warp.step_[2] : 0);
        total += weight * warp.arguments_.in[at];
    }
    return total;
}

template <class Offset, bool flat>
FIDUCIAL_INLINE void blend(const Warp<float>& warp, const Neighbours<float, Offset>& near,
                           int count, float* values) {
    // Interleaved pairs: the values at the lower and the upper x, after z and y.
    float pairs[2 * run_length];
    const float* in = warp.arguments_.in;
    const Index down = warp.step_[1];
    const Index deep = warp.step_[0];
    for (int i = 0; i < count; ++i) {
        const float* corner = in + near.offset[i];
        Quad plane = two_pairs(corner, corner + down);
        if (!flat) {
            const Quad next = two_pairs(corner + deep, corner + deep + down);
            plane = plane * near.lower[0][i] + next * near.upper[0][i];
        }
        const Quad above = __builtin_shufflevector(plane, plane, 2, 3, 2, 3);
        const Quad line = plane * near.lower[1][i] + above * near.upper[1][i];
        __builtin_memcpy(pairs + 2 * i, &line, 8);
    }
    for (int i = 0; i < run_length; ++i) {
        values[i] = pairs[2 * i] * near.lower[2][i] + pairs[2 * i + 1] * near.upper[2][i];
    }
}

template <class T, class Offset>
FIDUCIAL_INLINE void blend_plainly(const Warp<T>& warp, const Neighbours<T, Offset>& near,
                                   int count, T* values) {
    const Index down = warp.step_[1];
    const Index deep = warp.step_[0];
    const Index along = warp.step_[2];
    for (int i = 0; i < count; ++i) {
        const T* corner = warp.arguments_.in + near.offset[i];
        const auto line = [&](const T* at) __attribute__((always_inline)) {
            return at[0] * near.lower[2][i] + at[along] * near.upper[2][i];
        };
        const auto plane = [&](const T* at) __attribute__((always_inline)) {
            return line(at) * near.lower[1][i] + line(at + down) * near.upper[1][i];
        };
        values[i] = plane(corner) * near.lower[0][i] + plane(corner + deep) * near.upper[0][i];
    }
}

template <class T, class Offset, class Blend>
bool linear_with(const Warp<T>& warp, const Blend& blend_run) {
    typedef Neighbours<T, Offset> Near;
    const auto prepare = [&](const Positions& positions, Near& near) {
        find_neighbours<T, Offset>(warp, positions, near);
        warp.fetch(near.offset);
    };
    return warp.template run<Near>(prepare, [&](const Near& near, T* out, int count) {
        T values[run_length] = {};
        blend_run(near, count, values);
        Vector<T> sum = Vector<T>{};
        for (int i = 0; i < run_length; i += lanes<T>) sum += load(values + i) * T{0};
        if (any(sum != sum)) {  // a NaN or an infinity took part, perhaps with weight zero
            for (int i = 0; i < count; ++i) {
                if (!(values[i] * 0 == 0)) {
                    values[i] = careful(warp, static_cast<Index>(near.offset[i]),
                                        near.upper[0][i], near.upper[1][i], near.upper[2][i]);
                }
            }
        }
        if (near.any_outside) {
            for (int i = 0; i < count; ++i) {
                if (near.outside[i]) values[i] = warp.arguments_.outside;
            }
        }
        if (count == run_length) {
            copy(out, values, run_length);
        } else {
            copy(out, values, count);
        }
    });
}

template <class Offset>
bool linear_sized(const Warp<float>& warp) {
    typedef Neighbours<float, Offset> Near;
    if (warp.step_[2] == 0) {  // pairs along x would read beyond the end
        return linear_with<float, Offset>(warp, [&](const Near& near, int count, float* values) {
            blend_plainly(warp, near, count, values);
        });
    }
    if (warp.step_[0] == 0) {
        return linear_with<float, Offset>(warp, [&](const Near& near, int count, float* values) {
            blend<Offset, true>(warp, near, count, values);
        });
    }
    return linear_with<float, Offset>(warp, [&](const Near& near, int count, float* values) {
        blend<Offset, false>(warp, near, count, values);
    });
}

bool linear32(const WarpArguments<float>& arguments) {
    const Warp<float> warp(arguments);
    return arguments.in_shape.size() < (Index{1} << 31) ? linear_sized<std::int32_t>(warp)
                                                        : linear_sized<std::int64_t>(warp);
}

bool linear64(const WarpArguments<double>& arguments) {
    const Warp<double> warp(arguments);
    typedef Neighbours<double, std::int64_t> Near;
    return linear_with<double, std::int64_t>(
        warp, [&](const Near& near, int count, double* values) {
            blend_plainly(warp, near, count, values);
        });
}

template <class Offset>
struct Nearest {
    Offset offset[run_length];
    std::int64_t outside[run_length];
    bool any_outside;
};

template <class T, class Offset>
FIDUCIAL_INLINE void find_nearest(const Warp<T>& warp, const Positions& positions,
                                  Nearest<Offset>& found) {
    Vector<std::int64_t> out_of_run = Vector<std::int64_t>{};
    for (int i = 0; i < run_length; i += lanes<double>) {
        Vector<std::int64_t> inside = ~Vector<std::int64_t>{};
        Vector<double> offset = Vector<double>{};
        for (int axis = 0; axis < 3; ++axis) {
            const Vector<double> last = splat(warp.last_[axis]);
            const Vector<double> at = load(positions.at[axis] + i);
            inside &= is_inside(at, last);
            const Vector<double> index = whole_part(clamp(at + splat(0.5 + slack), last));
            offset += index * splat(static_cast<double>(warp.stride_[axis]));
        }
        put(found.offset + i, __builtin_convertvector(offset, Matching<Offset>));
        store(found.outside + i, ~inside);
        out_of_run |= ~inside;
    }
    found.any_outside = any(out_of_run);
}

template <class T, class Offset>
bool nearest_sized(const Warp<T>& warp) {
    typedef Nearest<Offset> Near;
    const auto prepare = [&](const Positions& positions, Near& near) {
        find_nearest<T, Offset>(warp, positions, near);
        constexpr int apart = 16 / static_cast<int>(sizeof(T));
        for (int i = 0; i < run_length; i += apart) {
            __builtin_prefetch(warp.arguments_.in + near.offset[i]);
        }
    };
    return warp.template run<Near>(prepare, [&](const Near& near, T* out, int count) {
        for (int i = 0; i < count; ++i) out[i] = warp.arguments_.in[near.offset[i]];
        if (!near.any_outside) return;
        for (int i = 0; i < count; ++i) {
            if (near.outside[i]) out[i] = warp.arguments_.outside;
        }
    });
}

template <class T>
bool nearest(const WarpArguments<T>& arguments) {
    const Warp<T> warp(arguments);
    return arguments.in_shape.size() < (Index{1} << 31) ? nearest_sized<T, std::int32_t>(warp)
                                                        : nearest_sized<T, std::int64_t>(warp);
}

}  // namespace

void add_interpolation(Kernels& kernels) {
    kernels.linear32 = linear32;
    kernels.linear64 = linear64;
    kernels.nearest8 = nearest<std::uint8_t>;
    kernels.nearest16 = nearest<std::uint16_t>;
    kernels.nearest32 = nearest<std::uint32_t>;
    kernels.nearest64 = nearest<std::uint64_t>;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
