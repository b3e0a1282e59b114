#include "engine/exchange/models.hpp"

#include "engine/exchange/trees.hpp"

namespace csva::exchange {
namespace {

using learn::StoredPart;

/// One model's parts in a graph; see learn::Predictor.
class Parts {
public:
    Parts(Graph& graph, Value features, std::int64_t outputs)
        : g_(graph), features_(std::move(features)), outputs_(outputs) {}

    base::Result<Value> answer(const StoredPart& part) {
        if (part.kind == "constant") return constant(part);
        if (part.kind == "linear") {
            const auto scores = linear(part);
            if (outputs_ == 1) return linked(part, scores);
            return g_.node("Softmax", {scores}, Attributes().set("axis", std::int64_t{1}));
        }
        TRY(const auto out, add_booster(g_, part.booster, features_));
        if (part.output >= 0) return g_.node("Mul", {share(out), one_hot(part.output)});
        if (outputs_ == 1) return linked(part, out);
        if (outputs_ > 2) return out;
        const auto second = share(out);
        return g_.node(
            "Concat",
            {g_.node("Sub", {g_.number(1), second}), second},
            Attributes().set("axis", std::int64_t{1})
        );
    }

    /// Answers given class by class are made to sum to 1.
    Value normalise(const Value& value) {
        const auto sum = g_.node("ReduceSum", {value, g_.axis(1)});
        return g_.node(
            "Where",
            {g_.node("Greater", {sum, g_.number(0)}),
             g_.node("Div", {value, sum}),
             g_.number(1 / static_cast<double>(outputs_))}
        );
    }

private:
    Value share(const Value& value) {
        return g_.node("Max", {g_.node("Min", {value, g_.number(1)}), g_.number(0)});
    }

    Value one_hot(std::int64_t position) {
        std::vector<double> row(static_cast<std::size_t>(outputs_));
        row[static_cast<std::size_t>(position)] = 1;
        return g_.constant(Tensor::of(row, {1, outputs_}));
    }

    /// The same row as often as there are rows.
    Value constant(const StoredPart& part) {
        const auto rows =
            g_.node("ReduceSum", {g_.node("Mul", {column(0), g_.number(0)}), g_.axis(1)});
        const auto zeros = g_.node("Where", {g_.node("IsNaN", {rows}), g_.number(0), rows});
        return g_.node("Add", {zeros, g_.constant(Tensor::of(part.weights, {1, outputs_}))});
    }

    Value column(std::int64_t feature) {
        const std::vector<std::int64_t> one{feature};
        return g_.node(
            "Gather",
            {features_, g_.constant(Tensor::of(one, {1}))},
            Attributes().set("axis", std::int64_t{1})
        );
    }

    Value linear(const StoredPart& part) {
        const auto width = static_cast<std::int64_t>(part.weights.size()) / outputs_;
        const auto weight = [&](std::int64_t output, std::int64_t at) {
            return part.weights[static_cast<std::size_t>(output * width + at)];
        };
        std::vector<double> intercept;
        for (std::int64_t k = 0; k < outputs_; ++k) intercept.push_back(weight(k, 0));
        Value sum = g_.constant(Tensor::of(intercept, {1, outputs_}));
        std::vector<std::int64_t> numbers;
        for (std::size_t f = 0; f < part.levels.size(); ++f) {
            if (part.levels[f] == 0) {
                numbers.push_back(static_cast<std::int64_t>(f));
                continue;
            }
            std::vector<double> table;  // By category, and a last row of zeros for what is none.
            for (std::int64_t level = 0; level < part.levels[f]; ++level)
                for (std::int64_t k = 0; k < outputs_; ++k)
                    table.push_back(weight(k, part.first[f] + level));
            table.resize(table.size() + static_cast<std::size_t>(outputs_));
            sum =
                g_.node("Add", {sum, look_up(table, static_cast<std::int64_t>(f), part.levels[f])});
        }
        return numbers.empty() ? sum : g_.node("Add", {sum, scaled(part, numbers, weight)});
    }

    Value look_up(const std::vector<double>& table, std::int64_t feature, std::int64_t levels) {
        const auto code = g_.node("Squeeze", {column(feature), g_.axis(1)});
        const auto place = g_.node(
            "Where", {g_.node("IsNaN", {code}), g_.number(static_cast<double>(levels)), code}
        );
        return g_.node(
            "Gather",
            {g_.constant(Tensor::of(table, {levels + 1, outputs_})), g_.cast(place, Element::int64)}
        );
    }

    /// Standardised numbers within -10 and 10, missing ones 0, times their weights.
    Value scaled(
        const StoredPart& part, const std::vector<std::int64_t>& numbers, const auto& weight
    ) {
        std::vector<double> fill, scale, weights;
        for (const auto f : numbers) {
            const auto at = static_cast<std::size_t>(f);
            fill.push_back(part.fill[at]);
            scale.push_back(part.scale[at]);
            for (std::int64_t k = 0; k < outputs_; ++k)
                weights.push_back(weight(k, part.first[at]));
        }
        const auto count = static_cast<std::int64_t>(numbers.size());
        const auto values = g_.node(
            "Gather",
            {features_, g_.constant(Tensor::of(numbers, {count}))},
            Attributes().set("axis", std::int64_t{1})
        );
        const auto z = g_.node(
            "Mul",
            {g_.node("Sub", {values, g_.constant(Tensor::of(fill, {1, count}))}),
             g_.constant(Tensor::of(scale, {1, count}))}
        );
        const auto known = g_.node("Where", {g_.node("IsNaN", {z}), g_.number(0), z});
        const auto within =
            g_.node("Max", {g_.node("Min", {known, g_.number(10)}), g_.number(-10)});
        return g_.node("MatMul", {within, g_.constant(Tensor::of(weights, {count, outputs_}))});
    }

    Value linked(const StoredPart& part, const Value& answer) {
        if (part.link != "log") return answer;
        constexpr double kMost = 700;
        const auto power = g_.node("Exp", {g_.node("Min", {answer, g_.number(kMost)})});
        return g_.node(
            "Sub", {g_.node("Mul", {power, g_.number(part.smear)}), g_.number(part.offset)}
        );
    }

    Graph& g_;
    Value features_;
    std::int64_t outputs_;
};

}  // namespace

base::Result<Value> add_model(
    Graph& graph, const learn::StoredModel& model, const Value& features
) {
    Parts parts(graph, features, model.outputs);
    Value sum;
    bool by_class = false;
    for (const auto& part : model.parts) {
        TRY(const auto answer, parts.answer(part));
        const auto weighted = graph.node("Mul", {answer, graph.number(part.weight)});
        sum = sum.empty() ? weighted : graph.node("Add", {sum, weighted});
        by_class = by_class || part.output >= 0;
    }
    return by_class ? parts.normalise(sum) : sum;
}

}  // namespace csva::exchange
