#pragma once

#include "foundation/base/result.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// MLflow's filter and order_by texts: `metrics.auc > 0.9 AND params.lr = '0.1'`. One grammar for
/// experiments, runs, logged models, registered models and versions; every literal and every key
/// is bound, none becomes SQL text.
namespace csva::tracking {

inline constexpr std::string_view kBadFilter = "tracking.bad_filter";
inline constexpr std::string_view kBadOrder = "tracking.bad_order";

enum class Subject : std::uint8_t { attribute, metric, param, tag, dataset };
enum class Operator : std::uint8_t {
    equal,
    different,
    greater,
    greater_equal,
    less,
    less_equal,
    like,
    ilike,
    in,
    not_in,
    is_null,
    is_not_null
};

struct Comparison {
    Subject subject = Subject::attribute;
    std::string key;
    Operator op = Operator::equal;
    std::vector<store::Value> values;  ///< Texts or reals; several for IN.
};
/// Errors: tracking.bad_filter with `near`, the text it cannot read.
base::Result<std::vector<Comparison>> parse_filter(std::string_view text);

struct OrderTerm {
    Subject subject = Subject::attribute;
    std::string key;
    bool ascending = true;
};
/// Errors: tracking.bad_order.
base::Result<OrderTerm> parse_order(std::string_view text);

/// What a search can name, and where it stands.
struct Attribute {
    std::string_view name;
    std::string_view column;
    bool number = false;
};
struct Child {
    std::string_view table;
    std::string_view owner;  ///< Its column that holds the outer row's key.
};
struct Searchable {
    std::string_view key;  ///< The outer row's key: "r.id".
    std::span<const Attribute> attributes;
    Child params = {};
    Child tags = {};
    Child metrics = {};
    Child datasets = {};
    bool missing_tag_differs = false;  ///< `tag.x != 'y'` holds for a row without tag x.
};

/// SQL with its values, in SQL order.
struct Condition {
    std::string sql = "1 = 1";
    std::vector<store::Value> values;
};
/// Errors: tracking.bad_filter.
base::Result<Condition> condition_of(
    std::string_view filter, const Searchable& searchable, store::Backend backend
);

struct Ordering {
    std::string columns;  ///< Appended to the SELECT list: ", (...) AS o0".
    std::vector<store::Value> values;
    std::string sql;  ///< After ORDER BY; ends with `last`.
};
/// Errors: tracking.bad_order.
base::Result<Ordering> ordering_of(
    std::span<const std::string> terms, const Searchable& searchable, std::string_view last
);

/// Of `alias`.lifecycle_stage, by a view_type. Errors: tracking.bad_choice.
base::Result<std::string> condition_of_view(std::string_view alias, std::string_view view_type);

/// Position of a page in a search, as an opaque text. Errors: tracking.bad_page_token.
base::Result<std::int64_t> offset_of(std::string_view page_token);
std::string page_token(std::int64_t offset);

}  // namespace csva::tracking
