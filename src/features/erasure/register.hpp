#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::erasure {

/// One processing activity (Regulation (EU) 2016/679, article 30 (1), points b to g).
struct Activity {
    std::string title;
    std::string purpose;
    std::string people;
    std::string data;
    std::string recipients;
    std::string transfers;
    std::string retention;
    std::string security;
};
CSVA_DESCRIBE(Activity, title, purpose, people, data, recipients, transfers, retention, security)
CSVA_NOTES(
    Activity,
    {.field = "people", .text = "Categories of data subjects."},
    {.field = "data", .text = "Categories of personal data."},
    {.field = "transfers", .text = "To third countries or international organisations."},
    {.field = "retention", .text = "When it is erased, as the settings have it."}
)

/// The records of processing activities, as far as the program knows them.
struct Register {
    std::int64_t made_at = 0;
    std::string controller;
    std::string contact;
    std::vector<Activity> activities;
    std::vector<std::string> gaps;
};
CSVA_DESCRIBE(Register, made_at, controller, contact, activities, gaps)
CSVA_NOTES(
    Register,
    {.field = "made_at", .text = "Unix milliseconds."},
    {.field = "controller", .text = "Of the setting register.controller."},
    {.field = "contact", .text = "Of the setting register.contact."},
    {.field = "gaps", .text = "What only the controller can say."}
)

/// Made anew from settings and counts each time. Errors: store.*.
base::Result<Register> make_register(
    store::Database& database, const base::Settings& settings, i18n::Language language
);

}  // namespace csva::erasure
