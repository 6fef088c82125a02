// Separable and dense convolution.
//
// Separable: the z pass runs over blocks small enough for the planes that a kernel spans to stay
// in the second-level cache; then y and x are done together, plane by plane.  Four output rows
// are computed from one load of each input row.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

constexpr Index z_pass_bytes = 192 * 1024;
constexpr Index rows_per_task = 32;

// out[i][x] = sum over k of weights[k] * rows[k + i][x], for four i at once.  Needs 3 taps.
template <class T, int Width>
FIDUCIAL_INLINE void four_rows(const T* const* rows, const T* weights, Index taps, T* const* out,
                               Index x) {
    Vector<T> sum[4][Width];
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < Width; ++j) sum[i][j] = Vector<T>{};
    const auto add = [&](Index k, int first, int last) __attribute__((always_inline)) {
        const T* row = rows[k] + x;
        Vector<T> value[Width];
        for (int j = 0; j < Width; ++j) value[j] = load(row + j * lanes<T>);
        for (int i = first; i <= last; ++i) {
            const Vector<T> weight = splat(weights[k - i]);
            for (int j = 0; j < Width; ++j) {
                sum[i][j] = multiply_add(value[j], weight, sum[i][j]);
            }
        }
    };
    add(0, 0, 0);
    add(1, 0, 1);
    add(2, 0, 2);
    for (Index k = 3; k < taps; ++k) add(k, 0, 3);
    add(taps, 1, 3);
    add(taps + 1, 2, 3);
    add(taps + 2, 3, 3);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < Width; ++j) store(out[i] + x + j * lanes<T>, sum[i][j]);
}

template <class T, int Width>
FIDUCIAL_INLINE void one_row(const T* const* rows, const T* weights, Index taps, T* out, Index x) {
    Vector<T> sum[Width];
    for (int j = 0; j < Width; ++j) sum[j] = Vector<T>{};
    for (Index k = 0; k < taps; ++k) {
        const Vector<T> weight = splat(weights[k]);
        const T* row = rows[k] + x;
        for (int j = 0; j < Width; ++j) {
            sum[j] = multiply_add(load(row + j * lanes<T>), weight, sum[j]);
        }
    }
    for (int j = 0; j < Width; ++j) store(out + x + j * lanes<T>, sum[j]);
}

// As one_row, where the rows are one line read from successive samples.
template <class T, int Width>
FIDUCIAL_INLINE void one_line(const T* line, const T* weights, Index taps, T* out, Index x) {
    Vector<T> sum[Width];
    for (int j = 0; j < Width; ++j) sum[j] = Vector<T>{};
    for (Index k = 0; k < taps; ++k) {
        const Vector<T> weight = splat(weights[k]);
        for (int j = 0; j < Width; ++j) {
            sum[j] = multiply_add(load(line + x + k + j * lanes<T>), weight, sum[j]);
        }
    }
    for (int j = 0; j < Width; ++j) store(out + x + j * lanes<T>, sum[j]);
}

template <class T>
void weigh_row(const T* const* rows, const T* weights, Index taps, T* out, Index count) {
    constexpr int width = 4;
    Index x = 0;
    for (; x + width * lanes<T> <= count; x += width * lanes<T>) {
        one_row<T, width>(rows, weights, taps, out, x);
    }
    for (; x + lanes<T> <= count; x += lanes<T>) one_row<T, 1>(rows, weights, taps, out, x);
    for (; x < count; ++x) {
        T sum = 0;
        for (Index k = 0; k < taps; ++k) sum = multiply_add(rows[k][x], weights[k], sum);
        out[x] = sum;
    }
}

template <class T>
void weigh_line(const T* line, const T* weights, Index taps, T* out, Index count) {
    constexpr int width = 8;
    Index x = 0;
    for (; x + width * lanes<T> <= count; x += width * lanes<T>) {
        one_line<T, width>(line, weights, taps, out, x);
    }
    for (; x + lanes<T> <= count; x += lanes<T>) one_line<T, 1>(line, weights, taps, out, x);
    for (; x < count; ++x) {
        T sum = 0;
        for (Index k = 0; k < taps; ++k) sum = multiply_add(line[x + k], weights[k], sum);
        out[x] = sum;
    }
}

