#include "engine/exchange/trees.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>

namespace csva::exchange {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

constexpr std::uint8_t kAtMost = 0, kMember = 6;  // Modes of a node: BRANCH_LEQ, BRANCH_MEMBER.
// Bits of LightGBM's decision_type (tree.h).
constexpr std::int64_t kCategorical = 1, kDefaultLeft = 2;
enum class Missing : std::uint8_t { none, zero, nan };

/// "name=value" lines; a line without = is a flag.
Fields fields_of(std::string_view block) {
    Fields out;
    while (!block.empty()) {
        const auto end = std::min(block.find('\n'), block.size());
        const auto line = block.substr(0, end);
        const auto mark = std::min(line.find('='), line.size());
        out.emplace(line.substr(0, mark), mark < line.size() ? line.substr(mark + 1) : "");
        block.remove_prefix(std::min(end + 1, block.size()));
    }
    return out;
}

template <class T>
std::vector<T> numbers(const Fields& fields, std::string_view name) {
    std::vector<T> out;
    const auto found = fields.find(name);
    if (found == fields.end()) return out;
    const char* at = found->second.data();
    const char* end = at + found->second.size();
    while (at < end) {
        T value{};
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc()) return {};
        out.push_back(value);
        at = next;
        while (at < end && *at == ' ') ++at;
    }
    return out;
}

/// One tree as LightGBM writes it. A child below zero is the leaf ~child.
struct Tree {
    std::vector<std::int64_t> features, decisions, left, right, category_bounds;
    std::vector<std::uint32_t> category_bits;
    std::vector<double> thresholds, leaves;

    explicit Tree(const Fields& fields)
        : features(numbers<std::int64_t>(fields, "split_feature")),
          decisions(numbers<std::int64_t>(fields, "decision_type")),
          left(numbers<std::int64_t>(fields, "left_child")),
          right(numbers<std::int64_t>(fields, "right_child")),
          category_bounds(numbers<std::int64_t>(fields, "cat_boundaries")),
          category_bits(numbers<std::uint32_t>(fields, "cat_threshold")),
          thresholds(numbers<double>(fields, "threshold")),
          leaves(numbers<double>(fields, "leaf_value")) {}

    bool is_whole() const {
        const std::size_t n = features.size();
        return leaves.size() == n + 1 && decisions.size() == n && left.size() == n &&
               right.size() == n && thresholds.size() == n;
    }
};

/// The nodes of all trees of an ensemble, as ai.onnx.ml.TreeEnsemble wants them.
class Ensemble {
public:
    /// False for a tree that treats zeros as missing, which no training here asks for.
    bool add(const Tree& tree, std::int64_t target) {
        const auto first = static_cast<std::int64_t>(features_.size());
        const auto first_leaf = static_cast<std::int64_t>(weights_.size());
        roots_.push_back(first);
        for (const double leaf : tree.leaves) {
            weights_.push_back(leaf);
            targets_.push_back(target);
        }
        if (tree.features.empty()) {  // A leaf alone: both ways lead to it.
            add_node(0, kAtMost, 0, 1);
            add_child(~std::int64_t{0}, first, first_leaf, true_ids_, true_leafs_);
            add_child(~std::int64_t{0}, first, first_leaf, false_ids_, false_leafs_);
            return true;
        }
        for (std::size_t i = 0; i < tree.features.size(); ++i) {
            const auto missing = static_cast<Missing>((tree.decisions[i] >> 2) & 3);
            const bool categorical = (tree.decisions[i] & kCategorical) != 0;
            if (missing == Missing::zero && !categorical) return false;
            if (categorical) {
                add_node(tree.features[i], kMember, 0, 0);
                add_members(tree, static_cast<std::size_t>(tree.thresholds[i]));
            } else {  // Without a way of their own, missing values count as 0.
                const bool left = missing == Missing::nan ? (tree.decisions[i] & kDefaultLeft) != 0
                                                          : 0 <= tree.thresholds[i];
                add_node(tree.features[i], kAtMost, tree.thresholds[i], left ? 1 : 0);
            }
            add_child(tree.left[i], first, first_leaf, true_ids_, true_leafs_);
            add_child(tree.right[i], first, first_leaf, false_ids_, false_leafs_);
        }
        return true;
    }

