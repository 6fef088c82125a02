// Counting values between edges.
//
// A bin is guessed from equal widths and then corrected against the edges themselves, so that
// the counts are exactly those of a search.  Integers are counted, so threads cannot matter.
#include "kernels.hpp"
#include "simd.hpp"

namespace fiducial {
namespace FIDUCIAL_ISA {
namespace {

constexpr Index values_per_task = 65536;
constexpr int run_length = 64;
constexpr Index most_bins_copied = 4096;
constexpr Index most_bins_shared = 65536;
constexpr int copies = 4;  // tables in turn, so that equal neighbours do not wait for each other
constexpr Index flush_after = Index{1} << 31;
constexpr double certain = 1e-6;  // far above the error of a guess, in bins

template <class T>
class Histogram {
public:
    explicit Histogram(const HistogramArguments<T>& arguments)
        : arguments_(arguments),
          bins_(arguments.bins),
          low_(arguments.edges[0]),
          high_(arguments.edges[arguments.bins]),
          scale_(static_cast<double>(arguments.bins) / (high_ - low_)) {}

    bool run() const {
        if constexpr (sizeof(T) <= 2) {
            if (arguments_.size > (Index{1} << (8 * sizeof(T)))) return run_small_integers();
        }
        return count(bins_, [&](const T* values, int found, std::uint32_t* table, Index stride,
                                std::int64_t* totals) __attribute__((always_inline)) {
            count_run(values, found, table, stride, totals + bins_);
        }, arguments_.counts);
    }

private:
    // The bin of a value; after the bins: below, above, NaN.
    FIDUCIAL_INLINE Index bin_of(double value) const {
        if (!(value >= low_)) return value < low_ ? bins_ : bins_ + 2;
        if (value > high_) return bins_ + 1;
        double guess = (value - low_) * scale_;
        guess = guess < static_cast<double>(bins_ - 1) ? guess : static_cast<double>(bins_ - 1);
        return correct(static_cast<Index>(guess), value);
    }

    FIDUCIAL_INLINE Index correct(Index bin, double value) const {
        while (value < arguments_.edges[bin]) --bin;
        while (bin + 1 < bins_ && value >= arguments_.edges[bin + 1]) ++bin;
        return bin;
    }

    FIDUCIAL_INLINE void count_run(const T* values, int found, std::uint32_t* table,
                                   Index stride, std::int64_t* outside) const {
        if (found < run_length) {
            for (int i = 0; i < found; ++i) {
                const Index bin = bin_of(static_cast<double>(values[i]));
                if (bin < bins_) {
                    ++table[bin];
                } else {
                    ++outside[bin - bins_];
                }
            }
            return;
        }
        typedef Vector<double> V;
        constexpr int width = lanes<double>;
        typedef Matching<std::int32_t> Bins;
        typedef Matching<T> Values;
        std::int32_t bins[run_length];
        double exact[run_length];
        Vector<std::int64_t> outlying = Vector<std::int64_t>{};
        Vector<std::int64_t> doubtful = Vector<std::int64_t>{};
        const V highest = splat(static_cast<double>(bins_ - 1));
        for (int i = 0; i < run_length; i += width) {
            Values raw;
            __builtin_memcpy(&raw, values + i, sizeof(raw));
            const V value = __builtin_convertvector(raw, V);
            store(exact + i, value);
            outlying |= ~((value >= splat(low_)) & (value <= splat(high_)));
            V guess = (value - splat(low_)) * splat(scale_);
            guess = guess > V{} ? guess : V{};
            guess = guess < highest ? guess : highest;
            const Bins bin = __builtin_convertvector(guess, Bins);
            __builtin_memcpy(bins + i, &bin, sizeof(bin));
            const V rest = guess - __builtin_convertvector(bin, V);
            doubtful |= (rest < splat(certain)) | (rest > splat(1 - certain));
        }
        if (any(outlying)) {
            for (int i = 0; i < run_length; ++i) {
                const Index bin = bin_of(exact[i]);
                if (bin < bins_) {
                    ++table[(i & (copies - 1)) * stride + bin];
                } else {
                    ++outside[bin - bins_];
                }
            }
            return;
        }
        if (any(doubtful)) {
            for (int i = 0; i < run_length; ++i) {
                const Index bin = correct(bins[i], exact[i]);
                ++table[(i & (copies - 1)) * stride + bin];
            }
            return;
        }
        for (int i = 0; i < run_length; ++i) ++table[(i & (copies - 1)) * stride + bins[i]];
    }

