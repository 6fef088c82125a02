#include "pool.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace fiducial {
namespace {

constexpr Index smallest_shared_work = 65536;
constexpr std::size_t cache_line = 64;
constexpr std::chrono::milliseconds pulse_interval{100};
Pulse beat = nullptr;  // set once, before any loop

// One loop that is being run.  The caller owns it and leaves only when no worker holds it.
struct Loop {
    Loop(void (*call)(const void*, Index, int), const void* context, Index count, int most_slots,
         const volatile std::uint8_t* cancel)
        : call(call), context(context), count(count), most_slots(most_slots), cancel(cancel) {}

    void (*call)(const void*, Index, int);
    const void* context;
    Index count;
    int most_slots;
    const volatile std::uint8_t* cancel;
    std::atomic<Index> next{0};
    std::atomic<bool> stopped{false};
    int joined = 1;  // the rest is guarded by the pool's mutex; slot 0 is the caller's
    int inside = 0;
    std::exception_ptr failure = nullptr;

    bool has_work() const {
        return !stopped.load(std::memory_order_relaxed) &&
               next.load(std::memory_order_relaxed) < count;
    }

    std::exception_ptr work(int slot) {
        using Clock = std::chrono::steady_clock;
        const bool has_pulse = slot == 0 && beat != nullptr;
        Clock::time_point next_beat = has_pulse ? Clock::now() + pulse_interval : Clock::time_point();
        try {
            while (!stopped.load(std::memory_order_relaxed)) {
                if (cancel != nullptr && *cancel != 0) {
                    stopped = true;
                    break;
                }
                if (has_pulse && Clock::now() >= next_beat) {
                    if (!beat()) {
                        stopped = true;
                        break;
                    }
                    next_beat = Clock::now() + pulse_interval;
                }
                const Index index = next.fetch_add(1, std::memory_order_relaxed);
                if (index >= count) break;
                call(context, index, slot);
            }
        } catch (...) {
            stopped = true;
            return std::current_exception();
        }
        return nullptr;
    }
};

class Pool {
public:
    void run(Loop& loop) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            grow(loop.most_slots - 1);
            loops_.push_back(&loop);
        }
        const Index helpers = loop.count < loop.most_slots ? loop.count - 1 : loop.most_slots - 1;
        for (Index i = 0; i < helpers; ++i) wake_.notify_one();
        const std::exception_ptr mine = loop.work(0);
        std::unique_lock<std::mutex> lock(mutex_);
        for (std::size_t i = 0; i < loops_.size(); ++i) {
            if (loops_[i] == &loop) {
                loops_.erase(loops_.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            }
        }
        left_.wait(lock, [&] { return loop.inside == 0; });
        if (mine && !loop.failure) loop.failure = mine;
    }

private:
    void grow(int wanted) {
        while (workers_ < wanted) {
            try {
                std::thread([this] { serve(); }).detach();
            } catch (const std::system_error&) {
                return;  // the machine gives no more threads: those that exist will do
            }
            ++workers_;
        }
    }

    Loop* open_loop() {
        for (Loop* loop : loops_) {
            if (loop->joined < loop->most_slots && loop->has_work()) return loop;
        }
        return nullptr;
    }

    void serve() {
        std::unique_lock<std::mutex> lock(mutex_);
        for (;;) {
            Loop* loop = nullptr;
            wake_.wait(lock, [&] { return (loop = open_loop()) != nullptr; });
            const int slot = loop->joined++;
            ++loop->inside;
            lock.unlock();
            const std::exception_ptr failure = loop->work(slot);
            lock.lock();
            if (failure && !loop->failure) loop->failure = failure;
            if (--loop->inside == 0) left_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable left_;
    std::vector<Loop*> loops_;
    int workers_ = 0;
};

// The pool is never destroyed: its sleeping threads end with the process.
std::mutex pool_mutex;
Pool* shared_pool = nullptr;
std::atomic<int> wanted_threads{1};

#if !defined(_WIN32)
// The child of a fork has none of the workers and may hold the pool's locks: it gets a new pool.
void before_fork() { pool_mutex.lock(); }
void after_fork_in_parent() { pool_mutex.unlock(); }
void after_fork_in_child() {
    shared_pool = nullptr;
    pool_mutex.unlock();
}
#endif

Pool& pool() {
    const std::lock_guard<std::mutex> lock(pool_mutex);
    if (shared_pool == nullptr) {
#if !defined(_WIN32)
        static const int watching =
            pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
        (void)watching;
#endif
        shared_pool = new Pool;
    }
    return *shared_pool;
}

}  // namespace

void set_threads(int count) { wanted_threads = count < 1 ? 1 : count; }

int threads() { return wanted_threads; }

void set_pulse(Pulse pulse) { beat = pulse; }

Scratch::Scratch(int slots, std::size_t bytes_per_slot)
    : memory_(nullptr),
      // An odd number of cache lines, so that the slots do not compete for the same sets.
      stride_((((bytes_per_slot + cache_line - 1) / cache_line) | 1) * cache_line) {
    const std::size_t total = stride_ * static_cast<std::size_t>(slots) + cache_line;
    memory_ = static_cast<char*>(std::malloc(total));
    if (memory_ == nullptr) throw std::bad_alloc();
}

Scratch::~Scratch() { std::free(memory_); }

void* Scratch::at(int slot) const {
    const auto start = reinterpret_cast<std::uintptr_t>(memory_);
    const std::uintptr_t aligned = (start + cache_line - 1) / cache_line * cache_line;
    return memory_ + (aligned - start) + stride_ * static_cast<std::size_t>(slot);
}

Team::Team(Index work, const volatile std::uint8_t* cancel)
    : slots_(work < smallest_shared_work ? 1 : threads()), cancel_(cancel) {}

bool Team::run_erased(Index count, Call call, const void* context) const {
    if (count <= 0) return !cancelled();
    Loop loop(call, context, count, slots_, cancel_);
    if (slots_ == 1 || count == 1) {
        loop.failure = loop.work(0);
    } else {
        pool().run(loop);
    }
    if (loop.failure) std::rethrow_exception(loop.failure);
    return !loop.stopped;
}

}  // namespace fiducial
