#pragma once

#include "engine/table/batch.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::erasure::person {

/// The cells of a row as texts that a person would search for: a date as 1985-03-12 and 12/03/1985.
/// What `of` gives lives until it is called again and as long as the batch.
class RowTexts {
public:
    std::span<const std::string_view> of(const table::Batch& batch, std::size_t row);

private:
    std::vector<std::string> made_;
    std::vector<std::string_view> cells_;
};

std::vector<std::string> texts_at(
    std::span<const std::string_view> cells, const std::set<std::size_t>& places
);

/// 0 when it is none.
std::int64_t number_of(std::string_view digits);

}  // namespace csva::erasure::person
