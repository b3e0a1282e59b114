#include "foundation/base/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>

namespace csva::base {
namespace {

namespace json = boost::json;
using Code = boost::system::error_code;
using Text = json::string_view;

/// Builds the value as Boost.JSON's parser does, but reads fractions itself.
struct Builder {
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    json::value_stack stack;

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_object_end(std::size_t size, Code&) { return stack.push_object(size), true; }
    bool on_array_end(std::size_t size, Code&) { return stack.push_array(size), true; }
    bool on_key_part(Text part, std::size_t, Code&) { return stack.push_chars(part), true; }
    bool on_key(Text part, std::size_t, Code&) { return stack.push_key(part), true; }
    bool on_string_part(Text part, std::size_t, Code&) { return stack.push_chars(part), true; }
    bool on_string(Text part, std::size_t, Code&) { return stack.push_string(part), true; }
    bool on_number_part(Text, Code&) { return true; }  // the text is whole: never called
    bool on_int64(std::int64_t number, Text, Code&) { return stack.push_int64(number), true; }
    bool on_uint64(std::uint64_t number, Text, Code&) { return stack.push_uint64(number), true; }
    bool on_double(double near, Text text, Code&) {
        double exact = near;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), exact);
        stack.push_double(read.ec == std::errc{} ? exact : near);  // else beyond a double's range
        return true;
    }
    bool on_bool(bool value, Code&) { return stack.push_bool(value), true; }
    bool on_null(Code&) { return stack.push_null(), true; }
    bool on_comment_part(Text, Code&) { return true; }
    bool on_comment(Text, Code&) { return true; }
};

}  // namespace

json::value parse_json(std::string_view text, Code& code, json::storage_ptr memory) {
    json::parse_options options;
    options.max_depth = kJsonDepth;
    json::basic_parser<Builder> parser(options);
    parser.handler().stack.reset(std::move(memory));
    const auto used = parser.write_some(false, text.data(), text.size(), code);
    if (!code && used < text.size()) code = json::make_error_code(json::error::extra_data);
    return code ? json::value() : parser.handler().stack.release();
}

}  // namespace csva::base
