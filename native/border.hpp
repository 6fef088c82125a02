// Where a sample beyond the edge comes from; the codes are the order of borders.BORDERS.
#pragma once

#include "pool.hpp"

namespace fiducial {

enum class Border : int { reflect = 0, mirror = 1, nearest = 2, wrap = 3, constant = 4 };

namespace FIDUCIAL_ISA {

// The index inside [0, size) that stands for any index; -1 for the constant.
static inline Index border_index(Index index, Index size, Border border) {
    if (index >= 0 && index < size) return index;
    switch (border) {
        case Border::nearest:
            return index < 0 ? 0 : size - 1;
        case Border::wrap: {
            const Index rest = index % size;
            return rest < 0 ? rest + size : rest;
        }
        case Border::reflect: {
            const Index period = 2 * size;
            Index rest = index % period;
            if (rest < 0) rest += period;
            return rest < size ? rest : period - 1 - rest;
        }
        case Border::mirror: {
            if (size == 1) return 0;
            const Index period = 2 * (size - 1);
            Index rest = index % period;
            if (rest < 0) rest += period;
            return rest < size ? rest : period - rest;
        }
        case Border::constant:
            break;
    }
    return -1;
}

}  // namespace FIDUCIAL_ISA
}  // namespace fiducial
