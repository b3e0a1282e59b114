#include "foundation/store/lifecycle.hpp"

namespace csva::store {
namespace {

void append(std::string& out, const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value.data))
        out += std::to_string(*integer);
    else if (const auto* real = std::get_if<double>(&value.data))
        base::encode_number(out, *real);
    else if (const auto* text = std::get_if<std::string>(&value.data))
        base::encode_text(out, *text);
    else
        out += "null";
}

}  // namespace

std::string Leaver::projects_sql() const {
    std::string out = "(0";
    for (const auto id : projects) out += ", " + std::to_string(id);
    return out + ")";
}

base::Result<void> hand_over(Session& session, const MadeBy& made, const Leaver& leaver) {
    const std::string table(made.table), column(made.column), project(made.project);
    const Value before = made.by_name ? Value(leaver.name) : Value(leaver.user_id);
    TRY(const auto projects,
        session.rows(
            "SELECT DISTINCT " + project + " AS project FROM " + table + " WHERE " + column +
                " = :before",
            {before}
        ));
    for (const auto& row : projects) {
        const auto heir = leaver.heir_in(row.integer("project"));
        const Value after = made.by_name ? Value(heir.name) : Value(heir.user_id);
        CHECK_OK(session.run(
            "UPDATE " + table + " SET " + column + " = :after WHERE " + column + " = :before AND " +
                project + " = :project",
            {after, before, row.integer("project")}
        ));
    }
    return {};
}

base::Result<std::string> rows_as_json(
    Session& session, std::string_view sql, std::vector<Value> parameters
) {
    TRY(const auto rows, session.rows(sql, std::move(parameters)));
    std::string out = "[";
    for (const auto& row : rows) {
        if (out.size() > 1) out += ",\n ";
        out += "{";
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            if (i > 0) out += ", ";
            base::encode_text(out, (*row.columns)[i]);
            out += ": ";
            append(out, row.values[i]);
        }
        out += "}";
    }
    return out + "]\n";
}

}  // namespace csva::store
