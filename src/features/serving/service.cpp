#include "features/serving/service.hpp"

#include "features/serving/rows.hpp"

namespace csva::serving {
namespace {

using base::Cell;
using base::Result;

std::vector<std::string> column_names(const models::Ready& ready) {
    std::vector<std::string> out;
    for (const auto& column : ready.bundle->description().columns.columns)
        out.push_back(column.name);
    return out;
}

std::string address_of(std::string_view name, std::string_view version) {
    std::string out = "models:/" + std::string(name);
    if (!version.empty()) return out + "/" + std::string(version);
    return name.contains('@') ? out : out + "/latest";
}

std::string_view datatype_of(table::ColumnType type) {
    using table::ColumnType;
    switch (type) {
        case ColumnType::integer:
            return "INT64";
        case ColumnType::real:
            return "FP64";
        case ColumnType::boolean:
            return "BOOL";
        default:
            return "BYTES";
    }
}

Cell number(double value) {
    Cell out{.kind = Cell::Kind::number, .text = {}, .number = value};
    base::encode_number(out.text, value);
    return out;
}

}  // namespace

std::vector<base::SettingRow> setting_rows() {
    return {
        {"serving.default_model",
         base::SettingType::text,
         "",
         "",
         "The registered model that /invocations answers with (models:/NAME@champion); empty: none."
        },
    };
}

Result<models::ModelId> Service::resolve(const http::Actor& actor, std::string_view address) {
    const auto standard = settings_.text("serving.default_model");
    if (address.empty()) address = standard;
    if (address.empty()) return base::fail(base::ErrorKind::not_found, kNoDefaultModel);
    return database_.read([&](store::Session& session) {
        return models::registry::resolve(session, actor, address);
    });
}

Result<Scores> Service::answer(models::ModelId id, const std::vector<predictions::Row>& rows) {
    TRY(auto answers, predictions_.answer_all(id, rows));
    Scores out;
    for (auto& one : answers.predictions) {
        auto& cells = out.predictions.emplace_back();
        for (const auto& [name, value] : one.probabilities)
            cells["probability_" + name] = number(value);
        cells["prediction"] = std::move(one.prediction);
    }
    return out;
}

Result<Scores> Service::score(
    const http::Actor& actor, std::string_view address, const Invocation& sent
) {
    TRY(const auto id, resolve(actor, address));
    TRY(const auto ready, models_.ready(id));
    TRY(const auto rows, rows_of(sent, column_names(*ready)));
    return answer(id, rows);
}

Result<Scores> Service::score_csv(
    const http::Actor& actor, std::string_view address, const std::string& text
) {
    TRY(const auto id, resolve(actor, address));
    TRY(const auto rows, rows_of_csv(text));
    return answer(id, rows);
}

Result<ModelMetadata> Service::metadata(const http::Actor& actor, const ModelName& name) {
    TRY(const auto id, resolve(actor, address_of(name.name, name.version)));
    TRY(const auto ready, models_.ready(id));
    const auto& description = ready->bundle->description();
    ModelMetadata out{
        .name = name.name, .versions = {}, .platform = "csva", .inputs = {}, .outputs = {}
    };
    if (!name.version.empty()) out.versions.push_back(name.version);
    for (const auto& column : description.columns.columns)
        out.inputs.push_back({column.name, std::string(datatype_of(column.type)), {-1}});
    const auto& classes = description.report.classes;
    out.outputs.push_back({"prediction", classes.empty() ? "FP64" : "BYTES", {-1}});
    for (const auto& one : classes) out.outputs.push_back({"probability_" + one, "FP64", {-1}});
    return out;
}

Result<Inferred> Service::infer(const http::Actor& actor, const Inference& wish) {
    TRY(const auto about, metadata(actor, {wish.name, wish.version}));
    TRY(const auto id, resolve(actor, address_of(wish.name, wish.version)));
    TRY(const auto rows, rows_of(wish.inputs));
    TRY(auto answers, answer(id, rows));
    Inferred out{wish.name, wish.version, wish.id, {}};
    for (const auto& output : about.outputs) {
        auto& tensor = out.outputs.emplace_back(
            OutputTensor{output.name, output.datatype, {static_cast<std::int64_t>(rows.size())}, {}}
        );
        for (auto& row : answers.predictions) tensor.data.push_back(std::move(row[output.name]));
    }
    return out;
}

}  // namespace csva::serving
