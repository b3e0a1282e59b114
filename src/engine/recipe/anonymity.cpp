#include "engine/recipe/anonymity.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/recipe/row_steps.hpp"
#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <tuple>
#include <unordered_map>

namespace csva::recipe {
namespace {

using base::ErrorKind;
using table::ColumnData;
using table::ColumnType;

constexpr std::size_t kMostColumns = 8;
constexpr std::size_t kMostNodes = 200'000;
constexpr double kFinestParts = 20;

/// The values of a quasi-identifier at one level.
struct Level {
    std::int64_t level = 0;
    std::vector<std::uint32_t> codes;  ///< By distinct value: its label.
    std::vector<double> penalty;       ///< By label.
    std::uint32_t labels = 0;
    double mean_penalty = 0;  ///< Over all rows.
};

struct Dimension {
    QuasiIdentifier wish;
    Hierarchy hierarchy = Hierarchy::number;
    table::Column column;
    ColumnData values;                 ///< Distinct ones.
    std::vector<std::int64_t> counts;  ///< Their rows.
    std::vector<Level> levels;
};

/// Rows that are alike in all quasi-identifiers and the sensitive value.
struct Group {
    std::vector<std::uint32_t> values;  ///< Places in Dimension::values.
    std::uint32_t sensitive = 0;
    std::int64_t rows = 0;
};

struct World {
    std::vector<Dimension> dimensions;
    std::vector<Group> groups;
    std::int64_t rows = 0;
    bool has_sensitive = false;
    double guess_of_all = 0;
    table::TextArena arena;
};

base::Result<void> bad(std::string_view option) {
    return base::fail(
        ErrorKind::invalid_argument,
        "recipe.bad_option",
        {{"step", std::string("k-anonymity")}, {"option", std::string(option)}}
    );
}

Hierarchy hierarchy_for(const QuasiIdentifier& wish, ColumnType type) {
    if (wish.hierarchy) return *wish.hierarchy;
    if (table::is_numeric(type)) return Hierarchy::number;
    if (type == ColumnType::date || type == ColumnType::timestamp) return Hierarchy::date;
    return Hierarchy::category;
}

Step step_at(const Dimension& dimension, std::int64_t level) {
    const auto names = base::type_of<Hierarchy>().enumerators;
    const auto name = names[static_cast<std::size_t>(dimension.hierarchy)];
    Step step{"generalise@1", {dimension.wish.column}, {}};
    step.options["hierarchy"] = {base::Cell::Kind::text, std::string(name), 0};
    step.options["level"] = {base::Cell::Kind::number, {}, static_cast<double>(level)};
    if (dimension.hierarchy == Hierarchy::number)
        step.options["width"] = {base::Cell::Kind::number, {}, dimension.wish.width};
    if (dimension.hierarchy == Hierarchy::category && !dimension.wish.groups.empty())
        step.options["groups"] = {base::Cell::Kind::text, dimension.wish.groups, 0};
    return step;
}

// ---------------------------------------------------------------- reading

/// A value's place among the distinct ones of its column, by its text.
class Places {
public:
    std::pair<std::uint32_t, bool> of(const ColumnData& data, std::size_t row) {
        std::string text = data.missing(row) ? std::string(1, '\0') : table::cell_text(data, row);
        const auto [at, fresh] =
            places_.emplace(std::move(text), static_cast<std::uint32_t>(places_.size()));
        return {at->second, fresh};
    }
    std::size_t size() const { return places_.size(); }

private:
    std::unordered_map<std::string, std::uint32_t> places_;
};

void copy_cell(const ColumnData& from, std::size_t row, table::TextArena& arena, ColumnData& to) {
    if (from.missing(row))
        to.append_missing();
    else if (from.type == ColumnType::text)
        to.append_text(arena.store(from.texts[row]));
    else if (from.type == ColumnType::real)
        to.append_real(from.reals[row]);
    else
        to.append_integer(from.integers[row]);
}

std::string grouped_sql(const std::string& parquet, const table::Schema& columns) {
    std::string keys;
    for (const auto& column : columns.columns)
        keys += (keys.empty() ? "" : ", ") + duck::identifier(column.physical);
    return "SELECT count(*) AS row_id, " + keys + " FROM " + duck::from_parquet(parquet) +
           " GROUP BY " + keys;
}

base::Result<void> read_groups(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& columns,
    World& world,
    base::Control& control
) {
    TRY(auto reader, session.read(grouped_sql(parquet, columns), columns));
    const std::size_t n = world.dimensions.size();
    std::vector<Places> places(n + 1);
    std::vector<std::int64_t> of_sensitive;
    table::Batch batch(columns);
    while (true) {
        if (control.cancelled()) return base::fail(ErrorKind::conflict, base::kCancelledReason);
        TRY(const bool more, reader->next(batch));
        if (!more) break;
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            Group group{.values = {}, .sensitive = 0, .rows = batch.row_ids[row]};
            for (std::size_t q = 0; q < n; ++q) {
                auto& dimension = world.dimensions[q];
                const auto [place, fresh] = places[q].of(batch.columns[q], row);
                if (fresh) {
                    copy_cell(batch.columns[q], row, world.arena, dimension.values);
                    dimension.counts.push_back(0);
                }
                dimension.counts[place] += group.rows;
                group.values.push_back(place);
            }
            if (world.has_sensitive) {
                group.sensitive = places[n].of(batch.columns[n], row).first;
                of_sensitive.resize(places[n].size());
                of_sensitive[group.sensitive] += group.rows;
            }
            world.rows += group.rows;
            world.groups.push_back(std::move(group));
        }
    }
    if (world.rows > 0 && !of_sensitive.empty())
        world.guess_of_all = static_cast<double>(*std::ranges::max_element(of_sensitive)) /
                             static_cast<double>(world.rows);
    return {};
}

// ---------------------------------------------------------------- levels

/// 1, 2 or 5 times a power of ten, at most so wide.
double rounded_down(double width) {
    if (!(width > 0) || !std::isfinite(width)) return 1;
    const double power = std::pow(10, std::floor(std::log10(width)));
    const double times = width / power;
    return (times >= 5 ? 5 : times >= 2 ? 2 : 1) * power;
}

struct Span {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    std::int64_t values = 0;
    void add(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
        ++values;
    }
    double width() const { return values == 0 ? 0 : high - low; }
};

bool measured(Hierarchy hierarchy) {
    return hierarchy == Hierarchy::number || hierarchy == Hierarchy::date;
}

/// What a label hides: of numbers and dates the share of the whole range that its values span, of
/// others the share of the distinct values that it stands for (none when it is one).
void add_penalties(const Dimension& dimension, const std::vector<Span>& spans, Level& level) {
    Span all;
    for (std::size_t i = 0; i < dimension.values.size(); ++i)
        if (!dimension.values.missing(i)) all.add(dimension.values.number(i));
    for (const auto& span : spans) {
        double penalty = 0;
        if (measured(dimension.hierarchy))
            penalty = all.width() > 0 ? span.width() / all.width() : 0;
        else if (span.values > 1)
            penalty = static_cast<double>(span.values) / static_cast<double>(all.values);
        level.penalty.push_back(penalty);
    }
}

base::Result<Level> make_level(const Dimension& dimension, std::int64_t at, std::int64_t rows) {
    const table::Schema schema{{dimension.column}};
    table::Batch batch(schema);
    table::TextArena unused;
    for (std::size_t i = 0; i < dimension.values.size(); ++i) {
        batch.row_ids.push_back(static_cast<std::int64_t>(i + 1));
        copy_cell(dimension.values, i, batch.arena, batch.columns[0]);
    }
    TRY(const auto step, load_row_step(step_at(dimension, at), schema, "{}"));
    step->apply(batch);
    Level level{.level = at, .codes = {}, .penalty = {}};
    Places labels;
    std::vector<Span> spans;
    for (std::size_t i = 0; i < dimension.values.size(); ++i) {
        const auto code = labels.of(batch.columns[0], i).first;
        spans.resize(labels.size());
        if (!dimension.values.missing(i)) spans[code].add(dimension.values.number(i));
        level.codes.push_back(code);
    }
    level.labels = static_cast<std::uint32_t>(labels.size());
    add_penalties(dimension, spans, level);
    for (std::size_t i = 0; i < level.codes.size() && rows > 0; ++i)
        level.mean_penalty += level.penalty[level.codes[i]] *
                              static_cast<double>(dimension.counts[i]) / static_cast<double>(rows);
    return level;
}

/// Levels worth a look: a fixed one, or all up to the one that leaves nothing.
std::vector<std::int64_t> levels_to_try(const Dimension& dimension) {
    if (dimension.wish.level) return {*dimension.wish.level};
    std::vector<std::int64_t> out;
    for (int level = 0; level <= levels_of(dimension.hierarchy); ++level) out.push_back(level);
    if (dimension.hierarchy == Hierarchy::category && dimension.wish.groups.empty())
        std::erase(out, 1);
    return out;
}

base::Result<void> add_levels(Dimension& dimension, std::int64_t rows) {
    if (dimension.hierarchy == Hierarchy::number && dimension.wish.width == 0) {
        Span all;
        for (std::size_t i = 0; i < dimension.values.size(); ++i)
            if (!dimension.values.missing(i)) all.add(dimension.values.number(i));
        dimension.wish.width = rounded_down(all.width() / kFinestParts);
        if (dimension.column.type == ColumnType::integer)
            dimension.wish.width = std::max(1.0, dimension.wish.width);
    }
    for (const auto at : levels_to_try(dimension)) {
        TRY(auto level, make_level(dimension, at, rows));
        // A level that tells no fewer values apart than the one before is the same, but coarser.
        const bool same = !dimension.levels.empty() &&
                          dimension.levels.back().labels == level.labels &&
                          dimension.levels.back().codes == level.codes;
        if (!same) dimension.levels.push_back(std::move(level));
    }
    return {};
}

// ---------------------------------------------------------------- figures

using Node = std::vector<std::size_t>;  ///< By dimension: place among its levels.

/// One group's class and sensitive value.
struct Member {
    std::uint64_t key = 0;
    std::uint32_t sensitive = 0;
    std::uint32_t group = 0;
};

/// Class of each group at a node. The labels of a column are few; their product is kept below 2^63
/// by numbering the classes found so far again.
std::vector<Member> members_at(const World& world, const Node& node) {
    std::vector<Member> out(world.groups.size());
    for (std::size_t g = 0; g < out.size(); ++g)
        out[g] = {0, world.groups[g].sensitive, static_cast<std::uint32_t>(g)};
    std::uint64_t size = 1;
    for (std::size_t q = 0; q < node.size(); ++q) {
        const auto& level = world.dimensions[q].levels[node[q]];
        if (size > (1ULL << 62U) / std::max(1U, level.labels)) {
            std::unordered_map<std::uint64_t, std::uint64_t> numbers;
            for (auto& member : out)
                member.key = numbers.emplace(member.key, numbers.size()).first->second;
            size = numbers.size();
        }
        for (std::size_t g = 0; g < out.size(); ++g)
            out[g].key = out[g].key * level.labels + level.codes[world.groups[g].values[q]];
        size *= level.labels;
    }
    std::ranges::sort(out, [](const Member& a, const Member& b) {
        return std::tie(a.key, a.sensitive) < std::tie(b.key, b.sensitive);
    });
    return out;
}

/// One class: its rows, its sensitive values, what its rows lose together.
struct Class {
    std::int64_t rows = 0;
    std::int64_t values = 0;
    std::int64_t most_of_one = 0;
    double penalty = 0;
};

Class class_of(const World& world, const Node& node, std::span<const Member> members) {
    Class out;
    std::int64_t of_one = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto& group = world.groups[members[i].group];
        if (i == 0 || members[i].sensitive != members[i - 1].sensitive) {
            of_one = 0;
            ++out.values;
        }
        of_one += group.rows;
        out.most_of_one = std::max(out.most_of_one, of_one);
        out.rows += group.rows;
    }
    const auto& first = world.groups[members.front().group];
    for (std::size_t q = 0; q < node.size(); ++q) {
        const auto& level = world.dimensions[q].levels[node[q]];
        out.penalty += level.penalty[level.codes[first.values[q]]];
    }
    out.penalty *= static_cast<double>(out.rows) / static_cast<double>(node.size());
    return out;
}

