#include "foundation/http/witness.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace csva::http {
namespace {

std::string_view verb_of(Method method) {
    switch (method) {
        case Method::get:
            return "read";
        case Method::post:
            return "";
        case Method::put:
            return "set";
        case Method::patch:
            return "change";
        case Method::delete_:
            return "delete";
    }
    return "";
}

/// The fixed words of a literal, without those that only say where the interface lies.
std::vector<std::string> words_of(std::string_view literal) {
    constexpr std::array<std::string_view, 7> kPlaces = {
        "api", "v1", "v2", "2.0", "3.0", "mlflow", "mlflow-artifacts"
    };
    std::vector<std::string> words;
    while (!literal.empty()) {
        const auto end = literal.find('/');
        std::string word(literal.substr(0, end));
        literal = end == std::string_view::npos ? std::string_view() : literal.substr(end + 1);
        if (word.empty() || word.contains('{') || std::ranges::find(kPlaces, word) != kPlaces.end())
            continue;
        std::ranges::replace(word, '-', '_');
        words.push_back(std::move(word));
    }
    return words;
}

std::int64_t integer_of(std::string_view text) {
    std::int64_t id = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), id);
    return code == std::errc{} && end == text.data() + text.size() ? id : 0;
}

}  // namespace

std::string action_of(const Route& route) {
    if (!route.doc.action.empty()) return std::string(route.doc.action);
    const auto words = words_of(route.literal);
    std::string name;
    // Another protocol puts the verb into its address, after what it is done to.
    if (route.dialect != nullptr) {
        for (const auto& word : words) name += (name.empty() ? "" : "_") + word;
    } else if (!words.empty() && words.back() != route.doc.tag) {
        name = words.back();
    }
    std::string verb(verb_of(route.method));
    const bool collection = name.empty() || name.ends_with('s');
    if (route.method == Method::post && route.dialect == nullptr && collection) verb = "create";
    const char* between = verb.empty() || name.empty() ? "" : "_";
    return std::string(route.doc.tag) + "." + verb + between + name;
}

Subject subject_of(const Route& route, const Context& context) {
    Subject subject;
    for (const auto& [name, value] : context.path_parameters) {
        const bool of_access =
            route.access.kind == Access::Kind::object && name == route.access.parameter;
        if (of_access) return {std::string(route.access.object), integer_of(value)};
        if (name == "pk")
            subject = {"dataset", integer_of(value)};
        else if (name.ends_with("_id") && integer_of(value) != 0)
            subject = {name.substr(0, name.size() - 3), integer_of(value)};
    }
    return subject.id == 0 ? Subject{} : subject;
}

}  // namespace csva::http
