#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace csva::drift {

/// Detectors of concept drift on a stream of errors: 1 for a wrong answer and 0 for a right one, or
/// the size of an error. Each takes one value at a time and says whether the stream has changed;
/// after that it starts anew. Cheap to copy; not thread-safe.

struct AdwinOptions {
    double delta = 0.002;           ///< Confidence, 0..1.
    std::int64_t clock = 32;        ///< Values between two looks.
    std::size_t max_buckets = 5;    ///< Of each size.
    std::int64_t least_window = 5;  ///< Least values on each side of a cut.
    std::int64_t grace_period = 10;
};

/// Adaptive windowing: keeps the longest window whose halves have means that agree, in buckets of
/// 1, 2, 4... values. `add` is O(log n) amortised. Source: Bifet, Gavalda 2007, ADWIN2 and eq. 3.1
/// with the normal approximation; variances as Babcock et al. 2003. Check: River 0.26 drift.ADWIN,
/// same positions.
class Adwin {
public:
    explicit Adwin(AdwinOptions options = {});
    /// True when the older part of the window was dropped.
    bool add(double value);
    double mean() const { return width_ > 0 ? total_ / width_ : 0; }
    double width() const { return width_; }

private:
    struct Bucket {
        double total = 0;
        double variance = 0;  ///< Sum of squared deviations.
    };
    void insert(double value);
    void compress();
    void drop_oldest();
    bool cut_found(double older, double newer, double older_total, double newer_total) const;
    /// Drops the oldest bucket at the first cut whose sides differ.
    bool drop_at_a_cut();

    AdwinOptions options_;
    std::vector<std::vector<Bucket>> rows_;  ///< rows_[i]: buckets of 2^i values, oldest first.
    double total_ = 0, variance_ = 0, width_ = 0;
    std::int64_t seen_ = 0;
    bool restart_ = false;
};

struct DdmOptions {
    std::int64_t warm_start = 30;
    double warning = 2;  ///< Standard deviations above the best seen.
    double drift = 3;
};

/// Drift detection method: the error rate has risen above its lowest by some of its deviations.
/// Source: Gama et al. 2004, section 3. Check: River 0.26 drift.binary.DDM, same positions.
class Ddm {
public:
    explicit Ddm(DdmOptions options = {}) : options_(options) {}
    bool add(bool wrong);
    bool warning() const { return warning_; }

private:
    DdmOptions options_;
    double rate_ = 0, lowest_rate_ = 0, lowest_deviation_ = 0;
    std::optional<double> lowest_;
    std::int64_t seen_ = 0;
    bool warning_ = false, restart_ = false;
};

struct PageHinkleyOptions {
    enum class Mode : std::uint8_t { up, down, both };
    std::int64_t warm_start = 30;
    double delta = 0.005;  ///< Change per value that is allowed.
    double threshold = 50;
    double forgetting = 0.9999;
    Mode mode = Mode::both;
};

/// Page-Hinkley: cumulated distance from the running mean, compared with its extreme. Source: Page
/// 1954; Hinkley 1971; forgetting as Sebastiao, Fernandes 2017. Check: River 0.26
/// drift.PageHinkley, same positions.
class PageHinkley {
public:
    explicit PageHinkley(PageHinkleyOptions options = {}) : options_(options) {}
    bool add(double value);

private:
    PageHinkleyOptions options_;
    double mean_ = 0, up_ = 0, down_ = 0;
    std::optional<double> least_up_;
    double most_down_ = -1;  ///< River starts here; a sum below it is not an extreme.
    std::int64_t seen_ = 0;
    bool restart_ = false;
};

}  // namespace csva::drift