AnonymityFigures figures_at(const World& world, const Node& node, std::int64_t k, std::int64_t l) {
    const auto members = members_at(world, node);
    AnonymityFigures out;
    double penalty = 0, unique = 0, homogeneous = 0, guessed = 0;
    for (std::size_t begin = 0; begin < members.size();) {
        std::size_t end = begin;
        while (end < members.size() && members[end].key == members[begin].key) ++end;
        const auto one = class_of(world, node, std::span(members).subspan(begin, end - begin));
        begin = end;
        if (one.rows < k || (world.has_sensitive && one.values < l)) {
            out.rows_lost += one.rows;
            continue;
        }
        const auto rows = static_cast<double>(one.rows);
        out.rows += one.rows;
        out.k = out.classes == 0 ? one.rows : std::min(out.k, one.rows);
        out.l = out.classes == 0 ? one.values : std::min(out.l, one.values);
        ++out.classes;
        out.discernibility += rows * rows;
        penalty += one.penalty;
        unique += one.rows == 1 ? 1 : 0;
        homogeneous += one.values == 1 ? rows : 0;
        guessed += static_cast<double>(one.most_of_one);
    }
    const auto all = static_cast<double>(world.rows), lost = static_cast<double>(out.rows_lost);
    out.discernibility += lost * all;
    out.information_lost = all > 0 ? (penalty + lost) / all : 0;
    const auto share = [&](double rows) {
        return out.rows == 0 ? 0 : rows / static_cast<double>(out.rows);
    };
    out.unique_ratio = share(unique);
    out.match_ratio = share(static_cast<double>(out.classes));
    if (!world.has_sensitive) {
        out.l = 0;
        return out;
    }
    out.homogeneous_ratio = share(homogeneous);
    out.guess_ratio = share(guessed);
    return out;
}

