#include "engine/exchange/exchange.hpp"

#include "engine/exchange/features.hpp"
#include "engine/exchange/model_card.hpp"
#include "engine/exchange/models.hpp"
#include "foundation/base/clock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace csva::exchange {
namespace {

using table::ColumnType;

constexpr std::string_view kRequirements = "mlflow\nnumpy\nonnx>=1.17\nonnxruntime>=1.20\npandas\n";
constexpr std::string_view kPythonEnvironment =
    "python: \"3.11\"\nbuild_dependencies: [pip]\ndependencies: [\"-r requirements.txt\"]\n";
constexpr std::string_view kCondaEnvironment =
    "channels: [conda-forge]\ndependencies:\n- python=3.11\n- pip\n- pip: [\"-r "
    "requirements.txt\"]\n"
    "name: mlflow-env\n";

/// A column of the graph's input or output.
struct Port {
    table::Column column;
    std::string name, type;  ///< The type is MLflow's.
    Element element = Element::string;
    double example = 0;
    std::string example_text;
};

std::string in_quotes(std::string_view text) {
    std::string out;
    base::encode_text(out, text);
    return out;
}

std::string joined(const auto& items, const auto& text) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ",") + text(item);
    return out;
}

/// The recipe in two parts: what ONNX cannot say, and what follows.
struct Parts {
    recipe::Replay before, after;
    std::vector<std::string> steps_before;
};

base::Result<Parts> part(const recipe::Replay& replay) {
    const auto steps = replay.steps();
    const auto unspeakable = [](const recipe::FittedStep& fitted) {
        return recipe::find_step(fitted.step.step)->onnx.empty();
    };
    const auto last = std::ranges::find_if(steps.rbegin(), steps.rend(), unspeakable);
    const std::vector<recipe::FittedStep> first(steps.begin(), last.base()),
        second(last.base(), steps.end());
    Parts out;
    TRY(out.before, recipe::Replay::load(replay.as_read(), first));
    TRY(out.after, recipe::Replay::load(out.before.output(), second));
    for (const auto& fitted : first) out.steps_before.push_back(fitted.step.step);
    return out;
}

/// Physical names of the columns that no training row missed.
std::vector<std::string> complete_columns(const drift::Reference& reference) {
    std::vector<std::string> out;
    for (const auto& column : reference.sketch.columns)
        if (column.role == drift::Role::input && column.missing == 0)
            out.push_back(column.column.physical);
    return out;
}

Port input_port(const table::Column& column, const learn::Preparation& preparation, bool complete) {
    Port out{.column = column, .name = column.name};
    const auto known = std::ranges::find_if(preparation.columns, [&](const auto& input) {
        return input.column.physical == column.physical;
    });
    if (known == preparation.columns.end()) return out;
    if (column.type == ColumnType::text) {
        out.type = "string";
        out.example_text = known->typical.empty() ? "text" : known->typical;
        return out;
    }
    const bool whole = column.type != ColumnType::real && complete;
    const double middle = (known->low + known->high) / 2;
    out.example =
        std::isfinite(middle) ? (column.type == ColumnType::real ? middle : std::floor(middle)) : 0;
    out.type = !whole ? "double" : column.type == ColumnType::boolean ? "boolean" : "long";
    out.element = !whole                               ? Element::float64
                  : column.type == ColumnType::boolean ? Element::boolean
                                                       : Element::int64;
    return out;
}

std::string example_cell(const Port& port) {
    if (port.element == Element::string) return in_quotes(port.example_text);
    if (port.element == Element::boolean) return port.example != 0 ? "true" : "false";
    std::string out;
    base::encode_number(out, port.example);
    return out;
}

/// A name that no input has.
std::string free_name(std::string name, const std::vector<Port>& inputs) {
    while (std::ranges::find(inputs, name, &Port::name) != inputs.end()) name += '_';
    return name;
}

class Export {
public:
    Export(
        const learn::TrainOutcome& outcome, Parts parts, const std::vector<std::string>& complete
    )
        : outcome_(outcome), parts_(std::move(parts)) {
        for (const auto& column : parts_.before.output().columns) {
            // A step before may have made another value of a cell, or none.
            const bool known = parts_.steps_before.empty() &&
                               std::ranges::find(complete, column.physical) != complete.end();
            inputs_.push_back(input_port(column, outcome.preparation, known));
        }
    }

    base::Result<std::vector<bundle::File>> files() {
        TRY(auto onnx, graph());
        const std::string example = fmt::format(
            "{{\"columns\":[{}],\"data\":[[{}]]}}",
            joined(inputs_, [](const Port& port) { return in_quotes(port.name); }),
            joined(inputs_, example_cell)
        );
        return std::vector<bundle::File>{
            {"MLmodel", description()},
            {"model.onnx", std::move(onnx)},
            {"input_example.json", example},
            {"serving_input_example.json", "{\"dataframe_split\":" + example + "}"},
            {"requirements.txt", std::string(kRequirements)},
            {"python_env.yaml", std::string(kPythonEnvironment)},
            {"conda.yaml", std::string(kCondaEnvironment)}
        };
    }

private:
    base::Result<std::string> graph() {
        std::map<std::string, Value> columns;
        for (const auto& port : inputs_) {
            auto value = graph_.input(port.name, port.element, inputs_.size() > 1);
            if (port.element == Element::int64 || port.element == Element::boolean)
                value = graph_.cast(value, Element::float64);
            columns[port.column.physical] = std::move(value);
        }
        fill(columns);
        const auto features = add_features(graph_, outcome_.preparation, columns);
        TRY(const auto answers, add_model(graph_, outcome_.models.front(), features));
        add_outputs(answers);
        return graph_.model("csva", text());
    }

