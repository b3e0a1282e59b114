#include "engine/bundle/model.hpp"

#include "engine/bundle/folder.hpp"
#include "engine/stats/scores.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <numeric>
#include <set>

namespace csva::bundle {
namespace {

namespace fs = std::filesystem;
using table::ColumnData;
using table::ColumnParser;
using table::ColumnType;

/// Buffers of one thread, kept from row to row.
struct Scratch {
    table::Batch batch;
    std::vector<const base::Cell*> cells;
    std::vector<std::vector<std::uint8_t>> given;
    std::vector<float> features;
    Answers one;
};

Scratch& scratch() {
    thread_local Scratch mine;
    return mine;
}

/// Reads the cells of one column as the file's were read. Dates and times may also come as forms
/// and JSON write them.
class CellReader {
public:
    explicit CellReader(const table::Column& column) : own_(column) {
        for (const char* format : formats_of(column.type)) {
            if (column.format.date_format == format) continue;
            table::Column iso = column;
            iso.format.date_format = format;
            iso_.emplace_back(iso);
        }
    }
    /// False when the cell has something that is no value of the column. `append` puts the cell
    /// into `data` through the parser it is given.
    template <class Append>
    bool read(ColumnData& data, const Append& append) const {
        if (append(own_) != ColumnParser::Outcome::bad) return true;
        return std::ranges::any_of(iso_, [&](const ColumnParser& other) {
            data.integers.pop_back();
            data.valid.pop_back();
            return append(other) != ColumnParser::Outcome::bad;
        });
    }

private:
    static std::vector<const char*> formats_of(ColumnType type) {
        switch (type) {
            case ColumnType::date:
                return {"%Y-%m-%d"};
            case ColumnType::timestamp:
                return {
                    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"
                };
            case ColumnType::time:
                return {"%H:%M:%S", "%H:%M"};
            default:
                return {};
        }
    }
    ColumnParser own_;
    std::vector<ColumnParser> iso_;
};

bool is_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(
        text.data() + (text.starts_with('+') ? 1 : 0), text.data() + text.size(), value
    );
    return error == std::errc() && end == text.data() + text.size();
}

std::unexpected<base::Error> damaged() {
    return base::fail(base::ErrorKind::invalid_argument, kDamaged);
}

/// Every file of the folder is as it was written, and the two that must be there are.
base::Result<void> check_hashes(const fs::path& folder, std::set<std::string>& files) {
    const auto list = base::read_file(folder / kHashesFile);
    if (!list) return damaged();
    for (std::size_t at = 0; at < list->size();) {
        const std::size_t end = std::min(list->find('\n', at), list->size());
        const std::string line = list->substr(at, end - at);
        constexpr std::size_t kNameAt = 66;
        if (line.size() <= kNameAt || line.find('/', kNameAt) != std::string::npos)
            return damaged();
        const std::string name = line.substr(kNameAt);
        const auto hash = base::sha256_file(folder / name);
        if (!hash || line.compare(0, hash->size(), *hash) != 0) return damaged();
        files.insert(name);
        at = end + 1;
    }
    return {};
}

}  // namespace

struct Model::State {
    Description description;
    recipe::Replay replay;
    std::vector<CellReader> readers;
    std::vector<std::size_t> by_name;  ///< Positions of the columns, sorted by their names.
    std::vector<std::uint8_t>
        categorical;                  // By column: texts not seen in training are worth a word.
    std::vector<std::size_t> hidden;  ///< Positions of the columns that a step protects.
    std::vector<std::string> class_cells;
    std::set<std::string, std::less<>> known;  // Names of all columns of the file.
    std::map<std::string, learn::Predictor, std::less<>> models;

    base::Result<void> make_ready();
    base::Result<const learn::Predictor*> predictor(std::string_view name) const;
    void cells_of(const std::map<std::string, base::Cell>& row, std::vector<const base::Cell*>& out)
        const;
    void fill(const std::map<std::string, base::Cell>& row, Scratch& s, Answers& out) const;
    void fill(const Places& places, const table::Batch& texts, Scratch& s, Answers& out) const;
    void answer(const learn::Predictor& predictor, Scratch& s, Answers& out) const;
    void clean(Scratch& s, Answers& out) const;
    void warn(std::size_t column, const ColumnData& data, Answers& out) const;
};

