#include "foundation/http/router.hpp"

#include "foundation/http/text.hpp"

#include <algorithm>

namespace csva::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const auto segment = path.substr(0, path.find('/'));
        segments.push_back(segment);
        path.remove_prefix(segment.size());
    }
    return segments;
}

/// Matches one segment against `text{name}text{name}`; a parameter takes the shortest non-empty
/// text before the literal that follows it.
bool match_segment(std::string_view pattern, std::string_view text, Pairs& parameters) {
    while (true) {
        const auto open = pattern.find('{');
        const auto literal = pattern.substr(0, open);
        if (!text.starts_with(literal)) return false;
        text.remove_prefix(literal.size());
        if (open == std::string_view::npos) return text.empty();
        const auto close = pattern.find('}', open);
        const auto name = pattern.substr(open + 1, close - open - 1);
        pattern.remove_prefix(close + 1);
        const auto next = pattern.substr(0, pattern.find('{'));
        const auto end = next.empty() ? text.size() : text.rfind(next);
        if (end == 0 || end == std::string_view::npos) return false;
        parameters.emplace_back(name, text.substr(0, end));
        text.remove_prefix(end);
    }
}

/// What comes before the first segment with a parameter, without a slash at its end.
std::string_view fixed_part(std::string_view literal) {
    return literal.substr(0, literal.rfind('/', literal.find('{')));
}

bool takes_rest(std::string_view pattern) { return pattern.ends_with("*}"); }

bool match(
    const std::vector<std::string_view>& patterns,
    const std::vector<std::string>& segments,
    Pairs& parameters
) {
    parameters.clear();
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        if (i >= segments.size()) return false;
        if (takes_rest(patterns[i])) {
            std::string rest = segments[i];
            for (std::size_t j = i + 1; j < segments.size(); ++j) rest += "/" + segments[j];
            const auto name = patterns[i].substr(1, patterns[i].size() - 3);
            parameters.emplace_back(name, std::move(rest));
            return true;
        }
        if (!match_segment(patterns[i], segments[i], parameters)) return false;
    }
    return patterns.size() == segments.size();
}

/// Order of trial: at the first difference, literal before mixed before parameter before rest.
std::string rank(const std::vector<std::string_view>& patterns) {
    std::string out;
    for (const auto pattern : patterns) {
        if (!pattern.contains('{'))
            out += '0';
        else if (takes_rest(pattern))
            out += '3';
        else
            out += pattern.starts_with('{') && pattern.find('}') == pattern.size() - 1 ? '2' : '1';
    }
    return out;
}

}  // namespace

Router::Router(const Routes& routes) {
    std::map<std::string_view, Entry> open;
    for (const auto& route : routes.all()) {
        const bool fixed = !route->literal.contains('{');
        auto& entry = fixed ? fixed_[route->literal] : open[route->literal];
        entry.segments = segments_of(route->literal);
        entry.by_method[static_cast<std::size_t>(route->method)] = route.get();
    }
    std::map<std::pair<std::string, std::string_view>, Entry> ranked;
    for (auto& [literal, entry] : open) ranked[{rank(entry.segments), literal}] = std::move(entry);
    for (auto& [key, entry] : ranked) open_[fixed_part(key.second)].push_back(std::move(entry));
}

std::optional<Router::Found> Router::find(std::string_view path) const {
    if (const auto found = fixed_.find(path); found != fixed_.end())
        return Found{found->second.by_method, {}};
    if (!path.starts_with('/')) return std::nullopt;
    std::vector<std::string> segments;
    for (const auto segment : segments_of(path)) {
        auto decoded = percent_decode(segment, false);
        if (!decoded || *decoded == "." || *decoded == "..") return std::nullopt;
        segments.push_back(std::move(*decoded));
    }
    std::string joined;
    for (const auto& segment : segments) joined += "/" + segment;
    if (const auto found = fixed_.find(joined); found != fixed_.end())
        return Found{found->second.by_method, {}};
    Pairs parameters;
    for (std::string_view start = joined; !start.empty();) {
        start = start.substr(0, start.rfind('/'));
        const auto entries = open_.find(start);
        if (entries == open_.end()) continue;
        for (const auto& entry : entries->second)
            if (match(entry.segments, segments, parameters))
                return Found{entry.by_method, std::move(parameters)};
    }
    return std::nullopt;
}

}  // namespace csva::http
