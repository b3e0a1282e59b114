#pragma once

#include "foundation/base/clock.hpp"
#include "foundation/store/database.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace csva::store {

/// What reads have found, so that hot paths need not ask again: kept until the next transaction of
/// this process ends, and for `lifetime` at most, since other processes write too. `Value` is cheap
/// to copy. Thread-safe; the database outlives it.
template <class Key, class Value>
class Recent {
public:
    explicit Recent(
        const Database& database,
        std::chrono::milliseconds lifetime = std::chrono::milliseconds(1000)
    )
        : database_(database), lifetime_(lifetime) {}

    std::optional<Value> find(const Key& key) const {
        const std::shared_lock lock(mutex_);
        if (changes_ != database_.changes()) return std::nullopt;
        const auto found = entries_.find(key);
        if (found == entries_.end() || found->second.until < base::Clock::steady())
            return std::nullopt;
        return found->second.value;
    }
    /// `changes`: of the database, taken before the read that has found the value.
    void put(const Key& key, Value value, std::uint64_t changes) {
        const std::unique_lock lock(mutex_);
        if (changes_ != changes || entries_.size() >= kEntriesMax) entries_.clear();
        changes_ = changes;
        entries_.insert_or_assign(key, Entry{std::move(value), base::Clock::steady() + lifetime_});
    }

private:
    struct Entry {
        Value value;
        std::chrono::steady_clock::time_point until;
    };
    static constexpr std::size_t kEntriesMax = 10'000;
    const Database& database_;
    std::chrono::milliseconds lifetime_;
    mutable std::shared_mutex mutex_;
    std::uint64_t changes_ = 0;
    std::map<Key, Entry> entries_;
};

}  // namespace csva::store