// ---------------------------------------------------------------- search

struct Candidate {
    double bound = 0;
    Node node;
};

/// All combinations of levels, by what generalising alone loses. Of more than kMostNodes those of
/// every second level and so on.
std::vector<Candidate> candidates(const World& world, bool& complete) {
    std::size_t stride = 1;
    const auto count_at = [&](const Dimension& dimension) {
        return (dimension.levels.size() + stride - 1) / stride +
               (stride > 1 && (dimension.levels.size() - 1) % stride != 0 ? 1 : 0);
    };
    const auto total = [&] {
        std::size_t product = 1;
        for (const auto& dimension : world.dimensions) product *= count_at(dimension);
        return product;
    };
    while (total() > kMostNodes) ++stride;
    complete = stride == 1;
    std::vector<Candidate> out{{0, {}}};
    for (const auto& dimension : world.dimensions) {
        std::vector<Candidate> longer;
        for (const auto& shorter : out)
            for (std::size_t at = 0; at < dimension.levels.size(); ++at) {
                if (at % stride != 0 && at + 1 != dimension.levels.size()) continue;
                auto& made = longer.emplace_back(shorter);
                made.bound += dimension.levels[at].mean_penalty /
                              static_cast<double>(world.dimensions.size());
                made.node.push_back(at);
            }
        out = std::move(longer);
    }
    std::ranges::sort(out, [](const Candidate& a, const Candidate& b) {
        return std::tie(a.bound, a.node) < std::tie(b.bound, b.node);
    });
    return out;
}

