#pragma once

#include "foundation/blob/bucket.hpp"

#include <string>
#include <string_view>

/// Reading what a bucket answers. Names of ours hold nothing that XML would write otherwise.
namespace csva::blob {

/// Text of the first element of that name, empty when there is none.
std::string first_of(std::string_view xml, std::string_view element);

/// Adds the objects of one answer; names lose their first `prefix_size` bytes. Of versions, the
/// marks of deletion count too.
void add_page(Listing& listing, std::string_view xml, std::size_t prefix_size);

/// What asks for the next page, escaped; empty at the end.
std::string next_objects(std::string_view xml);
/// Key and version with a line end between.
std::string next_versions(std::string_view xml);
std::string key_marker(std::string_view next);
std::string version_marker(std::string_view next);

/// "2026-11-28T12:31:00.123Z" and "Sat, 28 Nov 2026 12:31:00 GMT" as Unix milliseconds; 0 when it
/// is neither.
std::int64_t iso_date_ms(std::string_view text);
std::int64_t http_date_ms(std::string_view text);

/// 0 when it is none.
std::uint64_t number_of(std::string_view digits);

}  // namespace csva::blob
