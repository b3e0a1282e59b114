#include "engine/learn/predictor.hpp"

#include "engine/learn/linear.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

namespace csva::learn {
namespace {

constexpr std::size_t kMaxThreads = 512;

/// Position of this thread in the tables of handles; threads beyond the table share the last place
/// under a lock.
std::size_t thread_slot() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t slot = std::min(next.fetch_add(1), kMaxThreads - 1);
    return slot;
}

}  // namespace

void normalise(double* out, std::size_t outputs) {
    double sum = 0;
    for (std::size_t k = 0; k < outputs; ++k) sum += out[k];
    for (std::size_t k = 0; k < outputs; ++k)
        out[k] = sum > 0 ? out[k] / sum : 1 / static_cast<double>(outputs);
}

double linked(const StoredPart& part, double answer) {
    if (part.link != "log") return answer;
    constexpr double kMost = 700;  // exp() of more is infinite.
    return part.smear * std::exp(std::min(answer, kMost)) - part.offset;
}

struct Predictor::State {
    StoredModel model;
    std::size_t features = 0;
    std::size_t outputs = 1;
    bool by_class = false;
    std::vector<Gbm> boosters;  // By part; empty handle for other kinds.
    mutable std::vector<std::vector<GbmFast>> fast{kMaxThreads};
    mutable std::mutex making;

    void booster_part(std::size_t i, const float* row, double* out) const {
        const std::size_t slot = thread_slot();
        std::unique_lock lock(making, std::defer_lock);
        if (slot == kMaxThreads - 1) lock.lock();
        auto& mine = fast[slot];
        if (mine.empty()) mine.resize(boosters.size());
        mine[i].predict(row, out);
    }
    void part(std::size_t i, const float* row, double* out) const;
    bool prepare() const;
};

bool Predictor::State::prepare() const {
    auto& mine = fast[thread_slot()];
    if (!mine.empty()) return true;
    const std::lock_guard lock(making);
    std::vector<GbmFast> made(boosters.size());
    for (std::size_t i = 0; i < boosters.size(); ++i) {
        if (!boosters[i].handle) continue;
        auto one = GbmFast::make(boosters[i], features);
        if (!one) return false;
        made[i] = std::move(*one);
    }
    mine = std::move(made);
    return true;
}

void Predictor::State::part(std::size_t i, const float* row, double* out) const {
    const auto& stored = model.parts[i];
    if (stored.kind == "constant") {
        std::ranges::copy(stored.weights, out);
    } else if (stored.kind == "linear") {
        linear_answer(stored, outputs, row, out);
        if (outputs == 1) out[0] = linked(stored, out[0]);
    } else if (stored.output >= 0) {
        std::fill_n(out, outputs, 0.0);
        booster_part(i, row, out + stored.output);
        out[stored.output] = std::clamp(out[stored.output], 0.0, 1.0);
    } else if (outputs == 2) {  // A booster of two classes answers the probability of the second.
        double p = 0;
        booster_part(i, row, &p);
        out[1] = std::clamp(p, 0.0, 1.0);
        out[0] = 1 - out[1];
    } else {
        booster_part(i, row, out);
        if (outputs == 1) out[0] = linked(stored, out[0]);
    }
}

base::Result<Predictor> Predictor::make(const StoredModel& model, std::size_t feature_count) {
    auto state = std::make_unique<State>();
    state->model = model;
    state->features = feature_count;
    state->outputs = static_cast<std::size_t>(model.outputs);
    for (auto& part : state->model.parts) {
        Gbm booster;
        state->by_class = state->by_class || part.output >= 0;
        if (part.kind == "booster") {
            TRY(booster, Gbm::load(part.booster));
            part.booster.clear();
        }
        state->boosters.push_back(std::move(booster));
    }
    return Predictor(std::move(state));
}

void Predictor::predict(const float* features, double* out) const {
    const auto& s = *state_;
    std::fill_n(out, s.outputs, 0.0);
    if (!s.prepare()) return;
    double small[64];
    std::vector<double> large(s.outputs > 64 ? s.outputs : 0);
    double* one = large.empty() ? small : large.data();
    for (std::size_t i = 0; i < s.model.parts.size(); ++i) {
        s.part(i, features, one);
        for (std::size_t k = 0; k < s.outputs; ++k) out[k] += s.model.parts[i].weight * one[k];
    }
    if (s.by_class) normalise(out, s.outputs);
}

std::size_t Predictor::outputs() const { return state_->outputs; }
Predictor::Predictor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;

}  // namespace csva::learn