base::Result<AnonymityPlan> search(
    const World& world, const AnonymityWish& wish, base::Control& control
) {
    AnonymityPlan plan;
    const Node as_it_is(world.dimensions.size(), 0);
    std::optional<Node> best;
    const bool given = std::ranges::all_of(wish.columns, [](const QuasiIdentifier& one) {
        return one.level.has_value();
    });
    const double ratio = given ? 1 : wish.most_lost_ratio;
    const auto allowed =
        static_cast<std::int64_t>(std::floor(ratio * static_cast<double>(world.rows) + 1e-9));
    constexpr double kTie = 1e-12;
    for (const auto& [bound, node] : candidates(world, plan.complete)) {
        if (best && bound >= plan.after.information_lost - kTie) break;
        if (control.cancelled()) {
            plan.complete = false;
            break;
        }
        ++plan.looked_at;
        const auto figures = figures_at(world, node, wish.k, wish.l);
        if (figures.rows_lost > allowed || figures.rows == 0) continue;
        if (best && figures.information_lost >= plan.after.information_lost - kTie) continue;
        best = node;
        plan.after = figures;
    }
    if (!best)
        return base::fail(
            ErrorKind::conflict, kNotAnonymous, {{"k", wish.k}, {"l", wish.l}, {"rows", world.rows}}
        );
    for (std::size_t q = 0; q < best->size(); ++q)
        plan.levels.push_back(world.dimensions[q].levels[(*best)[q]].level);
    plan.guess_of_all = world.guess_of_all;
    return plan;
}

