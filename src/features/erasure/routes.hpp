#pragma once

#include "features/erasure/exports.hpp"
#include "features/erasure/persons.hpp"
#include "features/erasure/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::erasure {

/// They outlive the routes.
struct RouteParts {
    Service& service;
    Exports& exports;
    accounts::Accounts& accounts;
    store::Database& database;
    const base::Settings& settings;
};
void register_routes(http::Routes& routes, const RouteParts& parts);
/// `persons` outlives the routes.
void register_person_routes(http::Routes& routes, Persons& persons);

}  // namespace csva::erasure
