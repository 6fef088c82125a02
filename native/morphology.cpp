// Binary dilation and erosion: by a ball, 64 voxels to a word, and by any footprint.
//
// A ball is a stack of rows of various half-widths.  Every row of the mask is dilated along x by
// each half-width that occurs; an output row is then the OR of those of its neighbours.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

typedef std::uint64_t Word;

constexpr Index most_level_bytes = Index{192} << 20;
constexpr Word low_bits = 0x0101010101010101ull;
constexpr Word low_sevens = 0x7f7f7f7f7f7f7f7full;

// One bit for each of eight bytes: whether it is not zero (a boolean made by a view may hold 2).
FIDUCIAL_INLINE Word pack_eight(const std::uint8_t* bytes) {
    Word word;
    __builtin_memcpy(&word, bytes, 8);
    const Word set = ((((word & low_sevens) + low_sevens) | word) >> 7) & low_bits;
    return (set * 0x0102040810204080ull) >> 56;
}

FIDUCIAL_INLINE Word unpack_eight(Word bits) {
    const Word spread = ((bits & 255) * low_bits) & 0x8040201008040201ull;
    return ((spread + low_sevens) >> 7) & low_bits;
}

// `flip` is all ones to complement; bits beyond the row are `beyond`, all ones or none.
void pack_row(const std::uint8_t* row, Index length, Word flip, Word beyond, Word* words) {
    const Index whole = length / 64;
    for (Index w = 0; w < whole; ++w) {
        Word word = 0;
        for (int i = 0; i < 8; ++i) word |= pack_eight(row + 64 * w + 8 * i) << (8 * i);
        words[w] = word ^ flip;
    }
    const Index rest = length - 64 * whole;
    if (rest == 0) return;
    Word word = 0;
    for (Index i = 0; i < rest; ++i) {
        word |= static_cast<Word>(row[64 * whole + i] != 0) << i;
    }
    const Word used = (Word{1} << rest) - 1;
    words[whole] = ((word ^ flip) & used) | (beyond & ~used);
}

void unpack_row(const Word* words, Index length, Word flip, std::uint8_t* row) {
    const Index whole = length / 64;
    for (Index w = 0; w < whole; ++w) {
        const Word word = words[w] ^ flip;
        Word bytes[8];
        for (int i = 0; i < 8; ++i) bytes[i] = unpack_eight(word >> (8 * i));
        __builtin_memcpy(row + 64 * w, bytes, 64);
    }
    for (Index x = 64 * whole; x < length; ++x) {
        row[x] = static_cast<std::uint8_t>(((words[x / 64] ^ flip) >> (x % 64)) & 1);
    }
}

// One row of the ball: which row of the neighbourhood, and which of the widths.
struct BallRow {
    Index z, y, level;
};

class RowDilation {
public:
    explicit RowDilation(const DilateRowsArguments& arguments)
        : arguments_(arguments),
          shape_(arguments.shape),
          team_(arguments.shape.size(), arguments.cancel),
          words_((arguments.shape.x + 63) / 64),
          reach_z_(arguments.rows_z / 2),
          reach_y_(arguments.rows_y / 2),
          plane_words_((arguments.shape.y + 2 * reach_y_) * words_),
          flip_(arguments.erode ? ~Word{0} : 0),
          beyond_(arguments.beyond ? ~Word{0} : 0),
          tables_(1, static_cast<std::size_t>(arguments.rows_z * arguments.rows_y + 1) *
                         (sizeof(BallRow) + sizeof(std::int32_t))) {
        rows_ = static_cast<BallRow*>(tables_.at(0));
        const Index count = arguments.rows_z * arguments.rows_y;
        widths_ = reinterpret_cast<std::int32_t*>(rows_ + count + 1);
        find_widths(count);
        for (Index i = 0; i < count; ++i) {
            const std::int32_t width = arguments.half_widths[i];
            if (width < 0) continue;
            Index level = 0;
            while (widths_[level] != width) ++level;
            rows_[row_count_++] = {i / arguments.rows_y, i % arguments.rows_y, level};
        }
    }

    bool run() {
        // The widened rows of all planes may be too much at once: then the stack is cut.
        const Index plane_bytes = levels_ * plane_words_ * 8;
        Index depth = most_level_bytes / plane_bytes - 2 * reach_z_;
        depth = smaller(larger(depth, Index{16}), shape_.z);
        const Index planes = depth + 2 * reach_z_;
        const Scratch store(1, static_cast<std::size_t>(planes * plane_bytes) + vector_bytes * 8);
        const Scratch sums(team_.slots(), static_cast<std::size_t>(shape_.y * words_) * 8);
        Word* widened = static_cast<Word*>(store.at(0));
        for (Index first = 0; first < shape_.z; first += depth) {
            const Index last = smaller(first + depth, shape_.z);
            const Index used = last - first + 2 * reach_z_;
            if (!team_.run(used, [&](Index plane, int) {
                    widen_plane(first - reach_z_ + plane, widened + plane * plane_words_,
                                planes * plane_words_);
                })) {
                return false;
            }
            if (!team_.run(last - first, [&](Index z, int slot) {
                    collect_plane(z, first, planes, widened, static_cast<Word*>(sums.at(slot)));
                })) {
                return false;
            }
        }
        return true;
    }

private:
    // The widths that occur, in rising order.
    void find_widths(Index count) {
        std::int32_t last = -1;
        for (;;) {
            std::int32_t next = -1;
            for (Index i = 0; i < count; ++i) {
                const std::int32_t width = arguments_.half_widths[i];
                if (width > last && (next < 0 || width < next)) next = width;
            }
            if (next < 0) return;
            widths_[levels_++] = next;
            last = next;
        }
    }

