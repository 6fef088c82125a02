// Vectors of the width of the instruction set that this file is compiled for.
//
// Every kernel is compiled once per instruction set, in a namespace named FIDUCIAL_ISA, and must
// not instantiate inline functions or templates of the standard library: the linker would keep
// one copy for all of them, perhaps one with instructions that the machine lacks.
#pragma once

#include "pool.hpp"

#if defined(__AVX512F__) || defined(__FMA__)
#include <immintrin.h>
#elif defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>
#define FIDUCIAL_NEON
#endif

#define FIDUCIAL_INLINE inline __attribute__((always_inline))

namespace fiducial {
namespace FIDUCIAL_ISA {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
constexpr int registers = 32;
#elif defined(__AVX__)
constexpr int vector_bytes = 32;
constexpr int registers = 16;
#elif defined(FIDUCIAL_NEON)
constexpr int vector_bytes = 16;
constexpr int registers = 32;
#else
constexpr int vector_bytes = 16;
constexpr int registers = 16;
#endif

template <class T>
constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

// `type` fills a register; `loose` is the same in memory, aligned to nothing; `matching` has as
// many lanes as a vector of double.
template <class T>
struct VectorOf;

#define FIDUCIAL_VECTOR(T)                                                                 \
    template <>                                                                            \
    struct VectorOf<T> {                                                                   \
        typedef T type __attribute__((vector_size(vector_bytes)));                         \
        typedef T loose __attribute__((vector_size(vector_bytes), aligned(1), may_alias)); \
        typedef T matching __attribute__((vector_size(vector_bytes / 8 * sizeof(T))));     \
    };
FIDUCIAL_VECTOR(float)
FIDUCIAL_VECTOR(double)
FIDUCIAL_VECTOR(std::int8_t)
FIDUCIAL_VECTOR(std::uint8_t)
FIDUCIAL_VECTOR(std::int16_t)
FIDUCIAL_VECTOR(std::uint16_t)
FIDUCIAL_VECTOR(std::int32_t)
FIDUCIAL_VECTOR(std::uint32_t)
FIDUCIAL_VECTOR(std::int64_t)
FIDUCIAL_VECTOR(std::uint64_t)
#undef FIDUCIAL_VECTOR

template <class T>
using Vector = typename VectorOf<T>::type;

template <class T>
using Matching = typename VectorOf<T>::matching;

template <class T>
FIDUCIAL_INLINE Vector<T> load(const T* from) {
    return *reinterpret_cast<const typename VectorOf<T>::loose*>(from);
}

template <class T>
FIDUCIAL_INLINE void store(T* to, Vector<T> value) {
    *reinterpret_cast<typename VectorOf<T>::loose*>(to) = value;
}

template <class T>
FIDUCIAL_INLINE Vector<T> splat(T value) {
    return value - Vector<T>{};  // not 0 + value, which would turn -0 into 0
}

template <class V>
FIDUCIAL_INLINE V lesser(V a, V b) {
    return a < b ? a : b;
}

template <class V>
FIDUCIAL_INLINE V greater(V a, V b) {
    return a > b ? a : b;
}

// a * b + c, in one instruction and with one rounding where there is one.
template <class V>
FIDUCIAL_INLINE V multiply_add(V a, V b, V c) {
    return a * b + c;
}
#if defined(__AVX512F__)
FIDUCIAL_INLINE Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
    return _mm512_fmadd_ps(a, b, c);
}
FIDUCIAL_INLINE Vector<double> multiply_add(Vector<double> a, Vector<double> b,
                                            Vector<double> c) {
    return _mm512_fmadd_pd(a, b, c);
}
#elif defined(__FMA__)
FIDUCIAL_INLINE Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
    return _mm256_fmadd_ps(a, b, c);
}
FIDUCIAL_INLINE Vector<double> multiply_add(Vector<double> a, Vector<double> b,
                                            Vector<double> c) {
    return _mm256_fmadd_pd(a, b, c);
}
#elif defined(FIDUCIAL_NEON)
FIDUCIAL_INLINE Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
    return vfmaq_f32(c, a, b);
}
FIDUCIAL_INLINE Vector<double> multiply_add(Vector<double> a, Vector<double> b,
                                            Vector<double> c) {
    return vfmaq_f64(c, a, b);
}
#endif

#if defined(__FMA__) || defined(FIDUCIAL_NEON)
FIDUCIAL_INLINE float multiply_add(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
FIDUCIAL_INLINE double multiply_add(double a, double b, double c) {
    return __builtin_fma(a, b, c);
}
#else
FIDUCIAL_INLINE float multiply_add(float a, float b, float c) { return a * b + c; }
FIDUCIAL_INLINE double multiply_add(double a, double b, double c) { return a * b + c; }
#endif

// Whether any lane of a comparison holds.
template <class M>
FIDUCIAL_INLINE bool any(M mask) {
    const Vector<std::uint64_t> words = reinterpret_cast<Vector<std::uint64_t>>(mask);
    std::uint64_t found = 0;
    for (int i = 0; i < vector_bytes / 8; ++i) found |= words[i];
    return found != 0;
}

template <class T>
FIDUCIAL_INLINE T smaller(T a, T b) {
    return b < a ? b : a;
}

template <class T>
FIDUCIAL_INLINE T larger(T a, T b) {
    return a < b ? b : a;
}

template <class T>
FIDUCIAL_INLINE void copy(T* to, const T* from, Index count) {
    __builtin_memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
