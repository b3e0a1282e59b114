#include "engine/learn/linear.hpp"

#include <lbfgs.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace csva::learn {
namespace {

double steady_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

StoredPart standardise(const Matrix& matrix, std::span<const std::uint32_t> rows) {
    StoredPart part{.kind = "linear"};
    std::int64_t next = 1;  // Weight 0 is the intercept.
    for (std::size_t c = 0; c < matrix.columns.size(); ++c) {
        double sum = 0, squares = 0, count = 0;
        for (const auto r : rows)
            if (const double v = static_cast<double>(matrix.columns[c][r]); !std::isnan(v))
                sum += v, ++count;
        const double mean = count > 0 ? sum / count : 0;
        for (const auto r : rows)
            if (const double v = static_cast<double>(matrix.columns[c][r]); !std::isnan(v))
                squares += (v - mean) * (v - mean);
        const double deviation = count > 0 ? std::sqrt(squares / count) : 0;
        part.fill.push_back(mean);
        part.scale.push_back(deviation > 0 ? 1 / deviation : 0);
        part.first.push_back(next);
        part.levels.push_back(matrix.levels[c]);
        next += matrix.levels[c] > 0 ? matrix.levels[c] : 1;
    }
    part.weights.assign(static_cast<std::size_t>(next), 0);
    return part;
}

/// Calls f(position, value) for every non-zero entry of the row's design.
template <class F>
void each_entry(const StoredPart& part, const auto& at, F f) {
    f(std::size_t{0}, 1.0);
    for (std::size_t c = 0; c < part.fill.size(); ++c) {
        const double v = static_cast<double>(at(c));
        const auto first = static_cast<std::size_t>(part.first[c]);
        if (part.levels[c] > 0) {
            if (v >= 0 && v < static_cast<double>(part.levels[c]))
                f(first + static_cast<std::size_t>(v), 1.0);
        } else if (const double z = (v - part.fill[c]) * part.scale[c]; !std::isnan(z)) {
            f(first, std::clamp(z, -10.0, 10.0));
        }
    }
}

struct Problem {
    const StoredPart* part;
    const Matrix* matrix;
    std::span<const std::uint32_t> rows;
    std::span<const float> labels;
    std::size_t width, outputs;
    bool regression;
    double ridge, deadline_s;
    const base::Control* control;
};

/// Turns the scores into their gradient and returns the loss of the row.
double loss_and_gradient(const Problem& p, std::vector<double>& scores, double label) {
    if (p.regression) {
        const double error = scores[0] - label;
        scores[0] = error;
        return error * error / 2;
    }
    const double top = *std::ranges::max_element(scores);
    double sum = 0;
    for (auto& s : scores) sum += s = std::exp(s - top);
    for (auto& s : scores) s /= sum;
    const auto k = static_cast<std::size_t>(label);
    const double loss = -std::log(std::max(scores[k], 1e-300));
    scores[k] -= 1;
    return loss;
}

lbfgsfloatval_t evaluate(void* instance, const double* w, double* g, int n, double /*step*/) {
    const auto& p = *static_cast<const Problem*>(instance);
    std::fill_n(g, n, 0.0);
    std::vector<double> scores(p.outputs);
    double loss = 0;
    const double share = 1 / static_cast<double>(p.rows.size());
    for (const auto r : p.rows) {
        const auto at = [&](std::size_t c) { return p.matrix->columns[c][r]; };
        std::ranges::fill(scores, 0.0);
        each_entry(*p.part, at, [&](std::size_t i, double v) {
            for (std::size_t k = 0; k < p.outputs; ++k) scores[k] += w[k * p.width + i] * v;
        });
        loss += loss_and_gradient(p, scores, static_cast<double>(p.labels[r])) * share;
        each_entry(*p.part, at, [&](std::size_t i, double v) {
            for (std::size_t k = 0; k < p.outputs; ++k) g[k * p.width + i] += scores[k] * v * share;
        });
    }
    for (std::size_t k = 0; k < p.outputs; ++k)
        for (std::size_t i = 1; i < p.width; ++i) {
            loss += p.ridge * w[k * p.width + i] * w[k * p.width + i] / 2;
            g[k * p.width + i] += p.ridge * w[k * p.width + i];
        }
    return loss;
}

int stop(
    void* instance, const double*, const double*, double, double, double, double, int, int, int
) {
    const auto& p = *static_cast<const Problem*>(instance);
    return p.control->cancelled() || steady_s() > p.deadline_s ? 1 : 0;
}

}  // namespace

