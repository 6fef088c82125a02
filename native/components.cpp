// Connected components, from runs of voxels along x.
//
// Each row becomes runs; runs of neighbouring rows that touch are joined, the earlier one leading.
// Slabs of rows are joined side by side and then to each other, so that the components, and their
// numbers in array order, do not depend on the threads.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

typedef std::uint64_t Word;

constexpr Word low_bits = 0x0101010101010101ull;
constexpr Word low_sevens = 0x7f7f7f7f7f7f7f7full;
constexpr Index rows_at_least = 64;
constexpr Index slab_voxels = 65536;
constexpr Index slab_planes = 8;

// A bit for each of up to 64 voxels: whether it is not zero.
FIDUCIAL_INLINE Word pack(const std::uint8_t* bytes, Index count) {
    Word word = 0;
    if (count < 64) {
        for (Index i = 0; i < count; ++i) word |= static_cast<Word>(bytes[i] != 0) << i;
        return word;
    }
    for (int i = 0; i < 8; ++i) {
        Word eight;
        __builtin_memcpy(&eight, bytes + 8 * i, 8);
        const Word set = ((((eight & low_sevens) + low_sevens) | eight) >> 7) & low_bits;
        word |= ((set * 0x0102040810204080ull) >> 56) << (8 * i);
    }
    return word;
}

// Calls start(x) and end(x) for every run of a row in turn; end is one beyond the last voxel.
template <class Start, class End>
FIDUCIAL_INLINE void each_run(const std::uint8_t* row, Index size, Word flip, const Start& start,
                              const End& end) {
    Word before = 0;
    for (Index x = 0; x < size; x += 64) {
        const Index count = smaller(Index{64}, size - x);
        const Word used = count == 64 ? ~Word{0} : (Word{1} << count) - 1;
        const Word word = (pack(row + x, count) ^ flip) & used;
        Word changes = word ^ (word << 1 | before);
        before = word >> 63;
        while (changes != 0) {
            const int bit = __builtin_ctzll(changes);
            changes &= changes - 1;
            if ((word >> bit & 1) != 0) {
                start(x + bit);
            } else {
                end(x + bit);
            }
        }
    }
    // The bits beyond the row are none, so a run that ends with the row has ended, unless the
    // row ends with a word.
    if (before != 0) end(size);
}

bool count_runs(const CountRunsArguments& arguments) {
    const Shape shape = arguments.shape;
    const Team team(shape.size(), arguments.cancel);
    const Index rows = shape.z * shape.y;
    const Word flip = arguments.complement ? ~Word{0} : 0;
    return team.run((rows + rows_at_least - 1) / rows_at_least, [&](Index task, int) {
        const Index last = smaller((task + 1) * rows_at_least, rows);
        for (Index row = task * rows_at_least; row < last; ++row) {
            std::int64_t count = 0;
            each_run(
                arguments.mask + row * shape.x, shape.x, flip,
                [&](Index) __attribute__((always_inline)) { ++count; },
                [&](Index) __attribute__((always_inline)) {});
            arguments.counts[row] = count;
        }
    });
}

class Joining {
public:
    explicit Joining(const JoinRunsArguments& arguments)
        : a_(arguments),
          shape_(arguments.shape),
          rows_(shape_.z * shape_.y),
          slab_(shape_.z > 1 ? slab_planes * shape_.y
                             : larger(Index{1}, slab_voxels / larger(Index{1}, shape_.x))),
          reach_(arguments.full ? 1 : 0) {}

    bool run() const {
        const Team team(shape_.size(), a_.cancel);
        const Index slabs = (rows_ + slab_ - 1) / slab_;
        const bool done = team.run(slabs, [&](Index slab, int) {
            const Index first = slab * slab_;
            const Index last = smaller(first + slab_, rows_);
            for (Index row = first; row < last; ++row) {
                find(row);
                join_row(row, first, row);
            }
        });
        if (!done) return false;
        for (Index slab = 1; slab < slabs; ++slab) {
            if (team.cancelled()) return false;
            const Index first = slab * slab_;
            // Only rows up to one plane and a row into the slab have neighbours before it.
            const Index last = smaller(smaller(first + slab_, rows_), first + shape_.y + 1);
            for (Index row = first; row < last; ++row) join_row(row, 0, first);
        }
        number();
        return true;
    }

private:
    void find(Index row) const {
        Index at = a_.offsets[row], closing = at;
        each_run(
            a_.mask + row * shape_.x, shape_.x, a_.complement ? ~Word{0} : 0,
            [&](Index x) __attribute__((always_inline)) {
                a_.starts[at] = static_cast<std::int32_t>(x);
                a_.labels[at] = static_cast<std::int32_t>(at);
                ++at;
            },
            [&](Index x) __attribute__((always_inline)) {
                a_.ends[closing++] = static_cast<std::int32_t>(x);
            });
    }