// `rows` holds taps + 3 pointers if four rows are wanted, taps if one is.
template <class T>
void weigh_rows(const T* const* rows, const T* weights, Index taps, T* const* out, int wanted,
                Index count) {
    if (wanted < 4 || taps < 3) {
        for (int i = 0; i < wanted; ++i) weigh_row(rows + i, weights, taps, out[i], count);
        return;
    }
    constexpr int width = registers >= 32 ? 4 : 2;
    Index x = 0;
    for (; x + width * lanes<T> <= count; x += width * lanes<T>) {
        four_rows<T, width>(rows, weights, taps, out, x);
    }
    for (; x + lanes<T> <= count; x += lanes<T>) four_rows<T, 1>(rows, weights, taps, out, x);
    for (; x < count; ++x) {
        for (int i = 0; i < 4; ++i) {
            T sum = 0;
            for (Index k = 0; k < taps; ++k) sum = multiply_add(rows[k + i][x], weights[k], sum);
            out[i][x] = sum;
        }
    }
}

// One axis: its weights in the order of correlation, and how far they reach to the left.
template <class T>
struct Axis {
    const T* weights = nullptr;
    Index taps = 0;
    Index left = 0;
    bool used() const { return weights != nullptr; }
};

template <class T>
class Separable {
public:
    explicit Separable(const SeparableArguments<T>& arguments)
        : arguments_(arguments),
          shape_(arguments.shape),
          team_(arguments.shape.size(), arguments.cancel),
          tables_(1, sizeof(Index) * static_cast<std::size_t>(arguments.lengths[2]) +
                         sizeof(T) * static_cast<std::size_t>(arguments.lengths[0] +
                                                              arguments.lengths[1] +
                                                              arguments.lengths[2] + 1)) {
        beyond_ = static_cast<Index*>(tables_.at(0));
        T* next = reinterpret_cast<T*>(beyond_ + arguments.lengths[2]);
        for (int axis = 0; axis < 3; ++axis) {
            const Index taps = arguments.lengths[axis];
            if (arguments.weights[axis] == nullptr) continue;
            axes_[axis].weights = next;
            axes_[axis].taps = taps;
            axes_[axis].left = taps - 1 - taps / 2;
            for (Index k = 0; k < taps; ++k) {
                *next++ = static_cast<T>(arguments.weights[axis][taps - 1 - k]);
            }
        }
        const Axis<T>& along = axes_[2];
        for (Index k = 0; k < along.taps - 1; ++k) {
            const Index x = k < along.left ? k - along.left : shape_.x + k - along.left;
            beyond_[k] = border_index(x, shape_.x, arguments.border);
        }
    }

    bool run() {
        if (axes_[0].used() && !along_z()) return false;
        if (!axes_[1].used() && !axes_[2].used()) return true;
        const bool in_place = axes_[0].used();
        return in_place && axes_[1].used() ? whole_planes() : row_blocks(in_place);
    }

private:
    bool along_z() {
        const Axis<T>& axis = axes_[0];
        const Index plane = shape_.plane();
        const Index span = (axis.taps + 3 + 7) / 8 * 8;
        Index length = z_pass_bytes / (span * static_cast<Index>(sizeof(T))) / 64 * 64;
        length = smaller(larger(length, Index{256}), plane);
        const Index blocks = (plane + length - 1) / length;
        // Few blocks cannot feed many threads: then the stack is cut too.
        const Index depth = blocks >= 32 ? shape_.z : smaller(shape_.z, Index{64});
        const Index stacks = (shape_.z + depth - 1) / depth;
        const std::size_t edge = static_cast<std::size_t>(length) * sizeof(T);
        const Scratch scratch(team_.slots(), edge + static_cast<std::size_t>(span) * sizeof(T*));
        return team_.run(blocks * stacks, [&](Index task, int slot) {
            const T** rows = static_cast<const T**>(scratch.at(slot));
            T* constant = reinterpret_cast<T*>(rows + span);
            const Index start = task % blocks * length;
            const Index count = smaller(length, plane - start);
            const Index first = task / blocks * depth;
            const Index last = smaller(first + depth, shape_.z);
            if (arguments_.border == Border::constant) fill(constant, count);
            T* out[4];
            for (Index z = first; z < last; z += 4) {
                const int wanted = static_cast<int>(smaller(Index{4}, last - z));
                for (Index k = 0; k < axis.taps + wanted - 1; ++k) {
                    const Index from =
                        border_index(z - axis.left + k, shape_.z, arguments_.border);
                    rows[k] = from < 0 ? constant : arguments_.in + from * plane + start;
                }
                for (int i = 0; i < wanted; ++i) out[i] = arguments_.out + (z + i) * plane + start;
                weigh_rows(rows, axis.weights, axis.taps, out, wanted, count);
            }
        });
    }