    // Every value that occurs is counted, and its bin looked up once.
    bool run_small_integers() const {
        constexpr Index values = Index{1} << (8 * sizeof(T));
        constexpr Index zero = static_cast<T>(-1) < T{0} ? values / 2 : 0;
        const Scratch scratch(1, static_cast<std::size_t>(values + 3) * 8);
        std::int64_t* totals = static_cast<std::int64_t*>(scratch.at(0));
        for (Index i = 0; i < values + 3; ++i) totals[i] = 0;
        const bool done = count(values, [&](const T* in, int found, std::uint32_t* table,
                                            Index stride,
                                            std::int64_t*) __attribute__((always_inline)) {
            for (int i = 0; i < found; ++i) {
                ++table[(i & (copies - 1)) * stride + static_cast<Index>(in[i]) + zero];
            }
        }, totals);
        for (Index i = 0; i < values; ++i) {
            arguments_.counts[bin_of(static_cast<double>(i - zero))] += totals[i];
        }
        return done;
    }

    // Runs over the values that the mask selects, each thread with tables of its own, and adds
    // them up into `result`: `bins` and three more.
    template <class Run>
    bool count(Index bins, const Run& body, std::int64_t* result) const {
        const Index stride = bins <= most_bins_copied ? (bins | 15) + 1 + 16 : 0;
        const Index table_size = stride > 0 ? copies * stride : bins;
        const Team team(bins <= most_bins_shared ? arguments_.size : 0, arguments_.cancel);
        const std::size_t total_bytes = static_cast<std::size_t>(bins + 4) * 8;
        const std::size_t bytes = total_bytes + static_cast<std::size_t>(table_size) * 4;
        const Scratch scratch(team.slots(), bytes);
        for (int slot = 0; slot < team.slots(); ++slot) __builtin_memset(scratch.at(slot), 0, bytes);
        const auto flush = [&](std::int64_t* totals) {
            std::uint32_t* table = reinterpret_cast<std::uint32_t*>(totals + bins + 4);
            for (Index i = 0; i < bins; ++i) {
                for (Index c = 0; c < (stride > 0 ? copies : 1); ++c) {
                    totals[i] += table[c * stride + i];
                    table[c * stride + i] = 0;
                }
            }
        };
        const Index tasks = (arguments_.size + values_per_task - 1) / values_per_task;
        const bool done = team.run(tasks, [&](Index task, int slot) {
            std::int64_t* totals = static_cast<std::int64_t*>(scratch.at(slot));
            std::uint32_t* table = reinterpret_cast<std::uint32_t*>(totals + bins + 4);
            const Index last = smaller((task + 1) * values_per_task, arguments_.size);
            for (Index i = task * values_per_task; i < last; i += run_length) {
                int found = static_cast<int>(smaller(Index{run_length}, last - i));
                if (arguments_.mask == nullptr) {
                    body(arguments_.in + i, found, table, stride, totals);
                    continue;
                }
                T chosen[run_length];
                int kept = 0;
                for (int k = 0; k < found; ++k) {
                    chosen[kept] = arguments_.in[i + k];
                    kept += arguments_.mask[i + k] != 0;
                }
                body(chosen, kept, table, stride, totals);
            }
            totals[bins + 3] += values_per_task;
            if (totals[bins + 3] >= flush_after) {
                flush(totals);
                totals[bins + 3] = 0;
            }
        });
        for (int slot = 0; slot < team.slots(); ++slot) {
            std::int64_t* totals = static_cast<std::int64_t*>(scratch.at(slot));
            flush(totals);
            for (Index i = 0; i < bins + 3; ++i) result[i] += totals[i];
        }
        return done;
    }

    const HistogramArguments<T>& arguments_;
    Index bins_;
    double low_, high_, scale_;
};

template <class T>
bool histogram(const HistogramArguments<T>& arguments) {
    return Histogram<T>(arguments).run();
}

}  // namespace

void add_histogram(Kernels& kernels) {
    kernels.histogram_i8 = histogram<std::int8_t>;
    kernels.histogram_u8 = histogram<std::uint8_t>;
    kernels.histogram_i16 = histogram<std::int16_t>;
    kernels.histogram_u16 = histogram<std::uint16_t>;
    kernels.histogram_i32 = histogram<std::int32_t>;
    kernels.histogram_u32 = histogram<std::uint32_t>;
    kernels.histogram_i64 = histogram<std::int64_t>;
    kernels.histogram_u64 = histogram<std::uint64_t>;
    kernels.histogram_f32 = histogram<float>;
    kernels.histogram_f64 = histogram<double>;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
