#include "engine/drift/detectors.hpp"

#include <algorithm>
#include <cmath>

namespace csva::drift {
namespace {

double size_of(std::size_t row) { return std::ldexp(1.0, static_cast<int>(row)); }

}  // namespace

Adwin::Adwin(AdwinOptions options) : options_(options), rows_(1) {}

bool Adwin::add(double value) {
    if (restart_) *this = Adwin(options_);
    insert(value);
    bool changed = false;
    const bool look =
        ++seen_ % options_.clock == 0 && width_ > static_cast<double>(options_.grace_period);
    while (look && drop_at_a_cut()) changed = true;
    restart_ = changed;
    return changed;
}

void Adwin::insert(double value) {
    rows_.front().push_back({value, 0});
    width_ += 1;
    if (width_ > 1) {
        const double apart = value - total_ / (width_ - 1);
        variance_ += (width_ - 1) * apart * apart / width_;
    }
    total_ += value;
    compress();
}

void Adwin::compress() {
    for (std::size_t i = 0; i < rows_.size() && rows_[i].size() > options_.max_buckets; ++i) {
        const Bucket a = rows_[i][0], b = rows_[i][1];
        const double n = size_of(i), apart = a.total / n - b.total / n;
        if (i + 1 == rows_.size()) rows_.emplace_back();
        rows_[i + 1].push_back(
            {a.total + b.total, a.variance + b.variance + n * 0.5 * apart * apart}
        );
        rows_[i].erase(rows_[i].begin(), rows_[i].begin() + 2);
    }
}

void Adwin::drop_oldest() {
    const Bucket oldest = rows_.back().front();
    const double n = size_of(rows_.size() - 1);
    width_ -= n;
    total_ -= oldest.total;
    const double apart = oldest.total / n - total_ / width_;
    variance_ -= oldest.variance + n * width_ * apart * apart / (n + width_);
    rows_.back().erase(rows_.back().begin());
    if (rows_.back().empty()) rows_.pop_back();
}

bool Adwin::cut_found(double older, double newer, double older_total, double newer_total) const {
    const auto least = static_cast<double>(options_.least_window);
    if (older < least || newer < least) return false;
    const double confidence = std::log(2 * std::log(width_) / options_.delta);
    const double sizes = 1 / (older - least + 1) + 1 / (newer - least + 1);
    const double allowed =
        std::sqrt(2 * sizes * (variance_ / width_) * confidence) + 2.0 / 3.0 * confidence * sizes;
    return std::abs(older_total / older - newer_total / newer) > allowed;
}

bool Adwin::drop_at_a_cut() {
    double older = 0, newer = width_, older_total = 0, newer_total = total_;
    for (std::size_t i = rows_.size(); i-- > 0;)
        for (std::size_t k = 0; k < rows_[i].size(); ++k) {
            older += size_of(i);
            newer -= size_of(i);
            older_total += rows_[i][k].total;
            newer_total -= rows_[i][k].total;
            if (i == 0 && k + 1 == rows_[i].size()) return false;
            if (!cut_found(older, newer, older_total, newer_total)) continue;
            drop_oldest();
            return true;
        }
    return false;
}

bool Ddm::add(bool wrong) {
    if (restart_) *this = Ddm(options_);
    const auto n = static_cast<double>(++seen_);
    rate_ += ((wrong ? 1 : 0) - rate_) / n;
    if (seen_ <= options_.warm_start) return false;
    const double deviation = std::sqrt(rate_ * (1 - rate_) / n);
    const double sum = rate_ + deviation;
    if (!lowest_ || sum <= *lowest_) {
        lowest_rate_ = rate_;
        lowest_deviation_ = deviation;
        lowest_ = sum;
    }
    warning_ = sum > lowest_rate_ + options_.warning * lowest_deviation_;
    restart_ = sum > lowest_rate_ + options_.drift * lowest_deviation_;
    warning_ = warning_ && !restart_;
    return restart_;
}

bool PageHinkley::add(double value) {
    if (restart_) *this = PageHinkley(options_);
    mean_ += (value - mean_) / static_cast<double>(++seen_);
    const double apart = value - mean_;
    up_ = options_.forgetting * up_ + apart - options_.delta;
    down_ = options_.forgetting * down_ + apart + options_.delta;
    least_up_ = std::min(least_up_.value_or(up_), up_);
    most_down_ = std::max(most_down_, down_);
    if (seen_ < options_.warm_start) return false;
    using Mode = PageHinkleyOptions::Mode;
    const bool risen = up_ - *least_up_ > options_.threshold;
    const bool fallen = most_down_ - down_ > options_.threshold;
    restart_ = (risen && options_.mode != Mode::down) || (fallen && options_.mode != Mode::up);
    return restart_;
}

}  // namespace csva::drift