void add_steps(const World& world, const AnonymityWish& wish, AnonymityPlan& plan) {
    Step suppress{"suppress_rare@1", {}, {}};
    for (std::size_t q = 0; q < plan.levels.size(); ++q) {
        suppress.columns.push_back(world.dimensions[q].wish.column);
        if (plan.levels[q] > 0) plan.steps.push_back(step_at(world.dimensions[q], plan.levels[q]));
    }
    if (plan.after.rows_lost == 0) return;
    const auto number = [](std::int64_t value) {
        return base::Cell{base::Cell::Kind::number, {}, static_cast<double>(value)};
    };
    suppress.options["k"] = number(wish.k);
    if (world.has_sensitive) {
        suppress.options["l"] = number(wish.l);
        suppress.options["sensitive"] = {base::Cell::Kind::text, wish.sensitive, 0};
    }
    plan.steps.push_back(std::move(suppress));
}

/// Of the table as it is, whatever levels were asked for.
base::Result<AnonymityFigures> figures_before(World& world) {
    std::vector<std::vector<Level>> kept;
    for (auto& dimension : world.dimensions) {
        TRY(auto level, make_level(dimension, 0, world.rows));
        kept.push_back(std::exchange(dimension.levels, {}));
        dimension.levels.push_back(std::move(level));
    }
    const auto out = figures_at(world, Node(world.dimensions.size(), 0), 1, 1);
    for (std::size_t q = 0; q < kept.size(); ++q) world.dimensions[q].levels = std::move(kept[q]);
    return out;
}

}  // namespace

base::Result<void> check_anonymity(const AnonymityWish& wish, const table::Schema& schema) {
    if (wish.columns.empty() || wish.columns.size() > kMostColumns) return bad("columns");
    if (wish.k < 1) return bad("k");
    if (wish.l < 1 || (wish.l > 1 && wish.sensitive.empty())) return bad("l");
    if (!(wish.most_lost_ratio >= 0 && wish.most_lost_ratio <= 1)) return bad("most_lost_ratio");
    std::vector<std::string> names{wish.sensitive};
    for (const auto& one : wish.columns) {
        if (std::ranges::find(names, one.column) != names.end()) return bad("columns");
        names.push_back(one.column);
        const auto at = schema.find(one.column);
        if (!at)
            return base::fail(
                ErrorKind::invalid_argument, "recipe.unknown_column", {{"column", one.column}}
            );
        Dimension dimension{.wish = one, .column = schema.columns[*at]};
        dimension.hierarchy = hierarchy_for(one, dimension.column.type);
        if (dimension.wish.width == 0) dimension.wish.width = 1;
        const auto level = one.level.value_or(levels_of(dimension.hierarchy));
        CHECK_OK(check_step(step_at(dimension, level), schema));
    }
    if (!wish.sensitive.empty() && !schema.find(wish.sensitive))
        return base::fail(
            ErrorKind::invalid_argument, "recipe.unknown_column", {{"column", wish.sensitive}}
        );
    return {};
}

base::Result<AnonymityPlan> plan_anonymity(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    const AnonymityWish& wish,
    base::Control& control
) {
    CHECK_OK(check_anonymity(wish, schema));
    World world;
    table::Schema columns;
    for (const auto& one : wish.columns) {
        const auto& column = schema.columns[*schema.find(one.column)];
        auto& dimension = world.dimensions.emplace_back();
        dimension.wish = one;
        dimension.column = column;
        dimension.hierarchy = hierarchy_for(one, column.type);
        dimension.values.type = column.type;
        columns.columns.push_back(column);
    }
    world.has_sensitive = !wish.sensitive.empty();
    if (world.has_sensitive)
        columns.columns.push_back(schema.columns[*schema.find(wish.sensitive)]);
    CHECK_OK(read_groups(session, parquet, columns, world, control));
    for (auto& dimension : world.dimensions) CHECK_OK(add_levels(dimension, world.rows));
    TRY(auto plan, search(world, wish, control));
    TRY(plan.before, figures_before(world));
    add_steps(world, wish, plan);
    return plan;
}

}  // namespace csva::recipe
