#pragma once

#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::base {

enum class SettingType : std::uint8_t { text, integer, real, boolean, secret, list };

/// One row of a feature's settings.cpp. `name` is `section.key`; environment `CSVA_SECTION_KEY`
/// (`_FILE` for a secret); file `[section] key` (`key_file` for a secret). `unit` is shown in the
/// reference page ("bytes", "s", ""); `text` is its English sentence.
struct SettingRow {
    std::string_view name;
    SettingType type = SettingType::text;
    std::string_view default_value;
    std::string_view unit;
    std::string_view text;
};

/// Values of all settings: default < file < environment < command line. Immutable once loaded, so
/// shared freely.
class Settings {
public:
    /// Errors: base.setting_unknown, base.setting_invalid, base.settings_file_invalid,
    /// base.file_not_found.
    static Result<Settings> load(
        std::vector<SettingRow> rows,
        const std::string& file,
        const std::map<std::string, std::string>& environment,
        const std::map<std::string, std::string>& overrides
    );

    /// Asking for a name without a row is a programmer error (assertion).
    const std::string& text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    double real(std::string_view name) const;
    bool boolean(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    Secret secret(std::string_view name) const;
    std::span<const SettingRow> rows() const { return rows_; }

private:
    const std::string& raw(std::string_view name) const;
    std::vector<SettingRow> rows_;
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace csva::base
