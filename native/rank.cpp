// Medians of 3 x 3, 5 x 5 and 3 x 3 x 3 voxels by merging sorted lists, a vector at a time.
//
// Two output rows share most of their neighbourhood: the shared part is sorted once.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

template <class V, int N>
struct Sorted {
    V at[N];
};

// Batcher's odd-even merge of two sorted lists.
template <class V, int A, int B>
FIDUCIAL_INLINE Sorted<V, A + B> merge(const Sorted<V, A>& a, const Sorted<V, B>& b) {
    Sorted<V, A + B> out;
    if constexpr (A == 1 && B == 1) {
        out.at[0] = lesser(a.at[0], b.at[0]);
        out.at[1] = greater(a.at[0], b.at[0]);
    } else {
        constexpr int even_a = (A + 1) / 2, even_b = (B + 1) / 2, odd_a = A / 2, odd_b = B / 2;
        Sorted<V, even_a> first_a;
        Sorted<V, even_b> first_b;
#pragma GCC unroll 32
        for (int i = 0; i < even_a; ++i) first_a.at[i] = a.at[2 * i];
#pragma GCC unroll 32
        for (int i = 0; i < even_b; ++i) first_b.at[i] = b.at[2 * i];
        const Sorted<V, even_a + even_b> even = merge(first_a, first_b);
        Sorted<V, odd_a + odd_b> odd;
        if constexpr (odd_a == 0) {
#pragma GCC unroll 32
            for (int i = 0; i < odd_b; ++i) odd.at[i] = b.at[2 * i + 1];
        } else if constexpr (odd_b == 0) {
#pragma GCC unroll 32
            for (int i = 0; i < odd_a; ++i) odd.at[i] = a.at[2 * i + 1];
        } else {
            Sorted<V, odd_a> second_a;
            Sorted<V, odd_b> second_b;
#pragma GCC unroll 32
            for (int i = 0; i < odd_a; ++i) second_a.at[i] = a.at[2 * i + 1];
#pragma GCC unroll 32
            for (int i = 0; i < odd_b; ++i) second_b.at[i] = b.at[2 * i + 1];
            odd = merge(second_a, second_b);
        }
        constexpr int evens = even_a + even_b, odds = odd_a + odd_b;
        constexpr int pairs = odds < evens - 1 ? odds : evens - 1;
        out.at[0] = even.at[0];
#pragma GCC unroll 32
        for (int i = 0; i < pairs; ++i) {
            out.at[1 + 2 * i] = lesser(odd.at[i], even.at[i + 1]);
            out.at[2 + 2 * i] = greater(odd.at[i], even.at[i + 1]);
        }
        if constexpr (odds > pairs) out.at[A + B - 1] = odd.at[pairs];
        if constexpr (evens > pairs + 1) out.at[A + B - 1] = even.at[pairs + 1];
    }
    return out;
}

template <int N, class V>
FIDUCIAL_INLINE Sorted<V, N> sort(const V* values) {
    if constexpr (N == 1) {
        return Sorted<V, 1>{{values[0]}};
    } else {
        return merge(sort<N / 2>(values), sort<N - N / 2>(values + N / 2));
    }
}

// The K-th smallest (from 1) of two sorted lists.
template <int K, class V, int A, int B>
FIDUCIAL_INLINE V kth(const Sorted<V, A>& a, const Sorted<V, B>& b) {
    constexpr int low = K > B ? K - B : 0, high = A < K ? A : K;
    V found = V{};
#pragma GCC unroll 32
    for (int i = low; i <= high; ++i) {
        const int j = K - i;
        const V candidate = i == 0   ? b.at[j - 1]
                            : j == 0 ? a.at[i - 1]
                                     : greater(a.at[i - 1], b.at[j - 1]);
        found = i == low ? candidate : lesser(found, candidate);
    }
    return found;
}

// What the three sizes share: rows with room for the border, and what to do about NaN.
template <class T>
class Rank {
public:
    explicit Rank(const MedianArguments<T>& arguments)
        : arguments_(arguments),
          shape_(arguments.shape),
          team_(arguments.shape.size(), arguments.cancel),
          stride_((shape_.x + 3 * lanes<T> + 15) / 16 * 16 + 16) {}