    void widen_plane(Index z, Word* to, Index level_words) const {
        const bool is_inside = z >= 0 && z < shape_.z;
        for (Index y = -reach_y_; y < shape_.y + reach_y_; ++y) {
            Word* row = to + (y + reach_y_) * words_;
            if (!is_inside || y < 0 || y >= shape_.y) {
                for (Index level = 0; level < levels_; ++level) {
                    for (Index w = 0; w < words_; ++w) row[level * level_words + w] = beyond_;
                }
                continue;
            }
            pack_row(arguments_.mask + (z * shape_.y + y) * shape_.x, shape_.x, flip_, beyond_,
                     row);
            std::int32_t reached = 0;
            for (Index level = 0; level < levels_; ++level) {
                Word* here = row + level * level_words;
                if (level > 0) copy(here, here - level_words, words_);
                while (reached < widths_[level]) {
                    std::int32_t shift = smaller(widths_[level] - reached, 2 * reached + 1);
                    shift = smaller(shift, std::int32_t{63});
                    widen_in_place(here, static_cast<int>(shift));
                    reached += shift;
                }
            }
        }
    }

    // Dilates a row along x by `shift` to both sides, where it is already dilated by at least
    // (shift - 1) / 2; 0 < shift < 64.
    void widen_in_place(Word* row, int shift) const {
        Word before = beyond_;
        for (Index w = 0; w < words_; ++w) {
            const Word own = row[w];
            const Word after = w + 1 < words_ ? row[w + 1] : beyond_;
            row[w] = own | (own << shift) | (before >> (64 - shift)) | (own >> shift) |
                     (after << (64 - shift));
            before = own;
        }
    }

    void collect_plane(Index z, Index first, Index planes, const Word* widened, Word* sum) const {
        const Index count = shape_.y * words_;
        const auto source = [&](Index i) __attribute__((always_inline)) {
            const BallRow& row = rows_[i];
            return widened + ((row.level * planes + z + row.z) * plane_words_ + row.y * words_);
        };
        constexpr int width = 8;
        Index w = 0;
        for (; w + width * lanes<Word> <= count; w += width * lanes<Word>) {
            Vector<Word> found[width];
            for (int j = 0; j < width; ++j) found[j] = Vector<Word>{};
            for (Index i = 0; i < row_count_; ++i) {
                const Word* from = source(i) + w;
                for (int j = 0; j < width; ++j) found[j] |= load(from + j * lanes<Word>);
            }
            for (int j = 0; j < width; ++j) store(sum + w + j * lanes<Word>, found[j]);
        }
        for (; w < count; ++w) {
            Word found = 0;
            for (Index i = 0; i < row_count_; ++i) found |= source(i)[w];
            sum[w] = found;
        }
        std::uint8_t* out = arguments_.out + (first + z) * shape_.plane();
        for (Index y = 0; y < shape_.y; ++y) {
            unpack_row(sum + y * words_, shape_.x, flip_, out + y * shape_.x);
        }
    }

    const DilateRowsArguments& arguments_;
    Shape shape_;
    Team team_;
    Index words_, reach_z_, reach_y_, plane_words_;
    Word flip_, beyond_;
    Scratch tables_;
    BallRow* rows_;
    std::int32_t* widths_;
    Index row_count_ = 0;
    Index levels_ = 0;
};

bool dilate_rows(const DilateRowsArguments& arguments) { return RowDilation(arguments).run(); }

template <bool erode>
bool footprint_as(const FootprintArguments& arguments) {
    const Shape shape = arguments.shape;
    const Index rows = shape.z * shape.y;
    const Index batch = larger(8192 / larger(shape.x, Index{1}), Index{1});
    const Team team(shape.size(), arguments.cancel);
    // Beyond the edge is neutral (False to a dilation, True to an erosion) or decides.
    const bool decides = arguments.beyond != erode;
    const std::uint8_t decided = erode ? 0 : 1;
    return team.run((rows + batch - 1) / batch, [&](Index task, int) {
        const Index last = smaller((task + 1) * batch, rows);
        for (Index row = task * batch; row < last; ++row) {
            std::uint8_t* out = arguments.out + row * shape.x;
            __builtin_memset(out, erode ? 1 : 0, static_cast<std::size_t>(shape.x));
            for (Index i = 0; i < arguments.count; ++i) {
                const std::int64_t* offset = arguments.offsets + 3 * i;
                const Index z = row / shape.y + static_cast<Index>(offset[0]);
                const Index y = row % shape.y + static_cast<Index>(offset[1]);
                const Index shift = static_cast<Index>(offset[2]);
                const bool is_inside = z >= 0 && z < shape.z && y >= 0 && y < shape.y;
                Index low = smaller(larger(-shift, Index{0}), shape.x);
                Index high = larger(smaller(shape.x - shift, shape.x), low);
                if (!is_inside) low = high = shape.x;
                if (decides) {
                    for (Index x = 0; x < low; ++x) out[x] = decided;
                    for (Index x = high; x < shape.x; ++x) out[x] = decided;
                }
                if (low == high) continue;
                const std::uint8_t* in = arguments.mask + (z * shape.y + y) * shape.x + shift;
                for (Index x = low; x < high; ++x) {
                    const int value = in[x] != 0;
                    out[x] = static_cast<std::uint8_t>(erode ? out[x] & value : out[x] | value);
                }
            }
        }
    });
}

bool footprint(const FootprintArguments& arguments) {
    return arguments.erode ? footprint_as<true>(arguments) : footprint_as<false>(arguments);
}

}  // namespace

void add_morphology(Kernels& kernels) {
    kernels.dilate_rows = dilate_rows;
    kernels.footprint = footprint;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
