#pragma once

#include "engine/duck/session.hpp"
#include "engine/reading/receipt.hpp"

#include <string>
#include <vector>

namespace csva::reading {

/// Delimiter, quote, escape, header and lines before the table, from the first rows of a UTF-8 file
/// (DuckDB's sniffer, with plain fall-backs when it gives up). Everything that guesses a dialect is
/// behind this one function.
base::Result<Dialect> sniff(duck::Session& session, const std::string& utf8_file);

}  // namespace csva::reading