    bool run() {
        if (arguments_.dimensions == 3) return cubes();
        return arguments_.size == 3 ? small_squares() : large_squares();
    }

private:
    typedef Vector<T> V;

    static constexpr Index margin = 16;
    static constexpr Index rows_per_task = 16;

    // A pointer to a row of the input, or to a row of the constant.
    FIDUCIAL_INLINE const T* row(Index z, Index y, const T* constant) const {
        const Index from_z = border_index(z, shape_.z, arguments_.border);
        const Index from_y = border_index(y, shape_.y, arguments_.border);
        if (from_z < 0 || from_y < 0) return constant;
        return arguments_.in + (from_z * shape_.y + from_y) * shape_.x;
    }

    // Fills `reach` samples on both sides of a row in scratch.
    FIDUCIAL_INLINE void extend(T* line, Index reach) const {
        for (Index i = 1; i <= reach; ++i) {
            const Index before = border_index(-i, shape_.x, arguments_.border);
            const Index after = border_index(shape_.x - 1 + i, shape_.x, arguments_.border);
            line[-i] = before < 0 ? arguments_.constant : line[before];
            line[shape_.x - 1 + i] = after < 0 ? arguments_.constant : line[after];
        }
    }

    T* constant_row(void* memory) const {
        T* line = static_cast<T*>(memory);
        for (Index i = 0; i < stride_; ++i) line[i] = arguments_.constant;
        return line;
    }

    // Reads a vector at x, or the last of the row where it would read beyond: the lanes past the
    // end are then those of the last voxel, and are never written out.
    FIDUCIAL_INLINE V read(const T* line, Index x) const {
        if (x + lanes<T> <= shape_.x) return load(line + x);
        V value = V{};
        __builtin_memcpy(&value, line + x, static_cast<std::size_t>(shape_.x - x) * sizeof(T));
        return value;
    }

    FIDUCIAL_INLINE void write(T* line, Index x, V value) const {
        if (x + lanes<T> <= shape_.x) {
            store(line + x, value);
        } else {
            __builtin_memcpy(line + x, &value, static_cast<std::size_t>(shape_.x - x) * sizeof(T));
        }
    }

    // Whether a row, at any distance that matters here, holds a NaN.
    bool has_nan(const T* line) const {
        V sum = V{};
        for (Index x = 0; x < shape_.x; x += lanes<T>) {
            const V value = read(line, x);
            sum += value != value ? splat(T{1}) : V{};
        }
        return any(sum != V{});
    }

    // Minima and maxima lose NaN: the neighbourhoods that hold one are marked afterwards.
    void mark_nan(Index z, Index y) const {
        const Index reach = arguments_.size / 2;
        const Index deep = arguments_.dimensions == 3 ? reach : 0;
        T* out = arguments_.out + (z * shape_.y + y) * shape_.x;
        for (Index x = 0; x < shape_.x; ++x) {
            bool found = false;
            for (Index k = -deep; k <= deep; ++k) {
                for (Index j = -reach; j <= reach; ++j) {
                    for (Index i = -reach; i <= reach; ++i) {
                        const Index a = border_index(z + k, shape_.z, arguments_.border);
                        const Index b = border_index(y + j, shape_.y, arguments_.border);
                        const Index c = border_index(x + i, shape_.x, arguments_.border);
                        const bool beyond = a < 0 || b < 0 || c < 0;
                        const T value =
                            beyond ? arguments_.constant
                                   : arguments_.in[(a * shape_.y + b) * shape_.x + c];
                        found |= value != value;
                    }
                }
            }
            if (found) out[x] = static_cast<T>(__builtin_nanf(""));
        }
    }