base::Result<void> Model::State::make_ready() {
    auto& d = description;
    d.preparation.index();
    auto loaded = recipe::Replay::load(d.columns, d.recipe);
    if (!loaded) return std::unexpected(std::move(loaded).error());
    replay = std::move(*loaded);
    const auto& made = replay.output().columns;
    const auto& inputs = d.preparation.columns;
    if (made.size() != inputs.size() || made.size() != d.columns.columns.size()) return damaged();
    for (std::size_t c = 0; c < inputs.size(); ++c) {
        const auto& as_read = d.columns.columns[c];
        if (made[c].physical != inputs[c].column.physical || as_read.physical != made[c].physical ||
            made[c].type != inputs[c].column.type)
            return damaged();
        readers.emplace_back(as_read);
        known.insert(as_read.name);
        const bool long_text = std::ranges::any_of(d.preparation.features, [&](const auto& f) {
            return f.column == static_cast<std::int64_t>(c) && f.kind == learn::FeatureKind::length;
        });
        categorical.push_back(!inputs[c].categories.empty() && !long_text ? 1 : 0);
    }
    for (const auto& physical : replay.protected_columns())
        hidden.push_back(*d.columns.find_physical(physical));
    by_name.resize(readers.size());
    std::iota(by_name.begin(), by_name.end(), std::size_t{0});
    std::ranges::sort(by_name, {}, [&d](std::size_t c) { return d.columns.columns[c].name; });
    known.insert(d.unused.begin(), d.unused.end());
    for (const auto& name : d.report.classes) class_cells.push_back(csv_cell(name));
    return {};
}

base::Result<Model> Model::load(const std::string& folder) {
    const fs::path place(folder);
    const auto json = base::read_file(place / kDescriptionFile);
    if (!json) return base::fail(base::ErrorKind::not_found, kNotAModel);
    std::set<std::string> files;
    CHECK_OK(check_hashes(place, files));
    auto state = std::make_unique<State>();
    auto& d = state->description;
    if (!files.contains(std::string(kDescriptionFile)) ||
        !base::decode(*json, base::type_of<Description>(), &d) || d.models.empty())
        return damaged();
    CHECK_OK(state->make_ready());
    for (const auto& name : d.models) {
        const auto text = base::read_file(place / model_file(name));
        learn::StoredModel stored;
        if (!text || !files.contains(model_file(name)) ||
            !base::decode(*text, base::type_of<learn::StoredModel>(), &stored))
            return damaged();
        TRY(auto predictor, learn::Predictor::make(stored, d.preparation.features.size()));
        state->models.emplace(name, std::move(predictor));
    }
    return Model(std::move(state));
}

base::Result<const learn::Predictor*> Model::State::predictor(std::string_view name) const {
    const auto found =
        models.find(name.empty() ? std::string_view(description.models.front()) : name);
    if (found != models.end()) return &found->second;
    return base::fail(base::ErrorKind::not_found, kUnknownModel, {{"model", std::string(name)}});
}

/// Both are sorted by name: one walk through the two.
void Model::State::cells_of(
    const std::map<std::string, base::Cell>& row, std::vector<const base::Cell*>& out
) const {
    out.assign(by_name.size(), nullptr);
    auto cell = row.begin();
    for (const auto c : by_name) {
        const auto& name = description.columns.columns[c].name;
        int order = -1;
        while (cell != row.end() && (order = cell->first.compare(name)) < 0) ++cell;
        if (cell == row.end()) return;
        if (order == 0) out[c] = &cell->second;
    }
}

void Model::State::fill(const std::map<std::string, base::Cell>& row, Scratch& s, Answers& out)
    const {
    std::size_t found_count = 0;
    cells_of(row, s.cells);
    for (std::size_t c = 0; c < readers.size(); ++c) {
        auto& data = s.batch.columns[c];
        const auto* cell = s.cells[c];
        if (cell == nullptr) {
            data.append_missing();
            out.warnings.push_back({0, c, "missing_column"});
            continue;
        }
        ++found_count;
        const bool good = readers[c].read(data, [&](const ColumnParser& parser) {
            return parser.append(*cell, data, s.batch.arena);
        });
        if (!good) out.warnings.push_back({0, c, "unreadable"});
    }
    s.batch.row_ids.push_back(1);
    if (found_count == row.size()) return;
    for (const auto& [name, cell] : row)
        if (!known.contains(name)) out.extra.push_back(name);
}

void Model::State::fill(const Places& places, const table::Batch& texts, Scratch& s, Answers& out)
    const {
    s.batch.row_ids = texts.row_ids;
    out.extra = places.extra;
    for (std::size_t c = 0; c < readers.size(); ++c) {
        auto& data = s.batch.columns[c];
        for (std::size_t row = 0; row < texts.rows(); ++row) {
            const char* code = nullptr;
            if (!places.columns[c]) {
                data.append_missing();
                code = "missing_column";
            } else if (const auto& column = texts.columns[*places.columns[c]];
                       column.missing(row)) {
                data.append_missing();
            } else if (!readers[c].read(data, [&](const ColumnParser& parser) {
                           return parser.append(column.texts[row], data);
                       })) {
                code = "unreadable";
            }
            if (code != nullptr && out.with_warnings) out.warnings.push_back({row, c, code});
        }
    }
}

/// The recipe; a value that it cannot use (a text that is no number) is unreadable too.
void Model::State::clean(Scratch& s, Answers& out) const {
    auto& columns = s.batch.columns;
    s.given.resize(columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) s.given[c] = columns[c].valid;
    replay.apply(s.batch);
    for (std::size_t c = 0; c < columns.size() && out.with_warnings; ++c)
        for (std::size_t row = 0; row < s.batch.rows(); ++row)
            if (s.given[c][row] != 0 && columns[c].missing(row))
                out.warnings.push_back({row, c, "unreadable"});
}