    Attributes attributes(std::int64_t targets) const {
        const auto nodes = static_cast<std::int64_t>(features_.size());
        const auto leaves = static_cast<std::int64_t>(weights_.size());
        Attributes out;
        out.set("n_targets", targets)
            .set("aggregate_function", std::int64_t{1})
            .set("post_transform", std::int64_t{0})
            .set("tree_roots", roots_)
            .set("nodes_featureids", features_)
            .set("nodes_modes", Tensor::of(modes_, {nodes}))
            .set("nodes_splits", Tensor::of(splits_, {nodes}))
            .set("nodes_truenodeids", true_ids_)
            .set("nodes_trueleafs", true_leafs_)
            .set("nodes_falsenodeids", false_ids_)
            .set("nodes_falseleafs", false_leafs_)
            .set("nodes_missing_value_tracks_true", missing_)
            .set("leaf_targetids", targets_)
            .set("leaf_weights", Tensor::of(weights_, {leaves}));
        if (!members_.empty())
            out.set(
                "membership_values",
                Tensor::of(members_, {static_cast<std::int64_t>(members_.size())})
            );
        return out;
    }

private:
    void add_node(std::int64_t feature, std::uint8_t mode, double split, std::int64_t missing) {
        features_.push_back(feature);
        modes_.push_back(mode);
        splits_.push_back(split);
        missing_.push_back(missing);
    }
    static void add_child(
        std::int64_t child,
        std::int64_t first,
        std::int64_t first_leaf,
        std::vector<std::int64_t>& ids,
        std::vector<std::int64_t>& leafs
    ) {
        ids.push_back(child < 0 ? first_leaf + ~child : first + child);
        leafs.push_back(child < 0 ? 1 : 0);
    }
    /// The categories of a bit set, and NaN, which ends them.
    void add_members(const Tree& tree, std::size_t set) {
        constexpr std::int64_t kBits = 32;
        const std::int64_t begin = tree.category_bounds[set], end = tree.category_bounds[set + 1];
        for (std::int64_t bit = 0; bit < (end - begin) * kBits; ++bit) {
            const auto word = tree.category_bits[static_cast<std::size_t>(begin + bit / kBits)];
            if ((word >> (bit % kBits) & 1U) != 0) members_.push_back(static_cast<double>(bit));
        }
        members_.push_back(std::numeric_limits<double>::quiet_NaN());
    }

    std::vector<std::int64_t> roots_, features_, missing_, true_ids_, true_leafs_, false_ids_,
        false_leafs_, targets_;
    std::vector<std::uint8_t> modes_;
    std::vector<double> splits_, weights_, members_;
};

std::unexpected<base::Error> strange() {
    return std::unexpected(base::internal_error("a booster that cannot be exported"));
}

}  // namespace

base::Result<Value> add_booster(Graph& graph, const std::string& text, const Value& features) {
    constexpr std::string_view kTree = "\nTree=";
    const std::string_view whole = text;
    const auto head = fields_of(whole.substr(0, whole.find(kTree)));
    const auto per_round = numbers<std::int64_t>(head, "num_tree_per_iteration");
    if (per_round.empty() || per_round[0] < 1) return strange();
    Ensemble ensemble;
    std::int64_t trees = 0;
    for (auto at = whole.find(kTree); at != std::string_view::npos; ++trees) {
        const auto next = whole.find(kTree, at + 1);
        const auto end = std::min({next, whole.find("\nend of trees", at), whole.size()});
        const Tree tree(fields_of(whole.substr(at + 1, end - at - 1)));
        if (!tree.is_whole() || !ensemble.add(tree, trees % per_round[0])) return strange();
        at = next;
    }
    if (trees == 0) return strange();
    auto out =
        graph.node("TreeEnsemble", {features}, ensemble.attributes(per_round[0]), "ai.onnx.ml");
    if (head.contains("average_output"))
        out = graph.node("Div", {out, graph.number(static_cast<double>(trees / per_round[0]))});
    const auto objective = head.find("objective");
    if (objective == head.end()) return strange();
    const std::string_view kind = objective->second;
    if (kind.starts_with("binary")) return graph.node("Sigmoid", {out});
    if (kind.starts_with("multiclass"))
        return graph.node("Softmax", {out}, Attributes().set("axis", std::int64_t{1}));
    return kind.starts_with("regression") ? base::Result<Value>(out) : strange();
}

}  // namespace csva::exchange