    // What the y and x passes need beside their source: lines with room for the border, a line
    // of the constant, and pointers to rows.
    std::size_t line_bytes() const {
        return sizeof(T) * static_cast<std::size_t>(5 * line_stride()) +
               sizeof(T*) * static_cast<std::size_t>(row_pointers());
    }
    Index row_pointers() const { return (axes_[1].taps + 3 + 7) / 8 * 8; }
    Index line_stride() const { return (shape_.x + axes_[2].taps + 2 * 64) / 64 * 64 + 16; }

    // Does rows [first, last) of one plane; row(y) says where a row of the source is.
    template <class Row>
    FIDUCIAL_INLINE void rows_of_plane(Index first, Index last, T* out, void* memory,
                                       const Row& row) const {
        const Axis<T>& down = axes_[1];
        const Axis<T>& along = axes_[2];
        const Index stride = line_stride();
        const T** rows = static_cast<const T**>(memory);
        T* constant = reinterpret_cast<T*>(rows + row_pointers());
        T* lines = constant + stride;
        if (arguments_.border == Border::constant) fill(constant, shape_.x);
        for (Index y = first; y < last; y += 4) {
            const int wanted = static_cast<int>(smaller(Index{4}, last - y));
            T* targets[4];
            for (int i = 0; i < wanted; ++i) {
                targets[i] = along.used() ? lines + i * stride + along.left
                                          : out + (y + i) * shape_.x;
            }
            if (down.used()) {
                for (Index k = 0; k < down.taps + wanted - 1; ++k) {
                    const Index from = border_index(y - down.left + k, shape_.y, arguments_.border);
                    rows[k] = from < 0 ? constant : row(from);
                }
                weigh_rows(rows, down.weights, down.taps, targets, wanted, shape_.x);
            } else {
                for (int i = 0; i < wanted; ++i) copy(targets[i], row(y + i), shape_.x);
            }
            if (!along.used()) continue;
            for (int i = 0; i < wanted; ++i) {
                extend(lines + i * stride);
                weigh_line(lines + i * stride, along.weights, along.taps,
                           out + (y + i) * shape_.x, shape_.x);
            }
        }
    }

    // Fills the border of a line whose samples begin at `left`.
    FIDUCIAL_INLINE void extend(T* line) const {
        const Axis<T>& along = axes_[2];
        T* samples = line + along.left;
        for (Index k = 0; k < along.taps - 1; ++k) {
            const Index to = k < along.left ? k - along.left : shape_.x + k - along.left;
            samples[to] = beyond_[k] < 0 ? arguments_.constant : samples[beyond_[k]];
        }
    }

    bool whole_planes() {
        // The rows of the copy are spaced so that they do not fall into the same cache sets.
        const Index stride = shape_.x + 16;
        const std::size_t plane_bytes =
            sizeof(T) * static_cast<std::size_t>((shape_.y * stride + 15) / 16 * 16);
        const Scratch scratch(team_.slots(), plane_bytes + line_bytes());
        return team_.run(shape_.z, [&](Index z, int slot) {
            T* plane = static_cast<T*>(scratch.at(slot));
            T* out = arguments_.out + z * shape_.plane();
            for (Index y = 0; y < shape_.y; ++y) {
                copy(plane + y * stride, out + y * shape_.x, shape_.x);
            }
            rows_of_plane(0, shape_.y, out, reinterpret_cast<char*>(plane) + plane_bytes,
                          [&](Index y) { return plane + y * stride; });
        });
    }

    bool row_blocks(bool in_place) {
        const Scratch scratch(team_.slots(), line_bytes());
        const Index blocks = (shape_.y + rows_per_task - 1) / rows_per_task;
        return team_.run(shape_.z * blocks, [&](Index task, int slot) {
            const Index start = task / blocks * shape_.plane();
            const Index first = task % blocks * rows_per_task;
            const T* in = (in_place ? arguments_.out : arguments_.in) + start;
            rows_of_plane(first, smaller(first + rows_per_task, shape_.y), arguments_.out + start,
                          scratch.at(slot), [&](Index y) { return in + y * shape_.x; });
        });
    }

