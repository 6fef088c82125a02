// Which of the compiled instruction sets runs.
#pragma once

#include <string>
#include <vector>

#include "kernels.hpp"

namespace fiducial {

// Those that this machine has, best first.
std::vector<std::string> instruction_sets();

// The table in use; the best until another is chosen.  Throws std::runtime_error if the machine
// has none.
const Kernels& kernels();
std::string instruction_set();

// Throws std::invalid_argument for one that is not on this machine.
void set_instruction_set(const std::string& name);

}  // namespace fiducial
