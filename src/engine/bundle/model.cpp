#include "engine/bundle/model.hpp"

#include "engine/stats/scores.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unistd.h>

namespace csva::bundle {
namespace {

namespace fs = std::filesystem;

/// Buffers of one thread, kept from row to row.
struct Scratch {
    const void* owner = nullptr;
    std::vector<table::ColumnData> cells;
    table::TextArena arena;
    std::vector<float> features;
    std::vector<double> answer;
};

std::string model_file(std::string_view name) { return fmt::format("{}.model.json", name); }

bool is_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(
        text.data() + (text.starts_with('+') ? 1 : 0), text.data() + text.size(), value
    );
    return error == std::errc() && end == text.data() + text.size();
}

bool is_free_text(const learn::Preparation& p, std::size_t column) {
    return std::ranges::any_of(p.features, [&](const auto& f) {
        return f.column == static_cast<std::int64_t>(column) &&
               f.kind == learn::FeatureKind::length;
    });
}

base::Result<void> write_all(const fs::path& folder, const learn::TrainOutcome& outcome) {
    Description description{
        .program_version = CSVA_VERSION,
        .report = outcome.report,
        .preparation = outcome.preparation
    };
    for (const auto& model : outcome.models) {
        std::string json;
        base::encode(json, base::type_of<learn::StoredModel>(), &model);
        CHECK_OK(base::write_file(folder / model_file(model.name), json));
        description.models.push_back(model.name);
        description.hashes[model.name] = base::sha256_hex(json);
    }
    std::string json;
    base::encode(json, base::type_of<Description>(), &description);
    return base::write_file(folder / "model.json", json);
}

}  // namespace

struct Model::State {
    Description description;
    std::vector<table::ColumnParser> parsers;
    std::vector<std::uint8_t> free_text;
    std::map<std::string, learn::Predictor, std::less<>> models;

    void read_cell(
        std::size_t c, const std::map<std::string, base::Cell>& row, Scratch& s, Prediction& out
    ) const;
    void warn_range(std::size_t c, const table::ColumnData& data, Prediction& out) const;
};

base::Result<void> save(const std::string& folder, const learn::TrainOutcome& outcome) {
    std::error_code error;
    if (fs::exists(folder, error)) return base::fail(base::ErrorKind::conflict, kExists);
    const fs::path target = fs::absolute(folder).lexically_normal();
    const fs::path beside =
        target.parent_path() / fmt::format(".{}.{}", target.filename().string(), ::getpid());
    fs::create_directories(beside, error);
    if (auto written = write_all(beside, outcome); !written) {
        fs::remove_all(beside, error);
        return written;
    }
    CHECK_OK(base::sync_folder(beside));
    fs::rename(beside, target, error);
    if (error) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return base::sync_folder(target.parent_path());
}

base::Result<Model> Model::load(const std::string& folder) {
    auto state = std::make_unique<State>();
    const auto json = base::read_file(fs::path(folder) / "model.json");
    if (!json) return base::fail(base::ErrorKind::not_found, kNotAModel);
    const auto damaged = [] { return base::fail(base::ErrorKind::invalid_argument, kDamaged); };
    auto& d = state->description;
    if (!base::decode(*json, base::type_of<Description>(), &d) || d.models.empty())
        return damaged();
    d.preparation.index();
    for (std::size_t c = 0; c < d.preparation.columns.size(); ++c) {
        state->parsers.emplace_back(d.preparation.columns[c].column);
        state->free_text.push_back(is_free_text(d.preparation, c) ? 1 : 0);
    }
    for (const auto& name : d.models) {
        const auto text = base::read_file(fs::path(folder) / model_file(name));
        learn::StoredModel stored;
        if (!text || base::sha256_hex(*text) != d.hashes[name]) return damaged();
        if (!base::decode(*text, base::type_of<learn::StoredModel>(), &stored)) return damaged();
        TRY(auto predictor, learn::Predictor::make(stored, d.preparation.features.size()));
        state->models.emplace(name, std::move(predictor));
    }
    return Model(std::move(state));
}

