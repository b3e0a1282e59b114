#pragma once

#include <string>
#include <utility>

namespace csva::base {

/// A text that never prints: there is no conversion, no stream operator, no formatter. `reveal()`
/// is greppable.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

}  // namespace csva::base
