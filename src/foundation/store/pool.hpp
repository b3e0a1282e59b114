#pragma once

#include "foundation/base/result.hpp"

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

/// Ends a transaction: commits when its work went well, else rolls back; the outcome of both.
template <class Connection, class T>
base::Result<T> ended(Connection& connection, base::Result<T> outcome) {
    if (outcome) {
        auto committed = connection.execute("COMMIT");
        if (committed) return outcome;
        outcome = std::unexpected(committed.error());
    }
    (void)connection.execute("ROLLBACK");
    return outcome;
}

}  // namespace csva::store
