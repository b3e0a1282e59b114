#pragma once

#include <boost/system/error_code.hpp>

#include <string_view>

namespace boost::json {
class storage_ptr;
class value;
}  // namespace boost::json

namespace csva::base {

/// Deepest nesting read.
inline constexpr std::size_t kJsonDepth = 32;

/// A whole JSON text, at most kJsonDepth deep, as a value in `memory`. Numbers are the doubles
/// nearest to their text, as std::from_chars reads them: Boost.JSON 1.81's own differ in the last
/// bit for three in ten of random ones written with 17 digits.
boost::json::value parse_json(
    std::string_view text, boost::system::error_code& code, boost::json::storage_ptr memory
);

}  // namespace csva::base
