#include "features/tracking/filter.hpp"

#include <algorithm>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using store::Backend;
using store::Value;

std::unexpected<base::Error> cannot(const Comparison& one) {
    return fail(ErrorKind::invalid_argument, kBadFilter, {{"near", one.key}});
}

bool is_text(const Value& value) { return std::holds_alternative<std::string>(value.data); }

std::string_view symbol_of(Operator op) {
    switch (op) {
        case Operator::equal:
            return " = ";
        case Operator::different:
            return " <> ";
        case Operator::greater:
            return " > ";
        case Operator::greater_equal:
            return " >= ";
        case Operator::less:
            return " < ";
        case Operator::less_equal:
            return " <= ";
        default:
            return {};
    }
}

/// LIKE as SQLite's GLOB, which minds the case.
std::string glob_of(std::string_view pattern) {
    std::string out;
    for (const char c : pattern) {
        if (c == '%')
            out += '*';
        else if (c == '_')
            out += '?';
        else if (c == '*' || c == '?' || c == '[')
            out += std::string("[") + c + "]";
        else
            out += c;
    }
    return out;
}

/// `column` compared as a number.
Result<void> add_number(Condition& out, const std::string& column, const Comparison& one) {
    const auto symbol = symbol_of(one.op);
    if (symbol.empty() || is_text(one.values.front())) return cannot(one);
    out.sql += column + std::string(symbol) + ":value";
    out.values.push_back(one.values.front());
    return {};
}

/// `column` compared as a text.
Result<void> add_text(
    Condition& out, const std::string& column, const Comparison& one, Backend backend
) {
    if (!std::ranges::all_of(one.values, is_text)) return cannot(one);
    switch (one.op) {
        case Operator::equal:
        case Operator::different:
            out.sql += column + std::string(symbol_of(one.op)) + ":value";
            out.values.push_back(one.values.front());
            return {};
        case Operator::like:
            if (backend == Backend::sqlite) {
                out.sql += column + " GLOB :value";
                out.values.emplace_back(glob_of(std::get<std::string>(one.values.front().data)));
            } else {
                out.sql += column + " LIKE :value ESCAPE ''";
                out.values.push_back(one.values.front());
            }
            return {};
        case Operator::ilike:
            out.sql +=
                column + (backend == Backend::sqlite ? " LIKE :value" : " ILIKE :value ESCAPE ''");
            out.values.push_back(one.values.front());
            return {};
        case Operator::in:
        case Operator::not_in: {
            out.sql += column + (one.op == Operator::in ? " IN (" : " NOT IN (");
            for (std::size_t i = 0; i < one.values.size(); ++i) {
                out.sql += i == 0 ? ":value" : ", :value";
                out.values.push_back(one.values[i]);
            }
            out.sql += ")";
            return {};
        }
        default:
            return cannot(one);
    }
}

/// A row of a child table (a param, a tag) with this key that compares so.
Result<void> add_child(
    Condition& out,
    const Searchable& searchable,
    const Child& child,
    const Comparison& one,
    Backend backend
) {
    if (child.table.empty()) return cannot(one);
    const std::string exists = "EXISTS (SELECT 1 FROM " + std::string(child.table) + " x WHERE x." +
                               std::string(child.owner) + " = " + std::string(searchable.key) +
                               " AND x.key = :key";
    const bool differs = one.op == Operator::different || one.op == Operator::not_in;
    if (one.op == Operator::is_null || one.op == Operator::is_not_null ||
        (differs && searchable.missing_tag_differs)) {
        Comparison positive = one;
        positive.op = one.op == Operator::different ? Operator::equal : Operator::in;
        out.sql += (one.op == Operator::is_not_null ? "" : "NOT ") + exists;
        out.values.emplace_back(one.key);
        if (differs) {
            out.sql += " AND ";
            CHECK_OK(add_text(out, "x.value", positive, backend));
        }
        out.sql += ")";
        return {};
    }
    out.sql += exists + " AND ";
    out.values.emplace_back(one.key);
    CHECK_OK(add_text(out, "x.value", one, backend));
    out.sql += ")";
    return {};
}

