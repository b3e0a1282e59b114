#pragma once

#include "features/models/service.hpp"
#include "features/predictions/service.hpp"
#include "features/serving/types.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/store/database.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace csva::serving {

std::vector<base::SettingRow> setting_rows();

/// Registered models behind MLflow's scoring protocol and the Open Inference Protocol; every answer
/// is one of predictions::Service. Thread-safe.
class Service {
public:
    Service(
        store::Database& database,
        models::Service& models,
        predictions::Service& predictions,
        const base::Settings& settings
    )
        : database_(database), models_(models), predictions_(predictions), settings_(settings) {}

    /// `address`: models:/NAME@ALIAS, models:/NAME/VERSION; empty: serving.default_model. Errors of
    /// all: those of models::registry::resolve, serving.no_default_model, those of rows.hpp.
    base::Result<Scores> score(
        const http::Actor& actor, std::string_view address, const Invocation& sent
    );
    base::Result<Scores> score_csv(
        const http::Actor& actor, std::string_view address, const std::string& text
    );
    base::Result<ModelMetadata> metadata(const http::Actor& actor, const ModelName& name);
    base::Result<Inferred> infer(const http::Actor& actor, const Inference& wish);

private:
    base::Result<models::ModelId> resolve(const http::Actor& actor, std::string_view address);
    base::Result<Scores> answer(models::ModelId id, const std::vector<predictions::Row>& rows);

    store::Database& database_;
    models::Service& models_;
    predictions::Service& predictions_;
    const base::Settings& settings_;
};

}  // namespace csva::serving
