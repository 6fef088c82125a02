// The Python module.  The faces in fiducial.kernels check what users give; here types and
// dimensions are checked once more by nanobind, and nothing is converted or copied.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <stdexcept>

#include "dispatch.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace fiducial {
namespace {

template <class T, int dimensions>
using Array = nb::ndarray<T, nb::ndim<dimensions>, nb::c_contig, nb::device::cpu>;

using Optional = std::optional<Array<const std::uint8_t, 1>>;
using Weights = std::optional<Array<const double, 1>>;

Flag flag_of(const Optional& cancel) {
    if (!cancel) return nullptr;
    if (cancel->shape(0) < 1) throw std::invalid_argument("the cancel flag is empty");
    return cancel->data();
}

template <class A>
Shape shape_of(const A& array) {
    return {static_cast<Index>(array.shape(0)), static_cast<Index>(array.shape(1)),
            static_cast<Index>(array.shape(2))};
}

bool operator!=(const Shape& a, const Shape& b) { return a.z != b.z || a.y != b.y || a.x != b.x; }

template <class A, class B>
void need_same_shape(const A& in, const B& out) {
    if (shape_of(in) != shape_of(out)) throw std::invalid_argument("the shapes differ");
}

// Arrays stay alive while the lock is released: their owners are the call's arguments.
template <class Arguments>
bool run(Kernel<Arguments> kernel, const Arguments& arguments) {
    bool is_done = false;
    {
        const nb::gil_scoped_release released;
        is_done = kernel(arguments);
    }
    if (PyErr_Occurred() != nullptr) throw nb::python_error();
    return is_done;
}

// Lets Ctrl-C (or a notebook's stop button) reach a kernel: Python handles signals here, and an
// exception that the handler raises stops the loop.  Only the main thread has signals to handle.
bool handle_signals() {
    const nb::gil_scoped_acquire held;
    return PyErr_CheckSignals() == 0;
}

template <class T>
void define_convolution(nb::module_& module, Kernel<SeparableArguments<T>> Kernels::* separable,
                        Kernel<DenseArguments<T>> Kernels::* dense) {
    module.def(
        "separable",
        [separable](Array<const T, 3> in, Array<T, 3> out, Weights z, Weights y, Weights x,
                    int border, double constant, Optional cancel) {
            need_same_shape(in, out);
            SeparableArguments<T> arguments{in.data(),
                                            out.data(),
                                            shape_of(in),
                                            {nullptr, nullptr, nullptr},
                                            {0, 0, 0},
                                            static_cast<Border>(border),
                                            static_cast<T>(constant),
                                            flag_of(cancel)};
            const Weights* weights[3] = {&z, &y, &x};
            for (int axis = 0; axis < 3; ++axis) {
                if (!*weights[axis]) continue;
                arguments.weights[axis] = (*weights[axis])->data();
                arguments.lengths[axis] = static_cast<Index>((*weights[axis])->shape(0));
            }
            return run(kernels().*separable, arguments);
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "z"_a.noconvert().none(),
        "y"_a.noconvert().none(), "x"_a.noconvert().none(), "border"_a, "constant"_a,
        "cancel"_a.noconvert().none());
    module.def(
        "dense",
        [dense](Array<const T, 3> in, Array<T, 3> out, Array<const double, 3> kernel, int border,
                double constant, Optional cancel) {
            need_same_shape(in, out);
            return run(kernels().*dense,
                       DenseArguments<T>{in.data(), out.data(), shape_of(in), kernel.data(),
                                         shape_of(kernel), static_cast<Border>(border),
                                         static_cast<T>(constant), flag_of(cancel)});
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "kernel"_a.noconvert(), "border"_a,
        "constant"_a, "cancel"_a.noconvert().none());
}

using Field32 = std::optional<nb::ndarray<const float, nb::c_contig, nb::device::cpu>>;
using Field64 = std::optional<nb::ndarray<const double, nb::c_contig, nb::device::cpu>>;

template <class T, class Outside, class Field>
void define_warp(nb::module_& module, const char* name, Kernel<WarpArguments<T>> Kernels::* warp) {
    module.def(
        name,
        [warp](Array<const T, 3> in, Array<T, 3> out, Array<const double, 2> matrix, Field field,
               int components, Outside outside, Optional cancel) {
            if (matrix.shape(0) != 3 || matrix.shape(1) != 4 || components < 1 || components > 3 ||
                in.size() == 0) {
                throw std::invalid_argument("a matrix of 3 by 4, 1 to 3 components, an image");
            }
            if (field && field->size() != out.size() * static_cast<std::size_t>(components)) {
                throw std::invalid_argument("the field does not fit the output");
            }
            WarpArguments<T> arguments{in.data(),
                                       out.data(),
                                       shape_of(in),
                                       shape_of(out),
                                       matrix.data(),
                                       nullptr,
                                       nullptr,
                                       components,
                                       static_cast<T>(outside),
                                       flag_of(cancel)};
            if constexpr (std::is_same_v<Field, Field32>) {
                arguments.field32 = field ? field->data() : nullptr;
            } else {
                arguments.field64 = field ? field->data() : nullptr;
            }
            return run(kernels().*warp, arguments);
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "matrix"_a.noconvert(),
        "field"_a.noconvert().none(), "components"_a, "outside"_a,
        "cancel"_a.noconvert().none());
}

template <class T, class Outside>
void define_warps(nb::module_& module, const char* name, Kernel<WarpArguments<T>> Kernels::* warp) {
    define_warp<T, Outside, Field32>(module, name, warp);
    define_warp<T, Outside, Field64>(module, name, warp);
}

template <class T>
void define_distance(nb::module_& module, Kernel<DistanceArguments<T>> Kernels::* distance) {
    module.def(
        "squared_distance",
        [distance](Array<const std::uint8_t, 3> mask, Array<T, 3> out, double z, double y,
                   double x, bool root, Optional cancel) {
            need_same_shape(mask, out);
            return run(kernels().*distance,
                       DistanceArguments<T>{mask.data(), out.data(), shape_of(mask), {z, y, x},
                                            root, flag_of(cancel)});
        },
        "mask"_a.noconvert(), "out"_a.noconvert(), "z"_a, "y"_a, "x"_a, "root"_a,
        "cancel"_a.noconvert().none());
}

void define_morphology(nb::module_& module) {
    module.def(
        "dilate_rows",
        [](Array<const std::uint8_t, 3> mask, Array<std::uint8_t, 3> out,
           Array<const std::int32_t, 2> half_widths, bool beyond, bool erode, Optional cancel) {
            need_same_shape(mask, out);
            return run(kernels().dilate_rows,
                       DilateRowsArguments{mask.data(), out.data(), shape_of(mask),
                                           half_widths.data(),
                                           static_cast<Index>(half_widths.shape(0)),
                                           static_cast<Index>(half_widths.shape(1)), beyond,
                                           erode, flag_of(cancel)});
        },
        "mask"_a.noconvert(), "out"_a.noconvert(), "half_widths"_a.noconvert(), "beyond"_a,
        "erode"_a, "cancel"_a.noconvert().none());
    module.def(
        "footprint",
        [](Array<const std::uint8_t, 3> mask, Array<std::uint8_t, 3> out,
           Array<const std::int64_t, 2> offsets, bool beyond, bool erode, Optional cancel) {
            need_same_shape(mask, out);
            if (offsets.shape(1) != 3) throw std::invalid_argument("offsets of three numbers");
            return run(kernels().footprint,
                       FootprintArguments{mask.data(), out.data(), shape_of(mask), offsets.data(),
                                          static_cast<Index>(offsets.shape(0)), beyond, erode,
                                          flag_of(cancel)});
        },
        "mask"_a.noconvert(), "out"_a.noconvert(), "offsets"_a.noconvert(), "beyond"_a, "erode"_a,
        "cancel"_a.noconvert().none());
}

template <class T>
void define_histogram(nb::module_& module, Kernel<HistogramArguments<T>> Kernels::* histogram) {
    module.def(
        "histogram",
        [histogram](Array<const T, 1> in, Optional mask, Array<const double, 1> edges,
                    Array<std::int64_t, 1> counts, Optional cancel) {
            if (edges.shape(0) < 2 || counts.shape(0) != edges.shape(0) + 2 ||
                (mask && mask->shape(0) != in.shape(0))) {
                throw std::invalid_argument("edges, counts and mask do not fit");
            }
            return run(kernels().*histogram,
                       HistogramArguments<T>{in.data(), mask ? mask->data() : nullptr,
                                             static_cast<Index>(in.shape(0)), edges.data(),
                                             static_cast<Index>(edges.shape(0)) - 1,
                                             counts.data(), flag_of(cancel)});
        },
        "array"_a.noconvert(), "mask"_a.noconvert().none(), "edges"_a.noconvert(),
        "counts"_a.noconvert(), "cancel"_a.noconvert().none());
}

template <class T>
void define_rank(nb::module_& module, Kernel<MedianArguments<T>> Kernels::* median) {
    module.def(
        "median",
        [median](Array<const T, 3> in, Array<T, 3> out, int size, int dimensions, int border,
                 double constant, Optional cancel) {
            need_same_shape(in, out);
            if (!(size == 3 && (dimensions == 2 || dimensions == 3)) &&
                !(size == 5 && dimensions == 2)) {
                throw std::invalid_argument("no median of this size");
            }
            return run(kernels().*median,
                       MedianArguments<T>{in.data(), out.data(), shape_of(in), size, dimensions,
                                          static_cast<Border>(border), static_cast<T>(constant),
                                          flag_of(cancel)});
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "size"_a, "dimensions"_a, "border"_a,
        "constant"_a, "cancel"_a.noconvert().none());
}

template <class A, class B>
void need_same_size(const A& in, const B& out) {
    if (in.shape(0) != out.shape(0)) throw std::invalid_argument("the sizes differ");
}

template <class T>
void define_ramp(nb::module_& module, Kernel<RampArguments<T>> Kernels::* ramp) {
    module.def(
        "ramp",
        [ramp](Array<const T, 1> in, Array<float, 1> out, float low, float scale,
               Optional cancel) {
            need_same_size(in, out);
            return run(kernels().*ramp,
                       RampArguments<T>{in.data(), out.data(), static_cast<Index>(in.shape(0)),
                                        low, scale, flag_of(cancel)});
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "low"_a, "scale"_a,
        "cancel"_a.noconvert().none());
}

template <class T>
void define_lookup(nb::module_& module, Kernel<LookupArguments<T>> Kernels::* lookup) {
    module.def(
        "lookup",
        [lookup](Array<const T, 1> in, Array<const float, 1> table, Array<float, 1> out,
                 Optional cancel) {
            need_same_size(in, out);
            if (table.shape(0) != std::size_t{1} << (8 * sizeof(T))) {
                throw std::invalid_argument("the table does not hold every code");
            }
            return run(kernels().*lookup,
                       LookupArguments<T>{in.data(), table.data(), out.data(),
                                          static_cast<Index>(in.shape(0)), flag_of(cancel)});
        },
        "array"_a.noconvert(), "table"_a.noconvert(), "out"_a.noconvert(),
        "cancel"_a.noconvert().none());
}

template <class T>
void define_curve(nb::module_& module, Kernel<CurveArguments<T>> Kernels::* curve) {
    module.def(
        "curve",
        [curve](Array<const T, 1> in, Array<float, 1> out, Array<const float, 1> bases,
                Array<const float, 1> slopes, double low, double scale, Optional cancel) {
            need_same_size(in, out);
            need_same_size(bases, slopes);
            if (bases.shape(0) < 1 || bases.shape(0) > std::size_t{1} << 30) {
                throw std::invalid_argument("the curve is empty or too long");
            }
            return run(kernels().*curve,
                       CurveArguments<T>{in.data(), out.data(), static_cast<Index>(in.shape(0)),
                                         bases.data(), slopes.data(),
                                         static_cast<Index>(bases.shape(0)), low, scale,
                                         flag_of(cancel)});
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "bases"_a.noconvert(),
        "slopes"_a.noconvert(), "low"_a, "scale"_a, "cancel"_a.noconvert().none());
}

template <class T>
void define_unmix(nb::module_& module, Kernel<UnmixArguments<T>> Kernels::* unmix) {
    module.def(
        "unmix",
        [unmix](Array<const T, 2> in, Array<float, 2> out, Array<const float, 2> tables,
                Array<const float, 2> matrix, float least, bool clip,
                Array<const std::int32_t, 1> bright, Array<std::int64_t, 1> counts,
                Optional cancel) {
            need_same_size(in, out);
            if (in.shape(1) != 3 || out.shape(1) != 3 || tables.shape(0) != 3 ||
                tables.shape(1) != std::size_t{1} << (8 * sizeof(T)) || matrix.shape(0) != 3 ||
                matrix.shape(1) != 3 || bright.shape(0) != 3 || counts.shape(0) != 5) {
                throw std::invalid_argument("pixels, tables and matrix do not fit");
            }
            return run(kernels().*unmix,
                       UnmixArguments<T>{in.data(),
                                         out.data(),
                                         static_cast<Index>(in.shape(0)),
                                         tables.data(),
                                         static_cast<Index>(tables.shape(1)),
                                         matrix.data(),
                                         least,
                                         clip,
                                         {bright.data()[0], bright.data()[1], bright.data()[2]},
                                         counts.data(),
                                         flag_of(cancel)});
        },
        "array"_a.noconvert(), "out"_a.noconvert(), "tables"_a.noconvert(),
        "matrix"_a.noconvert(), "least"_a, "clip"_a, "bright"_a.noconvert(),
        "counts"_a.noconvert(), "cancel"_a.noconvert().none());
}

void define_level_set(nb::module_& module) {
    module.def(
        "level_set_step",
        [](Array<const double, 3> phi, Array<const double, 3> image, Array<double, 3> out,
           Array<const double, 1> inverse, double mu, double lambda1, double lambda2, double dt,
           double inside, double outside, Array<double, 1> changes, Index rows_per_task,
           Optional cancel) {
            need_same_shape(phi, image);
            need_same_shape(phi, out);
            const Index rows = static_cast<Index>(phi.shape(0) * phi.shape(1));
            if (inverse.shape(0) != 3 || rows_per_task < 1 || phi.size() == 0 ||
                static_cast<Index>(changes.shape(0)) !=
                    (rows + rows_per_task - 1) / rows_per_task) {
                throw std::invalid_argument("spacing and changes do not fit");
            }
            const double* steps = inverse.data();
            return run(kernels().level_set,
                       LevelSetArguments{phi.data(), image.data(), out.data(), shape_of(phi),
                                         {steps[0], steps[1], steps[2]}, mu, lambda1, lambda2, dt,
                                         inside, outside, changes.data(), rows_per_task,
                                         flag_of(cancel)});
        },
        "phi"_a.noconvert(), "image"_a.noconvert(), "out"_a.noconvert(), "inverse"_a.noconvert(),
        "mu"_a, "lambda1"_a, "lambda2"_a, "dt"_a, "inside"_a, "outside"_a,
        "changes"_a.noconvert(), "rows_per_task"_a, "cancel"_a.noconvert().none());
    module.def(
        "level_set_sums",
        [](Array<const double, 1> phi, Array<const double, 1> image,
           Array<const std::int64_t, 1> bounds, Array<double, 2> sums, Optional cancel) {
            const std::size_t count = sums.shape(0);
            if (phi.shape(0) != image.shape(0) || bounds.shape(0) != count + 1 ||
                sums.shape(1) != 3) {
                throw std::invalid_argument("image, bounds and sums do not fit");
            }
            const std::int64_t* at = bounds.data();
            bool fits = at[0] == 0 && at[count] == static_cast<std::int64_t>(phi.shape(0));
            for (std::size_t i = 0; i < count; ++i) fits = fits && at[i] <= at[i + 1];
            if (!fits) throw std::invalid_argument("the bounds do not cover the image");
            return run(kernels().level_set_sums,
                       LevelSetSumsArguments{phi.data(), image.data(), at,
                                             static_cast<Index>(count), sums.data(),
                                             flag_of(cancel)});
        },
        "phi"_a.noconvert(), "image"_a.noconvert(), "bounds"_a.noconvert(),
        "sums"_a.noconvert(), "cancel"_a.noconvert().none());
}

template <class T>
void define_paint_runs(nb::module_& module, Kernel<PaintRunsArguments<T>> Kernels::* paint) {
    module.def(
        "paint_runs",
        [paint](Array<T, 3> out, Array<const std::int64_t, 1> offsets,
                Array<const std::int32_t, 1> starts, Array<const std::int32_t, 1> ends,
                Array<const std::int32_t, 1> labels, Array<const T, 1> table, Optional cancel) {
            if (offsets.shape(0) != out.shape(0) * out.shape(1) + 1 || table.shape(0) < 1 ||
                starts.shape(0) != labels.shape(0) || ends.shape(0) != labels.shape(0)) {
                throw std::invalid_argument("the runs do not fit the output");
            }
            return run(kernels().*paint,
                       PaintRunsArguments<T>{out.data(), shape_of(out), offsets.data(),
                                             starts.data(), ends.data(), labels.data(),
                                             table.data(), flag_of(cancel)});
        },
        "out"_a.noconvert(), "offsets"_a.noconvert(), "starts"_a.noconvert(),
        "ends"_a.noconvert(), "labels"_a.noconvert(), "table"_a.noconvert(),
        "cancel"_a.noconvert().none());
}

void define_components(nb::module_& module) {
    module.def(
        "count_runs",
        [](Array<const std::uint8_t, 3> mask, bool complement, Array<std::int64_t, 1> counts,
           Optional cancel) {
            if (counts.shape(0) != mask.shape(0) * mask.shape(1)) {
                throw std::invalid_argument("a count for every row");
            }
            return run(kernels().count_runs, CountRunsArguments{mask.data(), shape_of(mask),
                                                                complement, counts.data(),
                                                                flag_of(cancel)});
        },
        "mask"_a.noconvert(), "complement"_a, "counts"_a.noconvert(),
        "cancel"_a.noconvert().none());
    module.def(
        "join_runs",
        [](Array<const std::uint8_t, 3> mask, bool complement, bool full,
           Array<const std::int64_t, 1> offsets, Array<std::int32_t, 1> starts,
           Array<std::int32_t, 1> ends, Array<std::int32_t, 1> labels,
           Array<std::int64_t, 1> sizes, Array<std::uint8_t, 1> edges,
           Array<std::int64_t, 1> count, Optional cancel) {
            const std::size_t rows = mask.shape(0) * mask.shape(1);
            const std::size_t runs = labels.shape(0);
            if (offsets.shape(0) != rows + 1 ||
                offsets.data()[rows] != static_cast<std::int64_t>(runs) ||
                starts.shape(0) != runs || ends.shape(0) != runs || sizes.shape(0) != runs + 1 ||
                edges.shape(0) != runs + 1 || count.shape(0) != 1) {
                throw std::invalid_argument("the runs do not fit the mask");
            }
            return run(kernels().join_runs,
                       JoinRunsArguments{mask.data(), shape_of(mask), complement, full,
                                         offsets.data(), starts.data(), ends.data(),
                                         labels.data(), sizes.data(), edges.data(), count.data(),
                                         flag_of(cancel)});
        },
        "mask"_a.noconvert(), "complement"_a, "full"_a, "offsets"_a.noconvert(),
        "starts"_a.noconvert(), "ends"_a.noconvert(), "labels"_a.noconvert(),
        "sizes"_a.noconvert(), "edges"_a.noconvert(), "count"_a.noconvert(),
        "cancel"_a.noconvert().none());
    define_paint_runs<std::uint8_t>(module, &Kernels::paint_runs8);
    define_paint_runs<std::int32_t>(module, &Kernels::paint_runs32);
}

}  // namespace
}  // namespace fiducial

NB_MODULE(_native, module) {
    using namespace fiducial;
    module.doc() = "The compiled kernels of fiducial.kernels.";
    set_pulse(handle_signals);
    module.def("instruction_sets", &instruction_sets);
    module.def("instruction_set", &instruction_set);
    module.def("set_instruction_set", &set_instruction_set, "name"_a);
    module.def("vector_bits", [] { return kernels().vector_bits; });
    module.def("threads", &threads);
    module.def("set_threads", &set_threads, "count"_a);
    module.def("compiler", [] { return FIDUCIAL_COMPILER; });
    define_convolution<float>(module, &Kernels::separable32, &Kernels::dense32);
    define_convolution<double>(module, &Kernels::separable64, &Kernels::dense64);
    define_warps<float, double>(module, "warp_linear", &Kernels::linear32);
    define_warps<double, double>(module, "warp_linear", &Kernels::linear64);
    define_warps<std::uint8_t, std::uint64_t>(module, "warp_nearest", &Kernels::nearest8);
    define_warps<std::uint16_t, std::uint64_t>(module, "warp_nearest", &Kernels::nearest16);
    define_warps<std::uint32_t, std::uint64_t>(module, "warp_nearest", &Kernels::nearest32);
    define_warps<std::uint64_t, std::uint64_t>(module, "warp_nearest", &Kernels::nearest64);
    define_distance<float>(module, &Kernels::distance32);
    define_distance<double>(module, &Kernels::distance64);
    define_morphology(module);
    define_histogram<std::int8_t>(module, &Kernels::histogram_i8);
    define_histogram<std::uint8_t>(module, &Kernels::histogram_u8);
    define_histogram<std::int16_t>(module, &Kernels::histogram_i16);
    define_histogram<std::uint16_t>(module, &Kernels::histogram_u16);
    define_histogram<std::int32_t>(module, &Kernels::histogram_i32);
    define_histogram<std::uint32_t>(module, &Kernels::histogram_u32);
    define_histogram<std::int64_t>(module, &Kernels::histogram_i64);
    define_histogram<std::uint64_t>(module, &Kernels::histogram_u64);
    define_histogram<float>(module, &Kernels::histogram_f32);
    define_histogram<double>(module, &Kernels::histogram_f64);
    define_rank<float>(module, &Kernels::median32);
    define_rank<double>(module, &Kernels::median64);
    define_level_set(module);
    define_components(module);
    define_ramp<std::int8_t>(module, &Kernels::ramp_i8);
    define_ramp<std::uint8_t>(module, &Kernels::ramp_u8);
    define_ramp<std::int16_t>(module, &Kernels::ramp_i16);
    define_ramp<std::uint16_t>(module, &Kernels::ramp_u16);
    define_ramp<float>(module, &Kernels::ramp_f32);
    define_lookup<std::uint8_t>(module, &Kernels::lookup8);
    define_lookup<std::uint16_t>(module, &Kernels::lookup16);
    define_curve<float>(module, &Kernels::curve_f32);
    define_curve<double>(module, &Kernels::curve_f64);
    define_unmix<std::uint8_t>(module, &Kernels::unmix8);
    define_unmix<std::uint16_t>(module, &Kernels::unmix16);
}
