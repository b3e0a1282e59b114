#include "foundation/base/settings.hpp"

#include "foundation/base/files.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace csva::base {
namespace {

std::string environment_name(std::string_view setting) {
    std::string name = "CSVA_";
    for (const char c : setting)
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

std::unexpected<Error> invalid(std::string_view name, std::string_view expected) {
    return fail(
        ErrorKind::invalid_argument,
        "base.setting_invalid",
        {{"setting", std::string(name)}, {"expected", std::string(expected)}}
    );
}

Result<void> check(const SettingRow& row, const std::string& value) {
    const char* first = value.data();
    const char* last = first + value.size();
    if (row.type == SettingType::integer) {
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(first, last, number);
        if (code != std::errc{} || end != last || number < 0)
            return invalid(row.name, "integer >= 0");
    } else if (row.type == SettingType::real) {
        double number = 0;
        const auto [end, code] = std::from_chars(first, last, number);
        if (code != std::errc{} || end != last || !(number >= 0))
            return invalid(row.name, "number >= 0");
    } else if (row.type == SettingType::boolean) {
        if (value != "true" && value != "false") return invalid(row.name, "true, false");
    }
    return {};
}

Result<std::string> toml_text(const toml::node& node, std::string_view name) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
    if (const auto* real = node.as_floating_point()) return std::to_string(real->get());
    if (const auto* boolean = node.as_boolean())
        return std::string(boolean->get() ? "true" : "false");
    if (const auto* array = node.as_array()) {
        std::string joined;
        for (const auto& item : *array) {
            if (!item.is_string()) return invalid(name, "list of texts");
            if (!joined.empty()) joined += ',';
            joined += item.as_string()->get();
        }
        return joined;
    }
    return invalid(name, "text, number, boolean or list");
}

constexpr std::string_view kFileEnding = "_file";

const SettingRow* row_of(const std::vector<SettingRow>& rows, std::string_view name) {
    const auto found = std::ranges::find(rows, name, &SettingRow::name);
    return found == rows.end() ? nullptr : &*found;
}

/// What a file says, without the line end that editors add.
Result<std::string> content_of(const std::string& file) {
    TRY(std::string content, read_file(file));
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r'))
        content.pop_back();
    return content;
}

using Values = std::map<std::string, std::string, std::less<>>;

Result<void> read_settings_file(
    const std::string& file, const std::vector<SettingRow>& rows, Values& values
) {
    TRY(const std::string content, read_file(file));
    toml::table table;
    try {
        table = toml::parse(content, file);
    } catch (const toml::parse_error& error) {
        return fail(
            ErrorKind::invalid_argument,
            "base.settings_file_invalid",
            {{"line", static_cast<std::int64_t>(error.source().begin.line)},
             {"problem", std::string(error.description())}}
        );
    }
    for (const auto& [section, node] : table) {
        const auto* entries = node.as_table();
        if (entries == nullptr) return invalid(section.str(), "[section] with key = value lines");
        for (const auto& [key, value] : *entries) {
            const std::string name = std::string(section.str()) + "." + std::string(key.str());
            const auto* row = row_of(rows, name);
            const auto* secret =
                name.ends_with(kFileEnding)
                    ? row_of(rows, name.substr(0, name.size() - kFileEnding.size()))
                    : nullptr;
            if (row == nullptr && secret != nullptr && secret->type == SettingType::secret) {
                TRY(const auto file_name, toml_text(value, name));
                TRY(values[std::string(secret->name)], content_of(file_name));
                continue;
            }
            if (row == nullptr) {
                return fail(
                    ErrorKind::invalid_argument, "base.setting_unknown", {{"setting", name}}
                );
            }
            TRY(values[name], toml_text(value, name));
        }
    }
    return {};
}

}  // namespace

Result<Settings> Settings::load(
    std::vector<SettingRow> rows,
    const std::string& file,
    const std::map<std::string, std::string>& environment,
    const std::map<std::string, std::string>& overrides
) {
    Settings settings;
    for (const auto& row : rows) settings.values_.emplace(row.name, row.default_value);
    if (!file.empty()) CHECK_OK(read_settings_file(file, rows, settings.values_));
    for (const auto& row : rows) {
        const std::string name = environment_name(row.name);
        if (const auto found = environment.find(name); found != environment.end()) {
            settings.values_[std::string(row.name)] = found->second;
        } else if (const auto from_file = environment.find(name + "_FILE");
                   from_file != environment.end()) {
            TRY(settings.values_[std::string(row.name)], content_of(from_file->second));
        }
    }
    for (const auto& [name, value] : overrides) {
        if (!settings.values_.contains(name)) {
            return fail(ErrorKind::invalid_argument, "base.setting_unknown", {{"setting", name}});
        }
        settings.values_[name] = value;
    }
    for (const auto& row : rows) CHECK_OK(check(row, settings.raw(row.name)));
    settings.rows_ = std::move(rows);
    return settings;
}

const std::string& Settings::raw(std::string_view name) const {
    const auto found = values_.find(name);
    assert(found != values_.end() && "a setting without a row");
    return found->second;
}

const std::string& Settings::text(std::string_view name) const { return raw(name); }

std::int64_t Settings::integer(std::string_view name) const {
    const auto& value = raw(name);
    std::int64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

double Settings::real(std::string_view name) const {
    const auto& value = raw(name);
    double number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

bool Settings::boolean(std::string_view name) const { return raw(name) == "true"; }

std::vector<std::string> Settings::list(std::string_view name) const {
    std::vector<std::string> items;
    std::string_view rest = raw(name);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        auto item = rest.substr(0, comma);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return items;
}

Secret Settings::secret(std::string_view name) const { return Secret(raw(name)); }

}  // namespace csva::base
