#include "dispatch.hpp"

#include <atomic>
#include <stdexcept>

#if defined(FIDUCIAL_X86_LEVELS)
#include <cpuid.h>
#endif

namespace fiducial {

#if defined(FIDUCIAL_X86_LEVELS)
FIDUCIAL_FAMILIES(x86_64_v2)
FIDUCIAL_FAMILIES(x86_64_v3)
FIDUCIAL_FAMILIES(x86_64_v4)
#else
FIDUCIAL_FAMILIES(baseline)
#endif

namespace {

struct Choice {
    const char* name;
    bool is_available;
    Kernels table;
};

#define FIDUCIAL_TABLE(ISA)              \
    [] {                                 \
        Kernels table{};                 \
        ISA::add_convolution(table);     \
        ISA::add_interpolation(table);   \
        ISA::add_distance(table);        \
        ISA::add_morphology(table);      \
        ISA::add_histogram(table);       \
        ISA::add_rank(table);            \
        ISA::add_level_set(table);       \
        ISA::add_components(table);      \
        ISA::add_pointwise(table);       \
        return table;                    \
    }()

#if defined(FIDUCIAL_X86_LEVELS)

// The level of the x86-64 psABI that the processor has and the system keeps the registers of.
int x86_level() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const auto has = [](unsigned word, unsigned bits) { return (word & bits) == bits; };
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 1;
    const unsigned first = c;
    // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT
    if (!has(first, 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23)) return 1;
    // FMA, MOVBE, OSXSAVE, AVX, F16C
    if (!has(first, 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29)) return 2;
    unsigned kept = 0, upper = 0;
    __asm__ volatile("xgetbv" : "=a"(kept), "=d"(upper) : "c"(0));
    if (!has(kept, 0x6)) return 2;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 2;
    const unsigned second = b;
    // BMI1, AVX2, BMI2
    if (!has(second, 1u << 3 | 1u << 5 | 1u << 8)) return 2;
    if (!__get_cpuid(0x80000001u, &a, &b, &c, &d) || !has(c, 1u << 5)) return 2;  // LZCNT
    // AVX512 F, DQ, CD, BW, VL
    if (!has(second, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31)) return 3;
    return has(kept, 0xe6) ? 4 : 3;
}

const std::vector<Choice>& choices() {
    static const std::vector<Choice> all = [] {
        const int level = x86_level();
        return std::vector<Choice>{
            {"x86-64-v4", level >= 4, FIDUCIAL_TABLE(x86_64_v4)},
            {"x86-64-v3", level >= 3, FIDUCIAL_TABLE(x86_64_v3)},
            {"x86-64-v2", level >= 2, FIDUCIAL_TABLE(x86_64_v2)},
        };
    }();
    return all;
}

#else

const std::vector<Choice>& choices() {
    static const std::vector<Choice> all = {{FIDUCIAL_BASELINE_NAME, true,
                                             FIDUCIAL_TABLE(baseline)}};
    return all;
}

#endif

const Choice* best() {
    for (const Choice& choice : choices()) {
        if (choice.is_available) return &choice;
    }
    return nullptr;
}

std::atomic<const Choice*>& chosen() {
    static std::atomic<const Choice*> choice{best()};
    return choice;
}

const Choice& in_use() {
    const Choice* choice = chosen();
    if (choice == nullptr) throw std::runtime_error("this processor is older than x86-64-v2");
    return *choice;
}

}  // namespace

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
    for (const Choice& choice : choices()) {
        if (choice.is_available) names.emplace_back(choice.name);
    }
    return names;
}

const Kernels& kernels() { return in_use().table; }

std::string instruction_set() { return in_use().name; }

void set_instruction_set(const std::string& name) {
    for (const Choice& choice : choices()) {
        if (choice.is_available && name == choice.name) {
            chosen() = &choice;
            return;
        }
    }
    throw std::invalid_argument("no such instruction set on this machine: " + name);
}

}  // namespace fiducial
