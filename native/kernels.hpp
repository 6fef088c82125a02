// What each instruction set offers: one table of kernels, filled by the file of each family.
//
// Every kernel returns false if it was cancelled.  Volumes are C-contiguous, (z, y, x); the
// faces in Python have checked every shape.
#pragma once

#include "border.hpp"
#include "pool.hpp"

namespace fiducial {

using Flag = const volatile std::uint8_t*;

struct Shape {
    Index z, y, x;
    Index plane() const { return y * x; }
    Index size() const { return z * y * x; }
};

// Weights along each axis; null leaves the axis alone.
template <class T>
struct SeparableArguments {
    const T* in;
    T* out;
    Shape shape;
    const double* weights[3];
    Index lengths[3];
    Border border;
    T constant;
    Flag cancel;
};

template <class T>
struct DenseArguments {
    const T* in;
    T* out;
    Shape shape;
    const double* kernel;
    Shape kernel_shape;
    Border border;
    T constant;
    Flag cancel;
};

// Output index -> matrix (3 x 4) + field; the field has one component for each of the last
// `components` axes, and may be absent.
template <class T>
struct WarpArguments {
    const T* in;
    T* out;
    Shape in_shape;
    Shape out_shape;
    const double* matrix;
    const float* field32;
    const double* field64;
    int components;
    T outside;
    Flag cancel;
};

template <class T>
struct DistanceArguments {
    const std::uint8_t* mask;
    T* out;
    Shape shape;
    double spacing[3];
    bool root;
    Flag cancel;
};

// A ball as the half-width of each of its rows, (rows_z, rows_y); -1 where it has none.
struct DilateRowsArguments {
    const std::uint8_t* mask;
    std::uint8_t* out;
    Shape shape;
    const std::int32_t* half_widths;
    Index rows_z, rows_y;
    bool beyond;
    bool erode;
    Flag cancel;
};

// Offsets (count, 3): out[i] is the OR (erode: the AND) of mask[i + offset].
struct FootprintArguments {
    const std::uint8_t* mask;
    std::uint8_t* out;
    Shape shape;
    const std::int64_t* offsets;
    Index count;
    bool beyond;
    bool erode;
    Flag cancel;
};

// counts: the bins, then below, above, NaN.
template <class T>
struct HistogramArguments {
    const T* in;
    const std::uint8_t* mask;
    Index size;
    const double* edges;
    Index bins;
    std::int64_t* counts;
    Flag cancel;
};

template <class T>
struct MedianArguments {
    const T* in;
    T* out;
    Shape shape;
    int size;
    int dimensions;
    Border border;
    T constant;
    Flag cancel;
};

// One step of an active contour.  inverse: 1 / spacing along x, y, z.  changes: the squared
// change of each task of `rows_per_task` rows.  NaN in the image is no value and pulls nowhere.
struct LevelSetArguments {
    const double* phi;
    const double* image;
    double* out;
    Shape shape;
    double inverse[3];
    double mu, lambda1, lambda2, dt;
    double inside, outside;
    double* changes;
    Index rows_per_task;
    Flag cancel;
};

// sums (count, 3): of each stretch between two bounds the sum of the image inside and outside,
// and the number of values inside.
struct LevelSetSumsArguments {
    const double* phi;
    const double* image;
    const std::int64_t* bounds;
    Index count;
    double* sums;
    Flag cancel;
};

// out = (in - low) * scale, cut to 0..1.
template <class T>
struct RampArguments {
    const T* in;
    float* out;
    Index size;
    float low, scale;
    Flag cancel;
};

// The table has an entry for every code.
template <class T>
struct LookupArguments {
    const T* in;
    const float* table;
    float* out;
    Index size;
    Flag cancel;
};

// bases[k] + slopes[k] * (rest of the place (in - low) * scale above the whole number k).
template <class T>
struct CurveArguments {
    const T* in;
    float* out;
    Index size;
    const float* bases;
    const float* slopes;
    Index count;
    double low, scale;
    Flag cancel;
};

// Pixels of three channels, tables of three times `entries`, a 3 x 3 matrix by rows.  counts: for
// each result how many are below `least`, then pixels with a channel at 0 and at `bright`.
template <class T>
struct UnmixArguments {
    const T* in;
    float* out;
    Index pixels;
    const float* tables;
    Index entries;
    const float* matrix;
    float least;
    bool clip;
    std::int32_t bright[3];
    std::int64_t* counts;
    Flag cancel;
};

// counts: how many runs each row (z, y) of the mask, or of its complement, has.
struct CountRunsArguments {
    const std::uint8_t* mask;
    Shape shape;
    bool complement;
    std::int64_t* counts;
    Flag cancel;
};

// offsets (rows + 1): where the runs of each row begin.  Of every run: its start, its end, its
// component from 1.  Of every component: its voxels, whether it reaches an edge of the array on
// an axis of more than one sample; [0] is left alone, and there is room for one a run.
struct JoinRunsArguments {
    const std::uint8_t* mask;
    Shape shape;
    bool complement;
    bool full;
    const std::int64_t* offsets;
    std::int32_t* starts;
    std::int32_t* ends;
    std::int32_t* labels;
    std::int64_t* sizes;
    std::uint8_t* edges;
    std::int64_t* count;
    Flag cancel;
};

// Writes the table's entry of each run's component, and that of 0 between runs.
template <class T>
struct PaintRunsArguments {
    T* out;
    Shape shape;
    const std::int64_t* offsets;
    const std::int32_t* starts;
    const std::int32_t* ends;
    const std::int32_t* labels;
    const T* table;
    Flag cancel;
};

template <class Arguments>
using Kernel = bool (*)(const Arguments&);

struct Kernels {
    Kernel<SeparableArguments<float>> separable32;
    Kernel<SeparableArguments<double>> separable64;
    Kernel<DenseArguments<float>> dense32;
    Kernel<DenseArguments<double>> dense64;
    Kernel<WarpArguments<float>> linear32;
    Kernel<WarpArguments<double>> linear64;
    Kernel<WarpArguments<std::uint8_t>> nearest8;
    Kernel<WarpArguments<std::uint16_t>> nearest16;
    Kernel<WarpArguments<std::uint32_t>> nearest32;
    Kernel<WarpArguments<std::uint64_t>> nearest64;
    Kernel<DistanceArguments<float>> distance32;
    Kernel<DistanceArguments<double>> distance64;
    Kernel<DilateRowsArguments> dilate_rows;
    Kernel<FootprintArguments> footprint;
    Kernel<HistogramArguments<std::int8_t>> histogram_i8;
    Kernel<HistogramArguments<std::uint8_t>> histogram_u8;
    Kernel<HistogramArguments<std::int16_t>> histogram_i16;
    Kernel<HistogramArguments<std::uint16_t>> histogram_u16;
    Kernel<HistogramArguments<std::int32_t>> histogram_i32;
    Kernel<HistogramArguments<std::uint32_t>> histogram_u32;
    Kernel<HistogramArguments<std::int64_t>> histogram_i64;
    Kernel<HistogramArguments<std::uint64_t>> histogram_u64;
    Kernel<HistogramArguments<float>> histogram_f32;
    Kernel<HistogramArguments<double>> histogram_f64;
    Kernel<MedianArguments<float>> median32;
    Kernel<MedianArguments<double>> median64;
    Kernel<LevelSetArguments> level_set;
    Kernel<LevelSetSumsArguments> level_set_sums;
    Kernel<CountRunsArguments> count_runs;
    Kernel<JoinRunsArguments> join_runs;
    Kernel<PaintRunsArguments<std::uint8_t>> paint_runs8;
    Kernel<PaintRunsArguments<std::int32_t>> paint_runs32;
    Kernel<RampArguments<std::int8_t>> ramp_i8;
    Kernel<RampArguments<std::uint8_t>> ramp_u8;
    Kernel<RampArguments<std::int16_t>> ramp_i16;
    Kernel<RampArguments<std::uint16_t>> ramp_u16;
    Kernel<RampArguments<float>> ramp_f32;
    Kernel<LookupArguments<std::uint8_t>> lookup8;
    Kernel<LookupArguments<std::uint16_t>> lookup16;
    Kernel<CurveArguments<float>> curve_f32;
    Kernel<CurveArguments<double>> curve_f64;
    Kernel<UnmixArguments<std::uint8_t>> unmix8;
    Kernel<UnmixArguments<std::uint16_t>> unmix16;
    int vector_bits;
};

// Each family fills its part of the table, in every instruction set's namespace.
#define FIDUCIAL_FAMILIES(ISA)           \
    namespace ISA {                      \
    void add_convolution(Kernels&);      \
    void add_interpolation(Kernels&);    \
    void add_distance(Kernels&);         \
    void add_morphology(Kernels&);       \
    void add_histogram(Kernels&);        \
    void add_rank(Kernels&);             \
    void add_level_set(Kernels&);        \
    void add_components(Kernels&);       \
    void add_pointwise(Kernels&);        \
    }

}  // namespace fiducial