    /// What the recipe makes of a row without any value is what it fills.
    void fill(std::map<std::string, Value>& columns) {
        table::Batch batch(parts_.before.output());
        for (auto& column : batch.columns) column.append_missing();
        batch.row_ids.push_back(1);
        parts_.after.apply(batch);
        const auto& made = parts_.after.output().columns;
        for (std::size_t c = 0; c < made.size(); ++c) {
            const auto& cell = batch.columns[c];
            if (cell.missing(0)) continue;
            auto& value = columns.at(made[c].physical);
            const bool is_text = cell.type == ColumnType::text;
            const auto missing = is_text ? graph_.node("Equal", {value, graph_.word("")})
                                         : graph_.node("IsNaN", {value});
            const auto filled =
                is_text ? graph_.word(std::string(cell.texts[0])) : graph_.number(cell.number(0));
            value = graph_.node("Where", {missing, filled, value});
        }
    }

    void add_output(std::string name, std::string_view type, Element element, const Value& value) {
        name = free_name(std::move(name), inputs_);
        graph_.output(name, element, value);
        outputs_.push_back({.name = name, .type = std::string(type), .element = element});
    }

    void add_outputs(const Value& answers) {
        const auto& classes = outcome_.report.classes;
        if (classes.empty()) {
            const auto value = graph_.node("Squeeze", {answers, graph_.axis(1)});
            return add_output("prediction", "double", Element::float64, value);
        }
        const auto likeliest = graph_.node(
            "ArgMax",
            {answers},
            Attributes().set("axis", std::int64_t{1}).set("keepdims", std::int64_t{0})
        );
        const auto count = static_cast<std::int64_t>(classes.size());
        const auto names = graph_.constant(Tensor::of(classes, {count}));
        add_output(
            "prediction", "string", Element::string, graph_.node("Gather", {names, likeliest})
        );
        for (std::int64_t k = 0; k < count; ++k)
            add_output(
                "probability_" + classes[static_cast<std::size_t>(k)],
                "double",
                Element::float64,
                graph_.node(
                    "Gather", {answers, graph_.whole(k)}, Attributes().set("axis", std::int64_t{1})
                )
            );
    }

    std::string text() const {
        std::string out =
            "Dates are days since 1970-01-01, timestamps microseconds since then, times "
            "microseconds since midnight; a missing number is NaN, a missing text "
            "empty.";
        if (!parts_.steps_before.empty())
            out += " Takes its rows after these steps of the recipe: " +
                   fmt::format("{}.", fmt::join(parts_.steps_before, ", "));
        return out;
    }

    static std::string signature(const std::vector<Port>& ports) {
        return in_quotes(
            "[" +
            joined(
                ports,
                [](const Port& port) {
                    return fmt::format(
                        R"({{"type": {}, "name": {}, "required": true}})",
                        in_quotes(port.type),
                        in_quotes(port.name)
                    );
                }
            ) +
            "]"
        );
    }

    /// YAML, of which JSON is a part.
    std::string description() const {
        return fmt::format(
            R"({{
  "flavors": {{
    "onnx": {{"code": null, "data": "model.onnx", "onnx_version": "1.17.0", "providers": ["CPUExecutionProvider"]}},
    "python_function": {{
      "data": "model.onnx",
      "env": {{"conda": "conda.yaml", "virtualenv": "python_env.yaml"}},
      "loader_module": "mlflow.onnx",
      "python_version": "3.11.2"
    }}
  }},
  "metadata": {{"made_by": "csva {}", "model": {}, "target": {}, "columns": {}, "starts_after": [{}]}},
  "mlflow_version": "3.17.2",
  "saved_input_example_info": {{
    "artifact_path": "input_example.json",
    "pandas_orient": "split",
    "serving_input_path": "serving_input_example.json",
    "type": "dataframe"
  }},
  "signature": {{"inputs": {}, "outputs": {}, "params": null}},
  "utc_time_created": "{:%Y-%m-%d %H:%M:%S}"
}}
)",
            CSVA_VERSION,
            in_quotes(outcome_.models.front().name),
            in_quotes(outcome_.report.target),
            in_quotes(text()),
            joined(parts_.steps_before, [](const std::string& step) { return in_quotes(step); }),
            signature(inputs_),
            signature(outputs_),
            fmt::gmtime(static_cast<std::time_t>(base::Clock::wall_ms() / 1000))
        );
    }

    const learn::TrainOutcome& outcome_;
    Parts parts_;
    Graph graph_;
    std::vector<Port> inputs_, outputs_;
};

}  // namespace

base::Result<std::vector<bundle::File>> mlflow_files(
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference
) {
    if (outcome.preparation.features.empty()) return std::vector<bundle::File>{};
    TRY(const auto kept, replay.only(bundle::needed_columns(outcome)));
    TRY(auto parts, part(kept));
    return Export(outcome, std::move(parts), complete_columns(reference)).files();
}

base::Result<void> save(
    const std::string& folder,
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference
) {
    TRY(auto files, mlflow_files(outcome, replay, reference));
    for (const auto language : {i18n::Language::en, i18n::Language::fr})
        files.push_back(
            {fmt::format("model_card.{}.md", i18n::name_of(language)),
             markdown(
                 model_card(
                     {outcome.report, outcome.preparation, replay.steps().size(), CSVA_VERSION},
                     language
                 ),
                 language
             )}
        );
    return bundle::save(folder, outcome, replay, reference, files);
}

}  // namespace csva::exchange