void Model::State::warn_range(std::size_t c, const table::ColumnData& data, Prediction& out) const {
    const auto& input = description.preparation.columns[c];
    if (data.type == table::ColumnType::text) {
        if (!input.categories.empty() && free_text[c] == 0 &&
            description.preparation.code(c, data.texts[0]) < 0)
            out.warnings.push_back({"unseen_category", input.column.name});
    } else if (const double v = data.number(0); v < input.low || v > input.high) {
        out.warnings.push_back({"out_of_range", input.column.name});
    }
}

void Model::State::read_cell(
    std::size_t c, const std::map<std::string, base::Cell>& row, Scratch& s, Prediction& out
) const {
    const auto& name = description.preparation.columns[c].column.name;
    auto& data = s.cells[c];
    data.clear();
    const auto found = row.find(name);
    if (found == row.end()) {
        data.append_missing();
        out.warnings.push_back({"missing_column", name});
        return;
    }
    const auto outcome = parsers[c].append(found->second, data, s.arena);
    if (outcome == table::ColumnParser::Outcome::bad) out.warnings.push_back({"unreadable", name});
    // An empty text is no value, in training and here.
    if (!data.missing(0) && data.type == table::ColumnType::text && data.texts[0].empty())
        data.set_missing(0);
    if (!data.missing(0)) warn_range(c, data, out);
}

base::Result<Prediction> Model::predict(
    const std::map<std::string, base::Cell>& row, std::string_view name
) const {
    const auto& d = state_->description;
    const auto found =
        state_->models.find(name.empty() ? std::string_view(d.models.front()) : name);
    if (found == state_->models.end())
        return base::fail(
            base::ErrorKind::not_found, kUnknownModel, {{"model", std::string(name)}}
        );
    thread_local Scratch s;
    const auto& columns = d.preparation.columns;
    s.cells.resize(columns.size());
    s.arena.clear();
    for (std::size_t c = 0; c < columns.size(); ++c) s.cells[c].type = columns[c].column.type;
    Prediction out;
    for (std::size_t c = 0; c < columns.size(); ++c) state_->read_cell(c, row, s, out);
    if (row.size() + out.warnings.size() > columns.size())
        for (const auto& [key, cell] : row)
            if (key != d.report.target &&
                std::ranges::none_of(
                    columns, [&](const auto& c) { return c.column.name == key; }
                ) &&
                std::ranges::none_of(d.report.excluded, [&](const auto& e) {
                    return e.column == key;
                }))
                out.warnings.push_back({"extra_column", key});
    s.features.resize(d.preparation.features.size());
    d.preparation.transform(s.cells, 0, s.features.data());
    s.answer.resize(found->second.outputs());
    found->second.predict(s.features.data(), s.answer.data());
    if (d.report.classes.empty()) {
        out.prediction = {.kind = base::Cell::Kind::number, .number = s.answer[0]};
        base::encode_number(out.prediction.text, s.answer[0]);
        return out;
    }
    out.prediction = {
        .kind = base::Cell::Kind::text, .text = d.report.classes[stats::likeliest(s.answer)]
    };
    for (std::size_t k = 0; k < s.answer.size(); ++k)
        out.probabilities[d.report.classes[k]] = s.answer[k];
    return out;
}

std::string csv_cell(std::string_view text) {
    std::string out;
    if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front()) && !is_number(text))
        out += '\'';
    out += text;
    if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
    for (std::size_t i = 0; (i = out.find('"', i)) != std::string::npos; i += 2)
        out.insert(i, 1, '"');
    return '"' + out + '"';
}

std::string Model::csv_fields(const Prediction& prediction) const {
    std::string out = csv_cell(prediction.prediction.text);
    for (const auto& name : state_->description.report.classes) {
        out += ',';
        base::encode_number(out, prediction.probabilities.at(name));
    }
    return out;
}

std::string Model::csv_header() const {
    std::string out = "prediction";
    for (const auto& name : state_->description.report.classes)
        out += ',' + csv_cell("probability_" + name);
    return out;
}

const Description& Model::description() const { return state_->description; }
Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

}  // namespace csva::bundle