StoredPart fit_linear(
    const Matrix& matrix,
    std::span<const std::uint32_t> rows,
    std::span<const float> labels,
    int classes,
    double ridge,
    const base::Control& control,
    double deadline_s
) {
    StoredPart part = standardise(matrix, rows);
    std::vector<float> scaled;
    double mean = 0, deviation = 1;
    if (classes ==
        0) {  // The target is standardised too, so that one penalty means the same for every unit.
        double squares = 0;
        for (const auto r : rows)
            mean += static_cast<double>(labels[r]) / static_cast<double>(rows.size());
        for (const auto r : rows) squares += std::pow(static_cast<double>(labels[r]) - mean, 2);
        deviation = std::max(1e-30, std::sqrt(squares / static_cast<double>(rows.size())));
        scaled.assign(labels.begin(), labels.end());
        for (auto& y : scaled) y = static_cast<float>((static_cast<double>(y) - mean) / deviation);
        labels = scaled;
    }
    const std::size_t width = part.weights.size();
    Problem problem{
        &part,
        &matrix,
        rows,
        labels,
        width,
        static_cast<std::size_t>(std::max(1, classes)),
        classes == 0,
        ridge,
        deadline_s,
        &control
    };
    const std::size_t size = width * problem.outputs;
    double* w = lbfgs_malloc(static_cast<int>(size));
    std::fill_n(w, size, 0.0);
    lbfgs_parameter_t settings;
    lbfgs_parameter_init(&settings);
    settings.max_iterations = 200;
    settings.epsilon = 1e-5;
    lbfgs(static_cast<int>(size), w, nullptr, evaluate, stop, &problem, &settings);
    part.weights.assign(w, w + size);
    lbfgs_free(w);
    if (classes == 0) {
        for (auto& v : part.weights) v *= deviation;
        part.weights[0] += mean;
    }
    return part;
}

std::vector<double> linear_gain(
    const StoredPart& part,
    std::size_t outputs,
    const Matrix& matrix,
    std::span<const std::uint32_t> rows
) {
    const std::size_t width = part.weights.size() / outputs, features = part.fill.size();
    const auto n = static_cast<double>(rows.size());
    std::vector<double> sums(part.weights.size()), squares(part.weights.size());
    for (const auto r : rows)
        each_entry(
            part,
            [&](std::size_t c) { return matrix.columns[c][r]; },
            [&](std::size_t i, double v) {
                for (std::size_t k = 0; k < outputs; ++k) {
                    const double added = part.weights[k * width + i] * v;
                    sums[k * width + i] += added / n;
                    squares[k * width + i] += added * added / n;
                }
            }
        );
    std::vector<double> gain(features);
    for (std::size_t c = 0; c < features; ++c)
        for (std::size_t k = 0; k < outputs; ++k) {
            const auto first = k * width + static_cast<std::size_t>(part.first[c]);
            const auto count = static_cast<std::size_t>(std::max<std::int64_t>(1, part.levels[c]));
            double sum = 0, square = 0;
            for (std::size_t i = first; i < first + count; ++i)
                sum += sums[i], square += squares[i];
            gain[c] += std::max(0.0, square - sum * sum);
        }
    return gain;
}

void linear_scores(
    const StoredPart& part, std::size_t outputs, const float* features, double* out
) {
    const std::size_t width = part.weights.size() / outputs;
    std::fill_n(out, outputs, 0.0);
    each_entry(
        part,
        [&](std::size_t c) { return features[c]; },
        [&](std::size_t i, double v) {
            for (std::size_t k = 0; k < outputs; ++k) out[k] += part.weights[k * width + i] * v;
        }
    );
}

void linear_answer(
    const StoredPart& part, std::size_t outputs, const float* features, double* out
) {
    linear_scores(part, outputs, features, out);
    if (outputs == 1) return;
    const double top = *std::max_element(out, out + outputs);
    double sum = 0;
    for (std::size_t k = 0; k < outputs; ++k) sum += out[k] = std::exp(out[k] - top);
    for (std::size_t k = 0; k < outputs; ++k) out[k] /= sum;
}

}  // namespace csva::learn