Result<void> add_metric(Condition& out, const Searchable& searchable, const Comparison& one) {
    if (searchable.metrics.table.empty()) return cannot(one);
    out.sql += "EXISTS (SELECT 1 FROM " + std::string(searchable.metrics.table) + " x WHERE x." +
               std::string(searchable.metrics.owner) + " = " + std::string(searchable.key) +
               " AND x.key = :key AND x.is_nan = 0 AND ";
    out.values.emplace_back(one.key);
    CHECK_OK(add_number(out, "x.value", one));
    out.sql += ")";
    return {};
}

Result<void> add_dataset(
    Condition& out, const Searchable& searchable, const Comparison& one, Backend backend
) {
    const bool known = one.key == "name" || one.key == "digest" || one.key == "context";
    if (searchable.datasets.table.empty() || !known) return cannot(one);
    out.sql += "EXISTS (SELECT 1 FROM " + std::string(searchable.datasets.table) +
               " i JOIN tracking_datasets d ON d.id = i.dataset_id WHERE i." +
               std::string(searchable.datasets.owner) + " = " + std::string(searchable.key) +
               " AND ";
    CHECK_OK(add_text(out, (one.key == "context" ? "i." : "d.") + one.key, one, backend));
    out.sql += ")";
    return {};
}

const Attribute* attribute_named(const Searchable& searchable, std::string_view name) {
    const auto found = std::ranges::find(searchable.attributes, name, &Attribute::name);
    return found == searchable.attributes.end() ? nullptr : &*found;
}

}  // namespace

Result<Condition> condition_of(
    std::string_view filter, const Searchable& searchable, Backend backend
) {
    TRY(const auto comparisons, parse_filter(filter));
    Condition out;
    for (const auto& one : comparisons) {
        out.sql += " AND ";
        switch (one.subject) {
            case Subject::metric:
                CHECK_OK(add_metric(out, searchable, one));
                break;
            case Subject::param:
                CHECK_OK(add_child(out, searchable, searchable.params, one, backend));
                break;
            case Subject::tag:
                CHECK_OK(add_child(out, searchable, searchable.tags, one, backend));
                break;
            case Subject::dataset:
                CHECK_OK(add_dataset(out, searchable, one, backend));
                break;
            case Subject::attribute: {
                const auto* attribute = attribute_named(searchable, one.key);
                if (attribute == nullptr) return cannot(one);
                const std::string column(attribute->column);
                CHECK_OK(
                    attribute->number ? add_number(out, column, one)
                                      : add_text(out, column, one, backend)
                );
                break;
            }
        }
    }
    return out;
}

Result<Ordering> ordering_of(
    std::span<const std::string> terms, const Searchable& searchable, std::string_view last
) {
    Ordering out;
    for (const auto& text : terms) {
        TRY(const auto term, parse_order(text));
        const auto bad = [&] {
            return fail(ErrorKind::invalid_argument, kBadOrder, {{"near", text}});
        };
        const std::string direction = term.ascending ? " ASC" : " DESC";
        if (term.subject == Subject::attribute) {
            const auto* attribute = attribute_named(searchable, term.key);
            if (attribute == nullptr) return bad();
            out.sql += std::string(attribute->column) + direction + " NULLS LAST, ";
            continue;
        }
        const bool metric = term.subject == Subject::metric;
        const Child& child = metric                           ? searchable.metrics
                             : term.subject == Subject::param ? searchable.params
                                                              : searchable.tags;
        if (child.table.empty() || term.subject == Subject::dataset) return bad();
        const std::string name = "o" + std::to_string(out.values.size());
        out.columns +=
            ", (SELECT " +
            std::string(metric ? "CASE WHEN x.is_nan = 1 THEN NULL ELSE x.value END" : "x.value") +
            " FROM " + std::string(child.table) + " x WHERE x." + std::string(child.owner) + " = " +
            std::string(searchable.key) + " AND x.key = :key LIMIT 1) AS " + name;
        out.values.emplace_back(term.key);
        out.sql += name + direction + " NULLS LAST, ";
    }
    out.sql += last;
    return out;
}

}  // namespace csva::tracking