    // Marks the rows [first, last) of a slice if anything near them is NaN.
    void check_nan(Index z, Index first, Index last, const T* constant) const {
        const Index reach = arguments_.size / 2;
        const Index deep = arguments_.dimensions == 3 ? reach : 0;
        bool found = arguments_.constant != arguments_.constant;
        for (Index k = z - deep; k <= z + deep && !found; ++k) {
            for (Index j = first - reach; j < last + reach && !found; ++j) {
                const T* line = row(k, j, constant);
                found = line != constant && has_nan(line);
            }
        }
        for (Index y = first; found && y < last; ++y) mark_nan(z, y);
    }

    bool small_squares() {
        const Scratch scratch(team_.slots(), static_cast<std::size_t>(4 * stride_) * sizeof(T));
        const Index blocks = (shape_.y + rows_per_task - 1) / rows_per_task;
        return team_.run(shape_.z * blocks, [&](Index task, int slot) {
            T* constant = constant_row(scratch.at(slot));
            T* lines[3];
            for (int i = 0; i < 3; ++i) lines[i] = constant + (i + 1) * stride_ + margin;
            const Index z = task / blocks;
            const Index first = task % blocks * rows_per_task;
            const Index last = smaller(first + rows_per_task, shape_.y);
            for (Index y = first; y < last; ++y) {
                const T* above = row(z, y - 1, constant);
                const T* here = row(z, y, constant);
                const T* below = row(z, y + 1, constant);
                for (Index x = 0; x < shape_.x; x += lanes<T>) {
                    const V column[3] = {read(above, x), read(here, x), read(below, x)};
                    const Sorted<V, 3> sorted = sort<3>(column);
                    for (int i = 0; i < 3; ++i) write(lines[i], x, sorted.at[i]);
                }
                for (int i = 0; i < 3; ++i) extend(lines[i], 1);
                T* out = arguments_.out + (z * shape_.y + y) * shape_.x;
                for (Index x = 0; x < shape_.x; x += lanes<T>) {
                    V low = load(lines[0] + x - 1), high = load(lines[2] + x - 1);
                    V middle[3];
                    for (int i = 0; i < 3; ++i) {
                        low = greater(low, load(lines[0] + x - 1 + i));
                        high = lesser(high, load(lines[2] + x - 1 + i));
                        middle[i] = load(lines[1] + x - 1 + i);
                    }
                    const V last_three[3] = {low, sort<3>(middle).at[1], high};
                    write(out, x, sort<3>(last_three).at[1]);
                }
            }
            check_nan(z, first, last, constant);
        });
    }

    bool large_squares() {
        const Scratch scratch(team_.slots(), static_cast<std::size_t>(7 * stride_) * sizeof(T));
        const Index blocks = (shape_.y + rows_per_task - 1) / rows_per_task;
        return team_.run(shape_.z * blocks, [&](Index task, int slot) {
            T* constant = constant_row(scratch.at(slot));
            T* lines[6];
            for (int i = 0; i < 6; ++i) lines[i] = constant + (i + 1) * stride_ + margin;
            const Index z = task / blocks;
            const Index first = task % blocks * rows_per_task;
            const Index last = smaller(first + rows_per_task, shape_.y);
            for (Index y = first; y < last; y += 2) {
                const T* rows[6];
                for (int i = 0; i < 6; ++i) rows[i] = row(z, y - 2 + i, constant);
                for (Index x = 0; x < shape_.x; x += lanes<T>) {
                    V column[4];
                    for (int i = 0; i < 4; ++i) column[i] = read(rows[i + 1], x);
                    const Sorted<V, 4> sorted = sort<4>(column);
                    for (int i = 0; i < 4; ++i) write(lines[i], x, sorted.at[i]);
                    write(lines[4], x, read(rows[0], x));
                    write(lines[5], x, read(rows[5], x));
                }
                for (int i = 0; i < 6; ++i) extend(lines[i], 2);
                T* out = arguments_.out + (z * shape_.y + y) * shape_.x;
                const bool two = y + 1 < last;
                for (Index x = 0; x < shape_.x; x += lanes<T>) {
                    Sorted<V, 4> column[5];
                    V upper[5], lower[5];
#pragma GCC unroll 8
                    for (int j = 0; j < 5; ++j) {
#pragma GCC unroll 8
                        for (int i = 0; i < 4; ++i) column[j].at[i] = load(lines[i] + x - 2 + j);
                        upper[j] = load(lines[4] + x - 2 + j);
                        lower[j] = load(lines[5] + x - 2 + j);
                    }
                    const Sorted<V, 20> shared =
                        merge(merge(merge(column[0], column[1]), merge(column[2], column[3])),
                              column[4]);
                    write(out, x, kth<13>(shared, sort<5>(upper)));
                    if (two) write(out + shape_.x, x, kth<13>(shared, sort<5>(lower)));
                }
            }
            check_nan(z, first, last, constant);
        });
    }

