#pragma once

#include <functional>
#include <span>
#include <string_view>

namespace csva::meaning {

/// Tells of the texts of a JSON document that belong together as those of a row do: names and
/// values of one object, values of one list, and what stands at the same place of objects or lists
/// of one length beside each other, which is how columns are written. Views live until `see`
/// returns. Several documents may follow one another. False: it is no JSON; what was told is no
/// less true.
bool each_json_row(
    std::string_view text, const std::function<void(std::span<const std::string_view>)>& see
);

}  // namespace csva::meaning
