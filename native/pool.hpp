// A small pool of threads for loops over an image.
//
// Workers sleep when there is nothing to do.  Several threads of the program may run loops at
// once.  After a fork the child starts a pool of its own.  What a loop computes must not depend
// on who runs which index: then results do not depend on the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fiducial {

using Index = std::ptrdiff_t;

void set_threads(int count);
int threads();

// Called about ten times a second by the thread that runs a loop; false stops the loop.
using Pulse = bool (*)();
void set_pulse(Pulse pulse);

// Memory for each of the threads that share a loop; throws std::bad_alloc.
class Scratch {
public:
    Scratch(int slots, std::size_t bytes_per_slot);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    void* at(int slot) const;

private:
    char* memory_;
    std::size_t stride_;
};

// The threads that one kernel uses: one below about 64,000 voxels of work.
class Team {
public:
    Team(Index work, const volatile std::uint8_t* cancel);
    int slots() const { return slots_; }
    bool cancelled() const { return cancel_ != nullptr && *cancel_ != 0; }

    // Calls body(index, slot) for every index below count, in any order and from several
    // threads; a slot is never in use twice at a time.  False if it was cancelled on the way.
    template <class Body>
    bool run(Index count, const Body& body) const {
        return run_erased(
            count,
            [](const void* context, Index index, int slot) {
                (*static_cast<const Body*>(context))(index, slot);
            },
            &body);
    }

private:
    using Call = void (*)(const void* context, Index index, int slot);
    bool run_erased(Index count, Call call, const void* context) const;

    int slots_;
    const volatile std::uint8_t* cancel_;
};

}  // namespace fiducial