    // Joins the runs of a row to those of its earlier neighbours in [first, last).
    void join_row(Index row, Index first, Index last) const {
        if (a_.offsets[row] == a_.offsets[row + 1]) return;
        const Index y = row % shape_.y;
        if (y > 0) join_rows(row, row - 1, first, last);
        if (row < shape_.y) return;
        const Index below = row - shape_.y;
        for (Index d = -reach_; d <= reach_; ++d) {
            if (y + d >= 0 && y + d < shape_.y) join_rows(row, below + d, first, last);
        }
    }

    void join_rows(Index row, Index other, Index first, Index last) const {
        if (other < first || other >= last) return;
        Index i = a_.offsets[row], j = a_.offsets[other];
        const Index i_end = a_.offsets[row + 1], j_end = a_.offsets[other + 1];
        while (i < i_end && j < j_end) {
            if (a_.starts[i] < a_.ends[j] + reach_ && a_.starts[j] < a_.ends[i] + reach_) {
                join(i, j);
            }
            if (a_.ends[i] < a_.ends[j]) {
                ++i;
            } else {
                ++j;
            }
        }
    }

    Index leader(Index run) const {
        while (a_.labels[run] != run) {
            a_.labels[run] = a_.labels[a_.labels[run]];
            run = a_.labels[run];
        }
        return run;
    }

    void join(Index a, Index b) const {
        a = leader(a);
        b = leader(b);
        if (a < b) {
            a_.labels[b] = static_cast<std::int32_t>(a);
        } else {
            a_.labels[a] = static_cast<std::int32_t>(b);
        }
    }

    // Replaces leaders by numbers from 1; a leader comes before those that it leads.
    void number() const {
        std::int32_t count = 0;
        for (Index row = 0; row < rows_; ++row) {
            const Index y = row % shape_.y, z = row / shape_.y;
            const bool at_edge = (shape_.y > 1 && (y == 0 || y == shape_.y - 1)) ||
                                 (shape_.z > 1 && (z == 0 || z == shape_.z - 1));
            for (Index run = a_.offsets[row]; run < a_.offsets[row + 1]; ++run) {
                std::int32_t label = a_.labels[run];
                if (label == run) {
                    label = ++count;
                    a_.sizes[label] = 0;
                    a_.edges[label] = 0;
                } else {
                    label = a_.labels[label];
                }
                a_.labels[run] = label;
                a_.sizes[label] += a_.ends[run] - a_.starts[run];
                a_.edges[label] |= static_cast<std::uint8_t>(
                    at_edge ||
                    (shape_.x > 1 && (a_.starts[run] == 0 || a_.ends[run] == shape_.x)));
            }
        }
        *a_.count = count;
    }

    const JoinRunsArguments& a_;
    Shape shape_;
    Index rows_, slab_, reach_;
};

bool join_runs(const JoinRunsArguments& arguments) { return Joining(arguments).run(); }

template <class T>
bool paint_runs(const PaintRunsArguments<T>& arguments) {
    const Shape shape = arguments.shape;
    const Team team(shape.size(), arguments.cancel);
    const Index rows = shape.z * shape.y;
    return team.run((rows + rows_at_least - 1) / rows_at_least, [&](Index task, int) {
        const Index last = smaller((task + 1) * rows_at_least, rows);
        for (Index row = task * rows_at_least; row < last; ++row) {
            T* out = arguments.out + row * shape.x;
            Index x = 0;
            for (Index run = arguments.offsets[row]; run < arguments.offsets[row + 1]; ++run) {
                for (; x < arguments.starts[run]; ++x) out[x] = arguments.table[0];
                const T value = arguments.table[arguments.labels[run]];
                for (; x < arguments.ends[run]; ++x) out[x] = value;
            }
            for (; x < shape.x; ++x) out[x] = arguments.table[0];
        }
    });
}

}  // namespace

void add_components(Kernels& kernels) {
    kernels.count_runs = count_runs;
    kernels.join_runs = join_runs;
    kernels.paint_runs8 = paint_runs<std::uint8_t>;
    kernels.paint_runs32 = paint_runs<std::int32_t>;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