    void fill(T* line, Index count) const {
        for (Index x = 0; x < count; ++x) line[x] = arguments_.constant;
    }

    const SeparableArguments<T>& arguments_;
    Shape shape_;
    Team team_;
    Scratch tables_;
    Index* beyond_;  // where the samples beyond both ends of a line come from
    Axis<T> axes_[3];
};

template <class T>
bool separable(const SeparableArguments<T>& arguments) {
    return Separable<T>(arguments).run();
}

// Each task copies the rows it needs, border included, and weighs them at every offset whose
// weight is not zero.
template <class T>
bool dense(const DenseArguments<T>& arguments) {
    const Shape shape = arguments.shape;
    const Shape kernel = arguments.kernel_shape;
    Index taps = 0;
    for (Index i = 0; i < kernel.size(); ++i) taps += arguments.kernel[i] != 0;
    const Index rows = rows_per_task + kernel.y - 1;
    const Index stride = shape.x + kernel.x - 1;
    const Team team(shape.size() * larger(taps / 8, Index{1}), arguments.cancel);
    const std::size_t pointer_bytes = sizeof(T*) * static_cast<std::size_t>(taps + 1);
    const std::size_t weight_bytes = sizeof(T) * static_cast<std::size_t>(taps + 1);
    const std::size_t tile_bytes = sizeof(T) * static_cast<std::size_t>(kernel.z * rows * stride);
    const Scratch scratch(team.slots(), pointer_bytes + tile_bytes + weight_bytes);
    const Index blocks = (shape.y + rows_per_task - 1) / rows_per_task;
    const Index left_z = kernel.z - 1 - kernel.z / 2;
    const Index left_y = kernel.y - 1 - kernel.y / 2;
    const Index left_x = kernel.x - 1 - kernel.x / 2;
    return team.run(shape.z * blocks, [&](Index task, int slot) {
        const T** pointers = static_cast<const T**>(scratch.at(slot));
        T* weights = reinterpret_cast<T*>(pointers + taps + 1);
        T* tile = weights + taps + 1;
        const Index z = task / blocks;
        const Index first = task % blocks * rows_per_task;
        const Index last = smaller(first + rows_per_task, shape.y);
        for (Index k = 0; k < kernel.z; ++k) {
            const Index from_z = border_index(z - left_z + k, shape.z, arguments.border);
            for (Index j = 0; j < last - first + kernel.y - 1; ++j) {
                const Index from_y = border_index(first - left_y + j, shape.y, arguments.border);
                T* line = tile + (k * rows + j) * stride;
                if (from_z < 0 || from_y < 0) {
                    for (Index x = 0; x < stride; ++x) line[x] = arguments.constant;
                    continue;
                }
                const T* source = arguments.in + (from_z * shape.y + from_y) * shape.x;
                copy(line + left_x, source, shape.x);
                const auto at = [&](Index x) {
                    const Index from = border_index(x, shape.x, arguments.border);
                    return from < 0 ? arguments.constant : source[from];
                };
                for (Index x = 0; x < left_x; ++x) line[x] = at(x - left_x);
                for (Index x = left_x + shape.x; x < stride; ++x) line[x] = at(x - left_x);
            }
        }
        for (Index y = first; y < last; ++y) {
            Index used = 0;
            for (Index i = 0; i < kernel.size(); ++i) {
                const double weight = arguments.kernel[kernel.size() - 1 - i];
                if (weight == 0) continue;
                const Index k = i / kernel.plane();
                const Index j = i / kernel.x % kernel.y;
                weights[used] = static_cast<T>(weight);
                pointers[used++] = tile + (k * rows + y - first + j) * stride + i % kernel.x;
            }
            weigh_row(pointers, weights, used, arguments.out + (z * shape.y + y) * shape.x,
                      shape.x);
        }
    });
}

}  // namespace

void add_convolution(Kernels& kernels) {
    kernels.separable32 = separable<float>;
    kernels.separable64 = separable<double>;
    kernels.dense32 = dense<float>;
    kernels.dense64 = dense<double>;
    kernels.vector_bits = 8 * vector_bytes;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