void Model::State::warn(std::size_t c, const ColumnData& data, Answers& out) const {
    const auto& input = description.preparation.columns[c];
    const bool text = data.type == ColumnType::text;
    if (text && categorical[c] == 0) return;
    for (std::size_t row = 0; row < data.size(); ++row) {
        if (data.missing(row)) continue;
        if (text) {
            if (description.preparation.code(c, data.texts[row]) < 0)
                out.warnings.push_back({row, c, "unseen_category"});
        } else if (const double v = data.number(row); v < input.low || v > input.high) {
            out.warnings.push_back({row, c, "out_of_range"});
        }
    }
}

void Model::State::answer(const learn::Predictor& predictor, Scratch& s, Answers& out) const {
    const auto& preparation = description.preparation;
    if (!description.recipe.empty()) clean(s, out);
    for (std::size_t c = 0; c < s.batch.columns.size(); ++c) {
        auto& data = s.batch.columns[c];
        // An empty text is no value, in training and here.
        for (std::size_t row = 0; row < data.size() && data.type == ColumnType::text; ++row)
            if (!data.missing(row) && data.texts[row].empty()) data.set_missing(row);
        if (out.with_warnings) warn(c, data, out);
    }
    std::ranges::sort(out.warnings, [](const auto& a, const auto& b) {
        return a.row != b.row ? a.row < b.row : a.column < b.column;
    });
    s.features.resize(preparation.features.size());
    out.values.resize(s.batch.rows() * predictor.outputs());
    for (std::size_t row = 0; row < s.batch.rows(); ++row) {
        preparation.transform(s.batch.columns, row, s.features.data());
        predictor.predict(s.features.data(), &out.values[row * predictor.outputs()]);
    }
}

base::Result<Prediction> Model::predict(
    const std::map<std::string, base::Cell>& row, std::string_view name
) const {
    TRY(const auto* predictor, state_->predictor(name));
    Scratch& s = scratch();
    s.batch.reset(state_->description.columns);
    s.one.warnings.clear();
    s.one.extra.clear();
    state_->fill(row, s, s.one);
    state_->answer(*predictor, s, s.one);
    return prediction(s.one, 0);
}

void Model::cells_of(
    const std::map<std::string, base::Cell>& row, std::vector<const base::Cell*>& out
) const {
    state_->cells_of(row, out);
}

const std::vector<std::size_t>& Model::hidden() const { return state_->hidden; }

Places Model::places(const table::Schema& columns) const {
    Places out;
    for (const auto& column : state_->description.columns.columns)
        out.columns.push_back(columns.find(column.name));
    for (const auto& column : columns.columns)
        if (!state_->known.contains(column.name)) out.extra.push_back(column.name);
    return out;
}

base::Result<void> Model::predict(
    const Places& places, const table::Batch& texts, std::string_view name, Answers& out
) const {
    TRY(const auto* predictor, state_->predictor(name));
    Scratch& s = scratch();
    s.batch.reset(state_->description.columns);
    out.warnings.clear();
    state_->fill(places, texts, s, out);
    state_->answer(*predictor, s, out);
    return {};
}

Prediction Model::prediction(const Answers& answers, std::size_t row) const {
    const auto& d = state_->description;
    const auto& classes = d.report.classes;
    const std::size_t outputs = std::max<std::size_t>(1, classes.size());
    const std::span<const double> values(&answers.values[row * outputs], outputs);
    Prediction out;
    if (classes.empty()) {
        out.prediction = {.kind = base::Cell::Kind::number, .number = values[0]};
        base::encode_number(out.prediction.text, values[0]);
    } else {
        out.prediction = {
            .kind = base::Cell::Kind::text, .text = classes[stats::likeliest(values)]
        };
    }
    for (std::size_t k = 0; k < classes.size(); ++k) out.probabilities[classes[k]] = values[k];
    auto warning = std::ranges::lower_bound(answers.warnings, row, {}, &Answers::RowWarning::row);
    for (; warning != answers.warnings.end() && warning->row == row; ++warning)
        out.warnings.push_back({std::string(warning->code), d.columns.columns[warning->column].name}
        );
    for (const auto& column : answers.extra) out.warnings.push_back({"extra_column", column});
    return out;
}

void Model::append_csv(std::string& out, const Answers& answers, std::size_t row) const {
    const auto& cells = state_->class_cells;
    if (cells.empty()) return base::encode_number(out, answers.values[row]);
    const std::span<const double> values(&answers.values[row * cells.size()], cells.size());
    out += cells[stats::likeliest(values)];
    for (const double value : values) {
        out += ',';
        base::encode_number(out, value);
    }
}

std::string Model::csv_header() const {
    std::string out = "prediction";
    for (const auto& name : state_->description.report.classes)
        out += ',' + csv_cell("probability_" + name);
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

const Description& Model::description() const { return state_->description; }
Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

}  // namespace csva::bundle
