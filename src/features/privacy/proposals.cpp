#include "features/privacy/proposals.hpp"

#include <algorithm>

namespace csva::privacy {
namespace {

using meaning::Kind;
using table::ColumnType;

base::Cell number(double value) { return {base::Cell::Kind::number, {}, value}; }
base::Cell word(std::string text) { return {base::Cell::Kind::text, std::move(text), 0}; }

Proposal by_step(
    const PersonalColumn& column,
    std::string step,
    std::map<std::string, base::Cell> options,
    std::string why
) {
    return {
        Action::anonymise,
        recipe::Step{std::move(step), {column.column}, std::move(options)},
        std::move(why)
    };
}

Proposal generalise(
    const PersonalColumn& column, std::string hierarchy, double level, std::string why
) {
    return by_step(
        column,
        "generalise@1",
        {{"hierarchy", word(std::move(hierarchy))}, {"level", number(level)}},
        std::move(why)
    );
}

/// What is left may still be worth learning from.
void add_coarser(std::vector<Proposal>& out, const PersonalColumn& column, Kind kind) {
    const bool moment = column.type == ColumnType::date || column.type == ColumnType::timestamp;
    const bool text = column.type == ColumnType::text;
    if (kind == Kind::birth_date && moment)
        out.push_back(generalise(column, "date", 3, "birth_year"));
    if (kind == Kind::postal_code && (text || column.type == ColumnType::integer))
        out.push_back(generalise(column, "postal_code", text ? 2 : 3, "postal_area"));
    if (kind == Kind::coordinates && column.type == ColumnType::real)
        out.push_back(by_step(column, "round@1", {{"to", number(0.1)}}, "coarse_place"));
    if (kind == Kind::health && text)
        out.push_back(by_step(column, "merge_rare@1", {{"min_rows", number(10)}}, "rare_health"));
}

/// One person's rows can stay together, or something of the form can.
void add_disguise(std::vector<Proposal>& out, const PersonalColumn& column, Kind kind) {
    const bool names = kind != Kind::free_text && kind != Kind::health && kind != Kind::birth_date;
    if (column.type == ColumnType::text && names && kind != Kind::coordinates)
        out.push_back(by_step(column, "pseudonymise@1", {}, "group_by_person"));
    if (kind != Kind::free_text && kind != Kind::coordinates)
        out.push_back(by_step(column, "mask@1", {}, "form_only"));
}

}  // namespace

std::vector<Proposal> proposals_for(const PersonalColumn& column) {
    std::vector<Proposal> out;
    if (column.findings.empty()) return out;
    const Kind kind = column.findings.front().kind;
    add_coarser(out, column, kind);
    out.push_back({Action::drop, std::nullopt, "says_nothing"});
    add_disguise(out, column, kind);
    return out;
}

}  // namespace csva::privacy
