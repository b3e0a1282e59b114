#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace csva::base {

/// A database key that cannot be mixed up with another feature's. Zero means "none".
/// Use: `struct DatasetTag; using DatasetId = base::Id<DatasetTag>;` in the feature's types.hpp.
template <class Tag>
struct Id {
    std::int64_t value = 0;

    constexpr Id() = default;
    constexpr explicit Id(std::int64_t number) : value(number) {}
    constexpr explicit operator bool() const { return value != 0; }
    constexpr auto operator<=>(const Id&) const = default;
};

}  // namespace csva::base

template <class Tag>
struct std::hash<csva::base::Id<Tag>> {
    std::size_t operator()(csva::base::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