    // The nine samples of rows y of three slices around each x, sorted, in nine lines.
    void sort_nine(Index z, Index y, const T* constant, T* triples, T* nine) const {
        const T* rows[3];
        for (int i = 0; i < 3; ++i) rows[i] = row(z - 1 + i, y, constant);
        T* lines[3];
        for (int i = 0; i < 3; ++i) lines[i] = triples + i * stride_ + margin;
        for (Index x = 0; x < shape_.x; x += lanes<T>) {
            const V column[3] = {read(rows[0], x), read(rows[1], x), read(rows[2], x)};
            const Sorted<V, 3> sorted = sort<3>(column);
            for (int i = 0; i < 3; ++i) write(lines[i], x, sorted.at[i]);
        }
        for (int i = 0; i < 3; ++i) extend(lines[i], 1);
        for (Index x = 0; x < shape_.x; x += lanes<T>) {
            Sorted<V, 3> column[3];
#pragma GCC unroll 8
            for (int j = 0; j < 3; ++j) {
#pragma GCC unroll 8
                for (int i = 0; i < 3; ++i) column[j].at[i] = load(lines[i] + x - 1 + j);
            }
            const Sorted<V, 9> sorted = merge(merge(column[0], column[1]), column[2]);
            for (int i = 0; i < 9; ++i) store(nine + i * stride_ + x, sorted.at[i]);
        }
    }

    bool cubes() {
        const Scratch scratch(team_.slots(), static_cast<std::size_t>(40 * stride_) * sizeof(T));
        return team_.run(shape_.z, [&](Index z, int slot) {
            T* constant = constant_row(scratch.at(slot));
            T* triples = constant + stride_;
            T* ring = triples + 3 * stride_;
            const auto lines = [&](Index y) { return ring + ((y + 4) % 4) * 9 * stride_; };
            const auto take = [&](Index y, Index x) __attribute__((always_inline)) {
                const T* from = lines(y) + x;
                Sorted<V, 9> taken;
#pragma GCC unroll 16
                for (int i = 0; i < 9; ++i) taken.at[i] = load(from + i * stride_);
                return taken;
            };
            sort_nine(z, -1, constant, triples, lines(-1));
            sort_nine(z, 0, constant, triples, lines(0));
            for (Index y = 0; y < shape_.y; y += 2) {
                sort_nine(z, y + 1, constant, triples, lines(y + 1));
                sort_nine(z, y + 2, constant, triples, lines(y + 2));
                T* out = arguments_.out + (z * shape_.y + y) * shape_.x;
                const bool two = y + 1 < shape_.y;
                for (Index x = 0; x < shape_.x; x += lanes<T>) {
                    const Sorted<V, 18> shared = merge(take(y, x), take(y + 1, x));
                    write(out, x, kth<14>(shared, take(y - 1, x)));
                    if (two) write(out + shape_.x, x, kth<14>(shared, take(y + 2, x)));
                }
            }
            check_nan(z, 0, shape_.y, constant);
        });
    }

    const MedianArguments<T>& arguments_;
    Shape shape_;
    Team team_;
    Index stride_;
};

template <class T>
bool median(const MedianArguments<T>& arguments) {
    return Rank<T>(arguments).run();
}

}  // namespace

void add_rank(Kernels& kernels) {
    kernels.median32 = median<float>;
    kernels.median64 = median<double>;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
