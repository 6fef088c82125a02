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

    template <class Run>
    bool run(const Run& body) const {
        const Team team(out_.size(), arguments_.cancel);
        // One long row (a list of points) is cut as well.
        const Index length = smaller(out_.x, Index{4096});
        const Index pieces = (out_.x + length - 1) / length;
        const Index rows = out_.z * out_.y;
        const Index batch = larger(4096 / larger(length, Index{1}), Index{1});
        const Index batches = (rows + batch - 1) / batch;
        return team.run(batches * pieces, [&](Index task, int) {
            const Index start = task % pieces * length;
            const Index stop = smaller(start + length, out_.x);
            const Index first = task / pieces * batch;
            const Index last = smaller(first + batch, rows);
            for (Index row = first; row < last; ++row) {
                for (Index x = start; x < stop; x += run_length) {
                    const int count = static_cast<int>(smaller(run_length, stop - x));
                    Positions positions;
                    locate(row / out_.y, row % out_.y, x, count, positions);
                    body(positions, arguments_.out + row * out_.x + x, count);
                }
            }
        });
    }

    // Whether a point is in the array, by the rule of the face.
    FIDUCIAL_INLINE bool inside(const Positions& positions, int i) const {
        bool is_inside = true;
        for (int axis = 0; axis < 3; ++axis) {
            const double at = positions.at[axis][i];
            is_inside &= at >= -0.5 - slack && at <= last_[axis] + 0.5 + slack;
        }
        return is_inside;
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

// Where the lower neighbour of each point of a run is, and how far beyond it the point lies.
template <class T, class Offset>
struct Neighbours {
    T fraction[3][run_length];
    Offset offset[run_length];
    std::int64_t outside[run_length];
    bool any_outside;
};

template <class T, class Offset>
FIDUCIAL_INLINE void find_neighbours(const Warp<T>& warp, const Positions& positions,
                                     Neighbours<T, Offset>& found) {
    typedef Vector<double> V;
    typedef Vector<std::int64_t> Mask;
    constexpr int width = lanes<double>;
    typedef Matching<T> Narrow;
    typedef Matching<std::int32_t> Whole;
    typedef Matching<Offset> Offsets;
    Mask out_of_run = Mask{};
    for (int i = 0; i < run_length; i += width) {
        Mask out_here = Mask{};
        V offset = V{};
        for (int axis = 0; axis < 3; ++axis) {
            const V zero = V{};
            const V last = splat(warp.last_[axis]);
            const V at = load(positions.at[axis] + i);
            // Written so that a NaN is outside and does not survive the clamp.
            const Mask in = (at >= splat(-0.5 - slack)) & (at <= last + splat(0.5 + slack));
            out_here |= ~in;
            V clamped = at > zero ? at : zero;
            clamped = clamped < last ? clamped : last;
            V lower = __builtin_convertvector(__builtin_convertvector(clamped, Whole), V);
            const V highest = greater(last - splat(1.0), zero);
            lower = lesser(lower, highest);
            const Narrow fraction = __builtin_convertvector(clamped - lower, Narrow);
            __builtin_memcpy(found.fraction[axis] + i, &fraction, sizeof(fraction));
            offset += lower * splat(static_cast<double>(warp.stride_[axis]));
        }
        const Offsets offsets = __builtin_convertvector(offset, Offsets);
        __builtin_memcpy(found.offset + i, &offsets, sizeof(offsets));
        store(found.outside + i, out_here);
        out_of_run |= out_here;
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
        const float fy = near.fraction[1][i];
        if (!flat) {
            const float fz = near.fraction[0][i];
            const Quad next = two_pairs(corner + deep, corner + deep + down);
            plane = plane * (1 - fz) + next * fz;
        }
        const Quad upper = __builtin_shufflevector(plane, plane, 2, 3, 2, 3);
        const Quad line = plane * (1 - fy) + upper * fy;
        __builtin_memcpy(pairs + 2 * i, &line, 8);
    }
    for (int i = 0; i < run_length; ++i) {
        const float fx = near.fraction[2][i];
        values[i] = pairs[2 * i] * (1 - fx) + pairs[2 * i + 1] * fx;
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
        const T fz = near.fraction[0][i];
        const T fy = near.fraction[1][i];
        const T fx = near.fraction[2][i];
        const auto line = [&](const T* at) __attribute__((always_inline)) {
            return at[0] * (1 - fx) + at[along] * fx;
        };
        const T near_plane = line(corner) * (1 - fy) + line(corner + down) * fy;
        corner += deep;
        const T far_plane = line(corner) * (1 - fy) + line(corner + down) * fy;
        values[i] = near_plane * (1 - fz) + far_plane * fz;
    }
}

template <class T, class Offset, class Blend>
bool linear_with(const Warp<T>& warp, const Blend& blend_run) {
    return warp.run([&](const Positions& positions, T* out, int count) {
        Neighbours<T, Offset> near;
        find_neighbours<T, Offset>(warp, positions, near);
        T values[run_length] = {};
        blend_run(near, count, values);
        Vector<T> sum = Vector<T>{};
        for (int i = 0; i < run_length; i += lanes<T>) sum += load(values + i) * T{0};
        if (any(sum != sum)) {  // a NaN or an infinity took part, perhaps with weight zero
            for (int i = 0; i < count; ++i) {
                if (!(values[i] * 0 == 0)) {
                    values[i] = careful(warp, static_cast<Index>(near.offset[i]),
                                        near.fraction[0][i], near.fraction[1][i],
                                        near.fraction[2][i]);
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

template <class T>
bool nearest(const WarpArguments<T>& arguments) {
    const Warp<T> warp(arguments);
    return warp.run([&](const Positions& positions, T* out, int count) {
        for (int i = 0; i < count; ++i) {
            Index offset = 0;
            if (!warp.inside(positions, i)) {
                out[i] = arguments.outside;
                continue;
            }
            for (int axis = 0; axis < 3; ++axis) {
                double at = positions.at[axis][i] + (0.5 + slack);
                at = at > 0 ? at : 0;
                at = at < warp.last_[axis] ? at : warp.last_[axis];
                offset += static_cast<Index>(at) * warp.stride_[axis];
            }
            out[i] = arguments.in[offset];
        }
    });
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
