#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace csva::base {

/// Calls `work(i)` once for every i below `count`, on `threads` threads (0: as many as the machine
/// has) of which the caller's is one, and returns when all are done. Which thread takes which i is
/// left open. `work` must not throw.
template <class Work>
void for_each_index(std::size_t count, std::size_t threads, const Work& work) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    std::atomic<std::size_t> next = 0;
    const auto take = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(take);
    take();
    for (auto& other : others) other.join();
}

}  // namespace csva::base
