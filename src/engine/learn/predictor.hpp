#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace csva::learn {

/// One part of a model: `booster` (LightGBM text), `linear` (weights) or `constant`.
struct StoredPart {
    std::string kind;
    double weight = 1;
    std::int64_t output = -1;  ///< booster of one class (a forest): its position; -1: all outputs.
    std::string booster;       ///< LightGBM's model text.
    std::vector<double> fill,
        scale;  ///< linear: per feature, mean and 1/deviation (number); categories are one-hot.
    std::vector<std::int64_t> first;   ///< linear: position of the feature's first weight.
    std::vector<std::int64_t> levels;  ///< linear: 0 for a number, else its count of categories.
    std::vector<double> weights;       ///< linear: output-major; constant: the answer.
    /// Empty: the part answers the target. "log": it answers ln(target + offset), and its estimate
    /// is smear * exp(answer) - offset.
    std::string link;
    double offset = 0;
    double smear = 1;
};
CSVA_DESCRIBE(
    StoredPart,
    kind,
    weight,
    output,
    booster,
    fill,
    scale,
    first,
    levels,
    weights,
    link,
    offset,
    smear
)
CSVA_NOTES(
    StoredPart,
    {.field = "link", .text = "Empty or log.", .defaulted = true},
    {.field = "offset", .text = "Taken away after the exponential.", .defaulted = true},
    {.field = "smear", .text = "Factor of the exponential.", .defaulted = true}
)
/// The part's estimate from what its trees or weights say.
double linked(const StoredPart& part, double answer);
/// Makes answers given class by class (a forest's) sum to 1.
void normalise(double* out, std::size_t outputs);

/// A model that can be named at prediction. Outputs: probabilities by class, or one estimate.
struct StoredModel {
    std::string name;
    std::int64_t outputs = 1;
    std::vector<StoredPart> parts;
};
CSVA_DESCRIBE(StoredModel, name, outputs, parts)

/// A model ready to answer. Thread-safe: each thread has its own handles of LightGBM's fast path.
class Predictor {
public:
    static base::Result<Predictor> make(const StoredModel& model, std::size_t feature_count);
    ~Predictor();
    Predictor(Predictor&&) noexcept;
    Predictor& operator=(Predictor&&) noexcept;
    /// `features`: feature_count floats. `out`: outputs() doubles (probabilities sum to 1).
    void predict(const float* features, double* out) const;
    std::size_t outputs() const;

private:
    struct State;
    explicit Predictor(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace csva::learn
