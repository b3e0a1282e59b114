#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace csva::store {

/// Things that several threads take turns with; waiting is bounded.
template <class T>
class Pool {
public:
    void add(std::unique_ptr<T> thing) {
        {
            const std::scoped_lock lock(mutex_);
            free_.push_back(std::move(thing));
        }
        returned_.notify_one();
    }
    /// Null when none came back in time.
    std::unique_ptr<T> take(std::chrono::milliseconds patience) {
        std::unique_lock lock(mutex_);
        if (!returned_.wait_for(lock, patience, [this] { return !free_.empty(); })) return nullptr;
        auto thing = std::move(free_.back());
        free_.pop_back();
        return thing;
    }

private:
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<T>> free_;
};

}  // namespace csva::store
