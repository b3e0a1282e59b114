#pragma once

#include "foundation/http/routes.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace csva::http {

/// Finds the route of a path. Literal segments win over parameters; a segment may mix both
/// (`{name}@{alias}`); a last segment `{path*}` takes the rest. Built once, then only read.
class Router {
public:
    explicit Router(const Routes& routes);

    /// Routes of one path by method; parameters are decoded.
    struct Found {
        std::array<const Route*, 5> by_method{};
        Pairs parameters;
    };
    /// `path` as sent, without the query. Nothing when no literal fits, when an escape is broken or
    /// a segment is `.` or `..`.
    std::optional<Found> find(std::string_view path) const;

private:
    struct Entry {
        std::vector<std::string_view> segments;
        std::array<const Route*, 5> by_method{};
    };
    std::unordered_map<std::string_view, Entry> fixed_;
    /// With parameters, by what comes before the first of them; there, the more literal first.
    std::unordered_map<std::string_view, std::vector<Entry>> open_;
};

}  // namespace csva::http
