#include "foundation/base/described.hpp"

#include <boost/json/parse.hpp>

namespace csva::base {

namespace json = boost::json;

std::string details_json(const Error& error) {
    std::string out = "{";
    for (const auto& detail : error.details) {
        if (out.size() > 1) out += ',';
        encode_text(out, detail.name);
        out += ':';
        if (const auto* text = std::get_if<std::string>(&detail.value))
            encode_text(out, *text);
        else if (const auto* integer = std::get_if<std::int64_t>(&detail.value))
            out += std::to_string(*integer);
        else
            encode_number(out, std::get<double>(detail.value));
    }
    return out + "}";
}

std::vector<ErrorDetail> details_from_json(std::string_view text) {
    std::vector<ErrorDetail> details;
    boost::system::error_code code;
    const auto value = json::parse(json::string_view(text.data(), text.size()), code);
    if (code || !value.is_object()) return details;
    for (const auto& member : value.get_object()) {
        const std::string name(member.key());
        if (member.value().is_string())
            details.push_back({name, std::string(member.value().get_string())});
        else if (member.value().is_int64())
            details.push_back({name, member.value().get_int64()});
        else if (member.value().is_number())
            details.push_back({name, member.value().to_number<double>()});
    }
    return details;
}

}  // namespace csva::base
